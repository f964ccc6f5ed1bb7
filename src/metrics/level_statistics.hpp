#pragma once

#include <loadgen/metrics/summary.hpp>

namespace loadgen::metrics {

/// Adds to the figures of a level how far they are more than chance: confidence intervals, whether the level had
/// settled, whether its queue grew, and whether its requests went out as planned. `summary` is that of `level`,
/// computed from all its samples. Memory: one copy of the samples of one metric at a time.
void add_statistics(level_summary& summary, const recorded_level& level);

} // namespace loadgen::metrics
