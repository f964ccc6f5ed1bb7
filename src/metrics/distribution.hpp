#pragma once

#include <loadgen/metrics/summary.hpp>

#include <span>

namespace loadgen::metrics {

/// Percentiles and moments of `samples`, none of them NaN. Reorders them; any number, none included.
[[nodiscard]] distribution describe(std::span<double> samples);

} // namespace loadgen::metrics
