#include <loadgen/metrics/figure.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace loadgen::metrics {

namespace {

template<class Row>
using named_member = std::pair<std::string_view, std::optional<double> Row::*>;

constexpr std::array<named_member<distribution>, 9> statistics{{
    {"mean", &distribution::mean},
    {"std", &distribution::std},
    {"min", &distribution::min},
    {"p50", &distribution::p50},
    {"p90", &distribution::p90},
    {"p95", &distribution::p95},
    {"p99", &distribution::p99},
    {"p99_9", &distribution::p99_9},
    {"max", &distribution::max},
}};

constexpr std::array<named_member<throughput>, 4> rates{{
    {"requests_per_s", &throughput::requests_per_s},
    {"output_tokens_per_s", &throughput::output_tokens_per_s},
    {"total_tokens_per_s", &throughput::total_tokens_per_s},
    {"goodput_per_s", &throughput::goodput_per_s},
}};

template<class Row, std::size_t Count>
std::optional<double> Row::*find(const std::array<named_member<Row>, Count>& rows, std::string_view name) {
  const auto* const found =
      std::find_if(rows.begin(), rows.end(), [name](const auto& row) { return row.first == name; });
  return found == rows.end() ? nullptr : found->second;
}

/// The metric that `text` begins with, the longest where one's name begins another's ("ttft", "ttft_planned").
std::optional<metric> leading_metric(std::string_view text) {
  std::optional<metric> longest;
  for (std::size_t i = 0; i < metric_count; ++i) {
    const auto candidate = static_cast<metric>(i);
    if (text.starts_with(fmt::format("{}_", name(candidate))) &&
        (!longest || name(candidate).size() > name(*longest).size()))
      longest = candidate;
  }
  return longest;
}

} // namespace

result<figure> figure::named(std::string_view name) {
  figure found{name};
  found.rate_ = find(rates, name);
  if (found.rate_) return found;
  found.metric_ = leading_metric(name);
  if (!found.metric_)
    return invalid_input(fmt::format("'{}' is no figure; expected a metric with a statistic, such as ttft_p99, or a "
                                     "rate, such as output_tokens_per_s",
                                     name));
  const std::string_view metric_name = metrics::name(*found.metric_);
  const std::string_view statistic_name = name.substr(metric_name.size() + 1);
  found.statistic_ = find(statistics, statistic_name);
  if (!found.statistic_)
    return invalid_input(fmt::format("'{}': {} has no '{}'; expected mean, std, min, p50, p90, p95, p99, p99_9 or max",
                                     name, metric_name, statistic_name));
  return found;
}

std::optional<double> figure::of(const level_summary& level) const {
  return metric_ ? level.of(*metric_).*statistic_ : level.rates.*rate_;
}

} // namespace loadgen::metrics
