#pragma once

#include <loadgen/metrics/summary.hpp>
#include <loadgen/publish/metric_family.hpp>

#include <span>
#include <string>
#include <vector>

namespace loadgen::publish {

/// The figures of levels that have ended, those of summary.json in base units (seconds, ratios of 0 to 1):
/// `loadgen_level_...`, with the labels of level_labels(). What was not measured has no sample. docs/prometheus.md
/// lists them.
[[nodiscard]] std::vector<metric_family> level_families(const std::string& run_id,
                                                        std::span<const metrics::level_summary> levels);

} // namespace loadgen::publish
