#pragma once

#include "metrics/request_figures.hpp"

#include <loadgen/metrics/metric.hpp>

#include <array>

namespace loadgen::metrics {

using request_figure = std::optional<double> (*)(const request_record&) noexcept;

struct metric_row {
  std::string_view key;
  request_figure figure; ///< one figure a request; none for itl, which has one for each gap
};

/// By metric.
inline constexpr std::array<metric_row, metric_count> metric_rows{{
    {"ttft_ms", ttft_ms},
    {"ttfo_ms", ttfo_ms},
    {"ttfb_ms", ttfb_ms},
    {"ttfe_ms", ttfe_ms},
    {"ttft_planned_ms", ttft_planned_ms},
    {"itl_ms", nullptr},
    {"tpot_ms", tpot_ms},
    {"e2e_ms", e2e_ms},
    {"e2e_done_ms", e2e_done_ms},
    {"e2e_planned_ms", e2e_planned_ms},
    {"tokens_per_s", tokens_per_s},
}};

/// Calls `take(metric, sample)` for each sample that the request gives: none unless it is a measured completion with
/// content.
template<class Taker>
void for_each_sample(const request_record& record, Taker&& take) {
  if (!is_measured_completion(record) || record.chunks.empty()) return;
  for (std::size_t i = 0; i < metric_count; ++i)
    if (metric_rows[i].figure)
      if (const auto sample = metric_rows[i].figure(record)) take(static_cast<metric>(i), *sample);
  for (std::size_t i = 1; i < record.chunks.size(); ++i)
    take(metric::itl, to_ms(record.chunks[i].arrival - record.chunks[i - 1].arrival));
}

} // namespace loadgen::metrics
