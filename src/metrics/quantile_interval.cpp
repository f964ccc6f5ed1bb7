#include "metrics/quantile_interval.hpp"

#include "metrics/batch_means.hpp"
#include "metrics/distribution.hpp"
#include "metrics/percentile.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace loadgen::metrics {

namespace {

constexpr double student_t_975 = 2.0930240544; // 19 degrees of freedom: one fewer than batches

struct batch {
  double samples = 0;
  double below = 0; ///< of them at or below the quantile
};

/// The series cut into batches of equal numbers of clusters, one more or less.
std::array<batch, batch_count> cut(const sample_series& series, double quantile) {
  std::array<batch, batch_count> cuts{};
  auto begin = series.samples.begin();
  for (std::size_t i = 0; i < batch_count; ++i) {
    const std::size_t clusters = (i + 1) * series.clusters() / batch_count;
    const std::size_t samples = series.cluster_ends.empty() ? clusters : series.cluster_ends[clusters - 1];
    const auto end = series.samples.begin() + static_cast<std::ptrdiff_t>(samples);
    const auto below = std::count_if(begin, end, [quantile](double sample) { return sample <= quantile; });
    cuts[i] = {static_cast<double>(end - begin), static_cast<double>(below)};
    begin = end;
  }
  return cuts;
}

/// How many times larger the variance of the share at or below `quantile` is than it would be of as many independent
/// samples (Kish's design effect). Unset where the batches are no guide to it.
std::optional<double> design_effect(const sample_series& series, double quantile) {
  const std::array cuts = cut(series, quantile);
  const auto count = static_cast<double>(series.samples.size());
  const double share =
      std::accumulate(cuts.begin(), cuts.end(), 0.0, [](double sum, const batch& part) { return sum + part.below; }) /
      count;
  const double independent = count * share * (1 - share);
  if (independent <= 0) return 1; // nothing lies above the quantile: no batch differs from another

  batch_excesses excesses{};
  std::transform(cuts.begin(), cuts.end(), excesses.begin(),
                 [share](const batch& part) { return part.below - share * part.samples; });
  const batch_variance variance = variance_of(excesses);
  if (variance.is_no_guide()) return std::nullopt;
  return variance.of_sum > 0 ? variance.of_sum / independent : 1;
}

/// One end of an interval: the fraction of the samples below it, and where its value goes.
struct wanted_end {
  double fraction;
  double* value;
};

struct percentile_row {
  double fraction;
  std::optional<double> distribution::*value;
  std::optional<interval> percentile_intervals::*ci95;
};

constexpr std::array percentile_rows{
    percentile_row{0.50, &distribution::p50, &percentile_intervals::p50},
    percentile_row{0.90, &distribution::p90, &percentile_intervals::p90},
    percentile_row{0.95, &distribution::p95, &percentile_intervals::p95},
    percentile_row{0.99, &distribution::p99, &percentile_intervals::p99},
    percentile_row{0.999, &distribution::p99_9, &percentile_intervals::p99_9},
};

} // namespace

std::optional<double> share_margin(const sample_series& series, double fraction, double quantile) {
  if (series.clusters() < fewest_batched) return std::nullopt;
  const std::optional<double> effect = design_effect(series, quantile);
  if (!effect) return std::nullopt;
  const auto count = static_cast<double>(series.samples.size());
  const double margin = student_t_975 * std::sqrt(*effect * fraction * (1 - fraction) / count);
  if (margin >= std::min(fraction, 1 - fraction)) return std::nullopt;
  return margin;
}

percentile_intervals find_intervals(sample_series series, const distribution& described) {
  percentile_intervals intervals;
  std::vector<wanted_end> ends;
  for (const percentile_row& row : percentile_rows) {
    const std::optional<double>& quantile = described.*row.value;
    const auto margin = quantile ? share_margin(series, row.fraction, *quantile) : std::nullopt;
    if (!margin) continue;
    interval& found = (intervals.*row.ci95).emplace();
    ends.push_back({row.fraction - *margin, &found.low});
    ends.push_back({row.fraction + *margin, &found.high});
  }
  std::sort(ends.begin(), ends.end(),
            [](const wanted_end& left, const wanted_end& right) { return left.fraction < right.fraction; });
  percentile_selector percentiles{series.samples};
  for (const wanted_end& end : ends) *end.value = percentiles.at(end.fraction);
  return intervals;
}

} // namespace loadgen::metrics
