#pragma once

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>

namespace loadgen::metrics {

/// How many measured requests of the level ended as what, and why. Of a killed run only the requests that had ended
/// are on record: issued + dropped then falls short of planned.
[[nodiscard]] request_counts count_requests(const recorded_level& level);

} // namespace loadgen::metrics
