#pragma once

#include "metrics/log_linear_histogram.hpp"

#include <loadgen/metrics/summary.hpp>

#include <span>

namespace loadgen::metrics {

/// Percentiles and moments of `samples`, none of them NaN. Reorders them; any number, none included.
[[nodiscard]] distribution describe(std::span<double> samples);

/// The same of counted samples: percentiles within log_linear_histogram::relative_error of those, all else equal.
[[nodiscard]] distribution describe(const log_linear_histogram& samples);

} // namespace loadgen::metrics
