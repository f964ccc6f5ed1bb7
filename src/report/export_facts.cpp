#include "report/export_facts.hpp"

#include "metrics/percentile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace loadgen::report {

namespace {

std::vector<double> ascending(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values;
}

} // namespace

sorted_samples::sorted_samples(std::vector<double> values)
    : values_(ascending(std::move(values))),
      sum_(std::accumulate(values_.begin(), values_.end(), 0.0)) {}

double sorted_samples::mean() const noexcept {
  return empty() ? 0 : sum_ / static_cast<double>(values_.size());
}

double sorted_samples::std() const noexcept {
  if (empty()) return 0;
  const double middle = mean();
  double squares = 0;
  for (const double value : values_) squares += (value - middle) * (value - middle);
  return std::sqrt(squares / static_cast<double>(values_.size()));
}

double sorted_samples::percentile(double percent) const noexcept {
  if (empty()) return 0;
  const double rank = static_cast<double>(values_.size() - 1) * percent / 100;
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, values_.size() - 1);
  return metrics::interpolate(values_[below], values_[above], rank - static_cast<double>(below));
}

const boost::json::value& setting_of(const boost::json::object& manifest, std::string_view name) {
  return at_path(manifest, {"settings", name, "value"});
}

std::int64_t end_of(const analyzed_run& run, std::size_t level) {
  const metrics::recorded_level& of = run.run.levels[level];
  instant ended = of.info.begin;
  if (of.end)
    ended = of.end->ended;
  else
    for (const metrics::request_record& record : of.requests) ended = std::max(ended, record.ended.value_or(ended));
  return run.run.info.epoch_unix_ns + std::chrono::nanoseconds{ended - run.run.info.epoch}.count();
}

} // namespace loadgen::report
