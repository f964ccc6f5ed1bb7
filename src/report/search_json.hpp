#pragma once

#include <loadgen/report/report.hpp>

#include <boost/json/value.hpp>

namespace loadgen::report {

/// `search` of summary.json: null where the run was none.
[[nodiscard]] boost::json::value search_json(const analyzed_run& run);

/// `knee` of summary.json: null for a search, and where the run has too few loads to have one.
[[nodiscard]] boost::json::value knee_json(const analyzed_run& run);

} // namespace loadgen::report
