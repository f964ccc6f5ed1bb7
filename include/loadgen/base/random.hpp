#pragma once

#include <cstdint>
#include <limits>
#include <string_view>

namespace loadgen {

/// A stream of random bits for one dimension of a run ("arrivals", "lengths", "salt" ...), derived from the run's one
/// seed so that changing how one dimension is drawn leaves the others as they were. Satisfies
/// std::uniform_random_bit_generator; the same seed, dimension and index give the same bits on every platform.
///
/// The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014).
/// Draw from it with Boost.Random's distributions: unlike the standard library's, they are the same everywhere.
///
/// Thread-safety: distinct objects safe, shared objects unsafe.
class random_stream {
public:
  /// What one draw gives: 64 uniform bits.
  using result_type = std::uint64_t;

  /// `index` separates streams of one dimension: a level, a trial, a request.
  random_stream(std::uint64_t seed, std::string_view dimension, std::uint64_t index = 0) noexcept;

  /// The least that a draw gives. With max() it tells distributions that all 64 bits are random.
  static constexpr result_type min() noexcept { return 0; }

  /// The most that a draw gives.
  static constexpr result_type max() noexcept { return std::numeric_limits<result_type>::max(); }

  /// Draws the next 64 bits. They repeat after 2^64 draws.
  result_type operator()() noexcept;

private:
  std::uint64_t state_;
};

} // namespace loadgen
