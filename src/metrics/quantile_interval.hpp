#pragma once

#include <loadgen/metrics/statistics.hpp>
#include <loadgen/metrics/summary.hpp>

#include <cstddef>
#include <optional>
#include <vector>

namespace loadgen::metrics {

/// Samples in the order of time. Those of one request, which are alike for reasons of their own, form a cluster.
struct sample_series {
  std::vector<double> samples;           ///< none of them NaN
  std::vector<std::size_t> cluster_ends; ///< where each cluster ends, ascending; empty: each sample is one of its own

  [[nodiscard]] std::size_t clusters() const noexcept {
    return cluster_ends.empty() ? samples.size() : cluster_ends.size();
  }
};

/// How far the share of samples at or below the `fraction` quantile, whose value is `quantile`, may be from `fraction`
/// by chance: half the width of its 95 % interval, from batch means of the indicator. Unset where that cannot be told.
[[nodiscard]] std::optional<double> share_margin(const sample_series& series, double fraction, double quantile);

/// 95 % confidence intervals of the percentiles of `series`, whose values are those of `described`. O(n).
[[nodiscard]] percentile_intervals find_intervals(sample_series series, const distribution& described);

} // namespace loadgen::metrics
