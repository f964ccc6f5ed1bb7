#pragma once

#include "report/console.hpp"

#include <loadgen/report/report.hpp>

#include <boost/json/value.hpp>

#include <string>

namespace loadgen::report {

/// Whether the levels of the run are cells of a grid over prompt lengths and output budgets.
[[nodiscard]] bool has_grid(const analyzed_run& run);

/// One table for each load and trial: the figures of each cell, prompt lengths down, output budgets across. Empty
/// without a grid.
[[nodiscard]] std::string grid_section(const analyzed_run& run, const level_naming& naming);

/// The same as arrays of arrays, null where a cell has no such figure; null without a grid.
[[nodiscard]] boost::json::value grid_json(const analyzed_run& run);

/// The lengths of the requests, asked and achieved; empty where no prompt was made to a length.
[[nodiscard]] std::string lengths_section(const analyzed_run& run, const level_naming& naming);

} // namespace loadgen::report
