#pragma once

#include <loadgen/metrics/calibrated_range.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <vector>

namespace loadgen::report {

/// What the calibration that the run was made with found of its machine, ascending by error; empty where there was
/// none.
[[nodiscard]] std::vector<metrics::calibrated_range> calibrated_ranges(const boost::json::object& manifest);

/// `audit.calibration` of a level: the smallest calibrated error that its load is within, and that load; null without a
/// calibration and where nothing was measured.
[[nodiscard]] boost::json::value calibration_json(const std::vector<metrics::calibrated_range>& ranges,
                                                  const metrics::level_summary& level);

} // namespace loadgen::report
