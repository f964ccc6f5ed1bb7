#pragma once

#include <loadgen/metrics/summary.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace loadgen::comparison {

/// The mean or a percentile of a metric.
struct statistic_row {
  std::string_view name; ///< "p99"
  std::optional<double> metrics::distribution::*value;
  std::optional<double> metrics::instrument_error::*error;
  std::optional<double> fraction; ///< of the samples below it; unset: the mean
};

/// In the order of reports.
inline constexpr std::array<statistic_row, 6> statistic_rows{{
    {"mean", &metrics::distribution::mean, &metrics::instrument_error::mean, std::nullopt},
    {"p50", &metrics::distribution::p50, &metrics::instrument_error::p50, 0.5},
    {"p90", &metrics::distribution::p90, &metrics::instrument_error::p90, 0.9},
    {"p95", &metrics::distribution::p95, &metrics::instrument_error::p95, 0.95},
    {"p99", &metrics::distribution::p99, &metrics::instrument_error::p99, 0.99},
    {"p99_9", &metrics::distribution::p99_9, &metrics::instrument_error::p99_9, 0.999},
}};

/// What a rate counts.
enum class counted : std::uint8_t { requests, output_tokens, total_tokens, good_requests };

struct rate_row {
  std::string_view name;
  std::optional<double> metrics::throughput::*value;
  counted what;
};

inline constexpr std::array<rate_row, 4> rate_rows{{
    {"requests_per_s", &metrics::throughput::requests_per_s, counted::requests},
    {"output_tokens_per_s", &metrics::throughput::output_tokens_per_s, counted::output_tokens},
    {"total_tokens_per_s", &metrics::throughput::total_tokens_per_s, counted::total_tokens},
    {"goodput_per_s", &metrics::throughput::goodput_per_s, counted::good_requests},
}};

/// Whether reports show it and count it: few, fixed before anything is measured, so that none is there because it
/// happened to differ. An open loop's users wait from the planned moment.
[[nodiscard]] bool is_headline(metrics::metric which, const statistic_row& statistic, bool open_loop) noexcept;
[[nodiscard]] bool is_headline(const rate_row& rate) noexcept;

} // namespace loadgen::comparison
