#include <loadgen/base/random.hpp>

namespace loadgen {

namespace {

constexpr std::uint64_t golden_gamma = 0x9E3779B97F4A7C15U;

constexpr std::uint64_t mix(std::uint64_t z) noexcept {
  z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
  z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
  return z ^ (z >> 31U);
}

// FNV-1a: a fixed function of the name, where std::hash may differ between builds.
constexpr std::uint64_t hash_name(std::string_view name) noexcept {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  return hash;
}

} // namespace

random_stream::random_stream(std::uint64_t seed, std::string_view dimension, std::uint64_t index) noexcept
    : state_(mix(mix(mix(seed + golden_gamma) ^ hash_name(dimension)) + index * golden_gamma)) {}

random_stream::result_type random_stream::operator()() noexcept {
  state_ += golden_gamma;
  return mix(state_);
}

} // namespace loadgen
