#include <loadgen/metrics/calibrated_range.hpp>

#include <boost/json/object.hpp>

#include <algorithm>

namespace loadgen::metrics {

namespace {

namespace json = boost::json;

/// Little's law: how many were in flight on average, from how often they came and how long they stayed.
std::optional<double> mean_in_flight(const level_summary& level) {
  const std::optional<double> stay_ms = level.of(metric::e2e_done).mean;
  if (!level.rates.requests_per_s || !stay_ms) return std::nullopt;
  return *level.rates.requests_per_s * *stay_ms / 1000;
}

std::optional<double> streams_of(const level_summary& level) {
  if (!level.info.concurrency) return mean_in_flight(level);
  return static_cast<double>(std::min<std::uint64_t>(*level.info.concurrency, level.requests.issued));
}

bool holds(const calibrated_range& range, const client_load& load) {
  return range.tokens_per_s && range.streams && load.events_per_s <= *range.tokens_per_s &&
         load.streams <= *range.streams;
}

/// Throws, as Boost.JSON's checked accessors do, where the value has another form.
calibrated_range range_from(const json::value& value) {
  calibrated_range range;
  range.error_ms = value.at("error_ms").to_number<double>();
  if (const json::value& rate = value.at("tokens_per_s"); !rate.is_null())
    range.tokens_per_s = rate.to_number<double>();
  if (const json::value& streams = value.at("streams"); !streams.is_null())
    range.streams = streams.to_number<std::uint32_t>();
  return range;
}

bool ascend(const std::vector<calibrated_range>& ranges) {
  return std::is_sorted(ranges.begin(), ranges.end(), [](const calibrated_range& left, const calibrated_range& right) {
    return left.error_ms < right.error_ms;
  });
}

} // namespace

std::optional<client_load> load_on_client(const level_summary& level) {
  const std::optional<double> streams = streams_of(level);
  if (!streams || !level.rates.output_tokens_per_s) return std::nullopt;
  return client_load{*streams, *level.rates.output_tokens_per_s / level.tokens.per_chunk.value_or(1)};
}

std::optional<double> calibrated_error_ms(std::span<const calibrated_range> ranges, const client_load& load) {
  const auto found =
      std::find_if(ranges.begin(), ranges.end(), [&load](const auto& range) { return holds(range, load); });
  return found == ranges.end() ? std::nullopt : std::optional{found->error_ms};
}

json::array to_json(std::span<const calibrated_range> ranges) {
  json::array all;
  for (const calibrated_range& range : ranges)
    all.push_back(json::object{
        {"error_ms", range.error_ms},
        {"tokens_per_s", range.tokens_per_s ? json::value(*range.tokens_per_s) : json::value()},
        {"streams", range.streams ? json::value(*range.streams) : json::value()},
    });
  return all;
}

result<std::vector<calibrated_range>> ranges_from_json(const json::value& value) {
  const json::array* const all = value.if_array();
  if (!all) return invalid_input("the ranges are no array");
  std::vector<calibrated_range> ranges;
  try {
    for (const json::value& one : *all) ranges.push_back(range_from(one));
  } catch (const std::exception&) {
    return invalid_input("a range is not of error_ms, tokens_per_s and streams");
  }
  if (!ascend(ranges)) return invalid_input("the ranges do not ascend by error_ms");
  return ranges;
}

} // namespace loadgen::metrics
