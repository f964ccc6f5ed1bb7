#include "further_content.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace loadgen::cli {

namespace {

constexpr std::string_view expected_shares = "expected names with weights, such as a=3,b=1";

std::optional<double> weight_of(std::string_view text) {
  double weight = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), weight);
  if (failure != std::errc{} || rest != text.data() + text.size() || !std::isfinite(weight) || weight < 0)
    return std::nullopt;
  return weight;
}

std::vector<workload::model_share> read_shares(std::string_view option, const settings& from, value_reader& read) {
  std::vector<workload::model_share> shares;
  std::string_view rest = from.text(option);
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    const std::string_view item = rest.substr(0, comma);
    rest.remove_prefix(std::min(comma + 1, rest.size()));
    const std::size_t equals = item.rfind('=');
    workload::model_share share{std::string{item.substr(0, std::min(equals, item.size()))}, 1};
    if (equals != std::string_view::npos) {
      const auto weight = weight_of(item.substr(equals + 1));
      if (!weight) read.fail(option, fmt::format("'{}' has no weight of at least 0; {}", item, expected_shares));
      share.weight = weight.value_or(1);
    }
    if (share.name.empty()) read.fail(option, fmt::format("'{}' has no name; {}", item, expected_shares));
    const bool again =
        std::any_of(shares.begin(), shares.end(), [&](const auto& one) { return one.name == share.name; });
    if (again) read.fail(option, fmt::format("'{}' is named twice; expected it once", share.name));
    shares.push_back(std::move(share));
  }
  const bool any = std::any_of(shares.begin(), shares.end(), [](const auto& one) { return one.weight > 0; });
  if (!any) read.fail(option, fmt::format("nothing has a weight above 0; {}", expected_shares));
  return shares;
}

void read_seed(const settings& from, value_reader& read, workload::request_settings& requests) {
  if (!from.at("request-seed").is_set()) return;
  if (from.text("request-seed") == "per-request") {
    requests.seed_each = true;
    return;
  }
  constexpr std::uint64_t most = std::numeric_limits<std::int64_t>::max();
  requests.sampling_seed = static_cast<std::int64_t>(read.count("request-seed", 0, most));
}

void read_models(settings& from, value_reader& read, workload::request_settings& requests) {
  if (from.at("models").is_set()) {
    if (from.at("model").is_given()) read.fail("models", "excludes model; expected one of them");
    if (from.at("lora").is_set())
      read.fail("lora", "excludes models, for a server of several adapters has one model; expected one of them");
    requests.models = read_shares("models", from, read);
    requests.model.clear();
  }
  if (!from.at("lora").is_set()) return;
  requests.loras = read_shares("lora", from, read);
  for (workload::model_share& share : requests.loras)
    if (share.name == "none") share.name.clear();
}

} // namespace

void read_further_content(settings& from, value_reader& read, run_input& input) {
  workload::request_settings& requests = input.requests;
  requests.stop = from.at("stop").values;
  if (std::find(requests.stop.begin(), requests.stop.end(), "") != requests.stop.end())
    read.fail("stop", "is empty; expected a text that ends an answer");
  if (from.at("min-tokens").is_set()) {
    requests.min_tokens = read.count32("min-tokens", 0);
    if (requests.max_tokens && *requests.min_tokens > *requests.max_tokens)
      read.fail("min-tokens", fmt::format("{} is above the --max-tokens of {}; expected no more than that",
                                          *requests.min_tokens, *requests.max_tokens));
  }
  read_seed(from, read, requests);
  read_models(from, read, requests);
}

} // namespace loadgen::cli
