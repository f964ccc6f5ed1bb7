#pragma once

#include "metrics/log_linear_histogram.hpp"

#include <loadgen/metrics/summary.hpp>

#include <vector>

namespace loadgen::report {

/// The share p of the samples has at most `value`, and one in `one_in` = 1 / (1 - p) has more: 2 is the median, 1,000
/// p99.9, the number of samples the largest of them.
struct curve_point {
  double one_in = 1;
  double value = 0;
};

/// The distribution as a curve, ascending in both coordinates, with its tail stretched out: as many points for each
/// further nine. It passes through the figures of `summary` unchanged, smallest and largest included; between them it
/// follows `samples`. Empty where there are no samples.
[[nodiscard]] std::vector<curve_point> percentile_curve(const metrics::log_linear_histogram& samples,
                                                        const metrics::distribution& summary);

/// How the samples spread over bins of equal width.
struct linear_histogram {
  double from = 0;            ///< where the first bin begins: a whole number of widths
  double width = 0;           ///< of each bin: 1, 2 or 5 times a power of ten
  std::vector<double> shares; ///< of all samples, for each bin
  double below = 0;           ///< share of the samples below the first bin
  double above = 0;           ///< share of the samples above the last bin
};

/// Bins that show the middle 99 % of the samples, at most about 60 of them; none without samples.
[[nodiscard]] linear_histogram linear_bins(const metrics::log_linear_histogram& samples);

} // namespace loadgen::report
