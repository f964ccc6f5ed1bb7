#pragma once

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/statistics.hpp>

#include <optional>

namespace loadgen::metrics {

/// Whether the number of requests waiting or in flight, of conversations under way, grew while those of an open loop
/// came. Unset where a request
/// has no planned moment, and where too few came after the first ones had been served.
[[nodiscard]] std::optional<queue_growth> measure_queue_growth(const recorded_level& level);

} // namespace loadgen::metrics
