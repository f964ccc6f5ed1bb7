#pragma once

#include <loadgen/metrics/record.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/slo.hpp>

namespace loadgen::metrics {

/// Whether the request completed, with content, and misses no limit. A figure that it does not have, as a one-token
/// answer has neither tpot nor gaps, misses none.
[[nodiscard]] bool meets(const request_record& record, const slo& asked);

/// Judges every measured request of the level. Failed and empty ones miss every objective. Of one that the client cut
/// off only a miss can be known: a first chunk that came too late, or had not come, or no end, within the limit.
[[nodiscard]] slo_attainment measure_attainment(const recorded_level& level, const slo& asked);

} // namespace loadgen::metrics
