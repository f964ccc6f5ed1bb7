#pragma once

#include "report/console.hpp"

#include <loadgen/report/report.hpp>

#include <boost/json/value.hpp>

#include <string>
#include <vector>

namespace loadgen::report {

/// The lengths of a level's requests, asked and achieved: `{"input": ..., "output": ...}`, null where not known.
[[nodiscard]] boost::json::object lengths_json(const metrics::level_summary& level);

} // namespace loadgen::report
