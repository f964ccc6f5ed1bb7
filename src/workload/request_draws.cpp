#include "workload/request_draws.hpp"

#include "workload/json_text.hpp"

#include <loadgen/base/random.hpp>

#include <fmt/format.h>

namespace loadgen::workload {

namespace {

// Servers take at least that many: a 32-bit number with a sign.
constexpr unsigned seed_bits = 31;

std::string lora_member(const std::string& name) {
  if (name.empty()) return {};
  std::string text = R"("lora_path":)";
  append_json(text, boost::json::value(name));
  return text;
}

} // namespace

request_draws::request_draws(const request_settings& settings)
    : seed_(settings.seed),
      seed_each_(settings.seed_each && !settings.extra_body.contains("seed")),
      models_(choices_of(settings.models, settings.seed, "model")) {
  if (settings.extra_body.contains("lora_path")) return; // its keys win
  loras_ = choices_of(settings.loras, settings.seed, "lora");
  for (const model_share& share : settings.loras) lora_members_.push_back(lora_member(share.name));
}

std::optional<request_draws::choices> request_draws::choices_of(const std::vector<model_share>& shares,
                                                                std::uint64_t seed, const std::string& dimension) {
  if (shares.empty()) return std::nullopt;
  std::vector<double> weights;
  for (const model_share& share : shares) weights.push_back(share.weight);
  return choices{weighted_choice{weights, seed, dimension}, weighted_choice{weights, seed, "warmup-" + dimension}};
}

std::size_t request_draws::chosen(const choices& from, std::uint32_t level, std::uint64_t request, bool warmup) {
  return (warmup ? from.warmup : from.measured).of(level, request);
}

std::size_t request_draws::model_of(std::uint32_t level, std::uint64_t request, bool warmup) const {
  return models_ ? chosen(*models_, level, request, warmup) : 0;
}

std::string request_draws::members_of(std::uint32_t level, std::uint64_t request, bool warmup) const {
  std::string members;
  if (loras_) members = lora_members_[chosen(*loras_, level, request, warmup)];
  if (!seed_each_) return members;
  const std::string_view dimension = warmup ? "warmup-sampling-seed" : "sampling-seed";
  const std::uint64_t level_seed = random_stream{seed_, dimension, level}();
  const std::uint64_t drawn = random_stream{level_seed, dimension, request}() >> (64U - seed_bits);
  return members + fmt::format("{}\"seed\":{}", members.empty() ? "" : ",", drawn);
}

} // namespace loadgen::workload
