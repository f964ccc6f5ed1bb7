#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>

#include <boost/json/object.hpp>

#include <filesystem>
#include <string>
#include <vector>

/// What people and programs read of a run: its files, the report for a terminal, and checks.
namespace loadgen::report {

/// A run with all its figures: what every output is made from.
struct analyzed_run {
  metrics::recorded_run run;                  ///< the records that the figures were derived from
  std::vector<metrics::level_summary> levels; ///< one for each of run.levels
};

/// Computes all figures, goodput and attainment by the SLO in the run's manifest (`slo`, as metrics::to_json writes
/// it).
[[nodiscard]] analyzed_run analyze(metrics::recorded_run run);

/// summary.json (schema "loadgen.summary/1"): all keys present, null where not measured.
[[nodiscard]] boost::json::object summary_json(const analyzed_run& run);

/// manifest.json: the manifest of the run's header with what was known at its end.
[[nodiscard]] boost::json::object manifest_json(const metrics::recorded_run& run);

/// `value` with line breaks and two-space indents, ending in a newline: what is written to files people open. Arrays of
/// plain values stay on one line; a number that is not finite is null.
[[nodiscard]] std::string to_pretty_json(const boost::json::value& value);

/// summary/summary.csv: a header line, and one row a level and trial.
[[nodiscard]] std::string summary_csv(const analyzed_run& run);

/// raw/requests.csv: a header line, and one row a measured request on record; levels in the order they ran, their
/// requests in plan order.
[[nodiscard]] std::string requests_csv(const analyzed_run& run);

/// The report for a terminal: compact tables by level, failures with the server's first words, the audit. Plain text
/// of at most 100 columns, ending in a newline; safe to paste into an issue.
[[nodiscard]] std::string console_report(const analyzed_run& run);

/// Writes manifest.json, raw/requests.csv, summary/summary.json and summary/summary.csv into the run folder. Each file
/// appears whole or not at all; manifest.json, which tells whether the run is complete, comes last. Errors: io.
/// Thread-safety: one call at a time for a folder within a process.
[[nodiscard]] result<void> write_package(const std::filesystem::path& run_folder, const analyzed_run& run);

/// Adds the run's line to `index.csv` in `results`, with its header line where the file is new. Safe when several
/// processes do it at once. Errors: io.
[[nodiscard]] result<void> append_index(const std::filesystem::path& results, const analyzed_run& run);

/// Reads RUN/raw/records.bin and analyzes it. Errors: those of metrics::read_records; invalid_input where RUN is no run
/// folder.
[[nodiscard]] result<analyzed_run> load_run(const std::filesystem::path& run_folder);

} // namespace loadgen::report
