#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What people and programs read of a run: its files, the report for a terminal, and checks.
namespace loadgen::report {

/// A run with all its figures: what every output is made from.
struct analyzed_run {
  metrics::recorded_run run;                  ///< the records that the figures were derived from
  std::vector<metrics::level_summary> levels; ///< one for each of run.levels
  /// Histogram: the records were read one by one and not kept, and `requests` of all run.levels are empty.
  metrics::sample_keeping samples = metrics::sample_keeping::all;
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

/// summary/turns.csv: a header line, and one row a level, trial and turn of its conversations. Empty where the run has
/// none.
[[nodiscard]] std::string turns_csv(const analyzed_run& run);

/// raw/requests.csv: a header line, and one row a measured request on record; levels in the order they ran, their
/// requests in plan order. Only of a run whose records were kept.
[[nodiscard]] std::string requests_csv(const analyzed_run& run);

/// What the frames of plots in text are drawn with. Everything else is ASCII, but for what the run itself says.
enum class character_set : std::uint8_t {
  ascii,
  unicode, ///< box-drawing characters
};

/// The report for a terminal: compact tables by level, for a sweep the curve of latency against throughput as a small
/// plot, failures with the server's first words, the audit. Plain text of at most 100 columns, ending in a newline;
/// safe to paste into an issue.
[[nodiscard]] std::string console_report(const analyzed_run& run, character_set characters = character_set::ascii);

/// Writes manifest.json, report.html, raw/requests.csv, raw/trials.csv and .json, summary/summary.json and
/// summary/summary.csv into the run folder, where the run has conversations summary/turns.csv, and where the Parquet
/// plugin is there raw/requests.parquet and raw/tokens.parquet (docs/outputs.md). Each file appears whole or not at
/// all; manifest.json, which tells whether the run is complete, comes last. The requests of a run whose records were
/// not kept are read from its folder again, and stand in the order in which they ended. Errors: io; those of
/// metrics::stream_records. Thread-safety: one call at a time for a folder within a process.
[[nodiscard]] result<void> write_package(const std::filesystem::path& run_folder, const analyzed_run& run);

/// Whether a run folder has all files that write_package writes here.
[[nodiscard]] bool is_whole_package(const std::filesystem::path& run_folder);

/// Why a run folder has no raw/requests.parquet and raw/tokens.parquet, as lines for a terminal below a report; empty
/// where it has them. Loads the Parquet plugin where they are missing.
[[nodiscard]] std::string parquet_note(const std::filesystem::path& run_folder);

/// Adds the run's line to `index.csv` in `results`, with its header line where the file is new. Safe when several
/// processes do it at once. Errors: io.
[[nodiscard]] result<void> append_index(const std::filesystem::path& results, const analyzed_run& run);

/// Adds a line for each level and trial of the run to `benchmark_summary.csv` in `results`, in the manner of
/// append_index. Errors: io.
[[nodiscard]] result<void> append_benchmark_summary(const std::filesystem::path& results, const analyzed_run& run);

/// Whether the Parquet plugin can be used, which is loaded for that. Errors: io, with the reason.
[[nodiscard]] result<void> check_parquet();

/// Puts raw/requests.parquet of a run folder also at `results`/`variant`/TIMESTAMP.parquet, TIMESTAMP being the first
/// part of the run's id, or all of it where another run has that place. The two share their bytes where the file system
/// can do that. Gives the file's path. Errors: io.
[[nodiscard]] result<std::filesystem::path> publish_variant(const std::filesystem::path& results,
                                                            std::string_view variant,
                                                            const std::filesystem::path& run_folder,
                                                            std::string_view run_id);

/// Reads RUN/raw/records.bin and analyzes it, with all samples or in bounded memory: as `keep` says, or where it is
/// unset as the run's manifest does (`bounded`, true or false). Errors: those of metrics::read_records; invalid_input
/// where RUN is no run folder.
[[nodiscard]] result<analyzed_run> load_run(const std::filesystem::path& run_folder,
                                            std::optional<metrics::sample_keeping> keep = std::nullopt);

/// The figures of one level alone, by its place in recorded_run::levels, those that load_run would give it; of a run
/// that still goes on too, once the level has ended. Reads no records but the level's. Errors: those of
/// metrics::read_level; invalid_input where RUN is no run folder.
[[nodiscard]] result<metrics::level_summary> load_level(const std::filesystem::path& run_folder, std::size_t level);

/// Writes the run's latencies to `file` as a histogram log of HdrHistogram (version 1.3): one interval for each level,
/// trial and metric that has samples, tagged with the three; values in nanoseconds with three significant digits. Reads
/// the records one by one: memory does not grow with the run. The file appears whole or not at all. Errors: those of
/// load_run; io.
[[nodiscard]] result<void> write_hlog(const std::filesystem::path& run_folder, const std::filesystem::path& file);

} // namespace loadgen::report
