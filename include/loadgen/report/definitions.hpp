#pragma once

#include <loadgen/definitions/tool.hpp>
#include <loadgen/report/report.hpp>

#include <boost/json/object.hpp>

#include <string>

namespace loadgen::report {

/// For a terminal: the run by the definitions of one tool, a row for each level and trial, and in one sentence why that
/// differs from ours. Plain text of at most 100 columns, ending in a newline.
[[nodiscard]] std::string definitions_report(const analyzed_run& run, definitions::tool which);

/// For a terminal: a table for each level and trial that has the figures of every tool beside ours, and one sentence a
/// tool on why they differ. As wide and plain as definitions_report.
[[nodiscard]] std::string definitions_comparison(const analyzed_run& run);

/// The run by the definitions of one tool (schema "loadgen.definitions/1"): for each level and trial a `result` whose
/// keys and units are that tool's own (docs/definitions.md). What it does not have, or was not measured, is absent.
[[nodiscard]] boost::json::object definitions_json(const analyzed_run& run, definitions::tool which);

/// The same of all tools: for each level and trial `tools` has a result for each by its name, and `loadgen` ours, as
/// summary.json has it.
[[nodiscard]] boost::json::object definitions_comparison_json(const analyzed_run& run);

} // namespace loadgen::report
