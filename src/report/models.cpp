#include "report/models.hpp"

#include "report/manifest.hpp"

#include <cmath>

namespace loadgen::report {

namespace json = boost::json;

namespace {

/// A list's names and weights; empty where one of them is not as it should be.
struct listed_shares {
  std::vector<std::string> names;
  std::vector<double> weights;
};

listed_shares shares_of(const json::object& manifest) {
  listed_shares listed;
  const json::array* const shares = at_path(manifest, {"target", "models", "shares"}).if_array();
  if (shares == nullptr) return listed;
  double sum = 0;
  for (const json::value& share : *shares) {
    if (!share.is_object()) return {};
    const json::value& weight = at_path(share.get_object(), {"weight"});
    if (!weight.is_number()) return {};
    const auto number = weight.to_number<double>();
    if (!(std::isfinite(number) && number >= 0)) return {};
    listed.names.push_back(text_at(share.get_object(), {"name"}));
    listed.weights.push_back(number);
    sum += number;
  }
  return sum > 0 && std::isfinite(sum) ? listed : listed_shares{};
}

std::optional<std::uint64_t> seed_of(const json::object& manifest) {
  const json::value& seed = at_path(manifest, {"seed"});
  json::error_code failure;
  const auto number = seed.is_number() ? seed.to_number<std::uint64_t>(failure) : 0U;
  if (failure || !seed.is_number()) return std::nullopt;
  return number;
}

} // namespace

run_models::run_models(const json::object& manifest) : name_(text_at(manifest, {"target", "model"})) {
  listed_shares listed = shares_of(manifest);
  const auto seed = seed_of(manifest);
  if (listed.names.empty() || !seed) return;
  const bool adapters = text_at(manifest, {"target", "models", "key"}) == "lora_path";
  names_ = std::move(listed.names);
  choice_.emplace(std::move(listed.weights), *seed, adapters ? "lora" : "model");
  if (at_path(manifest, {"ab"}) == json::value(true)) copies_ = 2; // both servers get the same request
}

} // namespace loadgen::report
