#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/metrics/summary.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace loadgen::metrics {

/// One number of a level's summary, by the name users give it: a metric with a statistic ("ttft_p99",
/// "tokens_per_s_p50") or a rate of the whole level ("output_tokens_per_s"). A value; thread-safe to read.
class figure {
public:
  /// Errors: invalid_input, with what was expected, where there is no such figure.
  [[nodiscard]] static result<figure> named(std::string_view name);

  /// As it was asked for: "ttft_p99". Valid as long as the figure.
  [[nodiscard]] const std::string& name() const noexcept { return name_; }

  /// Whether it is a time, in milliseconds. The others are rates, in 1/s.
  [[nodiscard]] bool is_latency() const noexcept { return metric_ && metrics::is_latency(*metric_); }

  /// Its value in `level`; unset where it was not measured.
  [[nodiscard]] std::optional<double> of(const level_summary& level) const;

private:
  using statistic = std::optional<double> distribution::*;
  using rate = std::optional<double> throughput::*;

  explicit figure(std::string_view name) : name_(name) {}

  std::string name_;
  std::optional<metric> metric_; ///< unset: a rate
  statistic statistic_ = nullptr;
  rate rate_ = nullptr;
};

} // namespace loadgen::metrics
