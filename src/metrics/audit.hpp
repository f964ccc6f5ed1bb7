#pragma once

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>

namespace loadgen::metrics {

/// The instrument's own figures for a level, with the verdict on them. Coalesced shares, kernel stamps and receive lag
/// are of the content events of measured completed requests; send lag is of every measured request that was sent.
[[nodiscard]] audit audit_level(const recorded_level& level);

} // namespace loadgen::metrics
