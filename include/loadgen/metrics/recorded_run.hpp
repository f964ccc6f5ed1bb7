#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/metrics/record.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::metrics {

/// What is known of a run before its first request.
struct run_info {
  std::string run_id;             ///< names the run's folder and its rows in all files
  instant epoch;                  ///< the run's zero on the monotonic clock: every stored instant counts from it
  std::int64_t epoch_unix_ns = 0; ///< the same moment on the wall clock, nanoseconds since 1970
  /// What it takes to repeat the run, kept whole: settings and their sources, seeds, workload hashes, versions, system,
  /// target. Figures need only its `slo` (as to_json() writes it) and `bounded` (true or false), reports the keys that
  /// docs/outputs.md names.
  boost::json::object manifest;
};

/// One level and trial, as planned.
struct level_info {
  std::uint32_t level = 0;                  ///< place in the sweep, from 0
  std::uint32_t trial = 1;                  ///< from 1
  std::optional<std::uint32_t> concurrency; ///< closed loop
  std::optional<double> rate;               ///< open loop, requests/s
  std::optional<std::uint64_t> planned;     ///< measured requests in the plan; unset in duration mode
  /// Measured conversations in the plan; unset where the dataset has none, and where as many begin as the time allows.
  std::optional<std::uint64_t> planned_conversations{};
  instant begin;                              ///< when its warm-up, or where it has none its measured phase, began
  std::optional<std::uint32_t> grid_input{};  ///< tokens of each prompt, where the level is a cell of a grid
  std::optional<std::uint32_t> grid_output{}; ///< tokens that each request asks for, set with grid_input
};

/// What one worker says of its own punctuality in the measured phase.
struct worker_audit {
  std::uint16_t worker = 0; ///< from 0, as in request_record
  duration busy{};          ///< sum of the stretches of more than 10 ms without a sleep
  duration longest_stall{}; ///< longest time beyond its wake-up that the worker did not run at all
};

/// What is known when a level has ended.
struct level_end {
  instant measured_from; ///< when the measured phase began, behind the warm-up
  /// When issuing was stopped, by the level's time or by an interrupt; where neither did, equal to `ended`.
  instant issuing_ended;
  instant ended;              ///< when the last request was through
  bool duration_mode = false; ///< the window ends with issuing_ended instead of the last `done`
  bool cut_short = false;     ///< duration mode: issuing ended before its time, by an interrupt or a failure to write
  std::uint64_t dropped_cap = 0;                ///< never issued: the concurrency cap (--on-cap drop)
  std::uint64_t dropped_conversation = 0;       ///< never issued: an earlier turn of their conversation failed
  std::uint64_t dropped_not_reached = 0;        ///< never issued: an interrupt came first
  duration cpu_time{};                          ///< CPU time of the whole process in the measured phase
  std::vector<worker_audit> workers;            ///< one for each
  std::optional<duration> tcp_min_rtt;          ///< smallest over the connections, TCP_INFO; unset where not known
  std::optional<std::uint64_t> tcp_retransmits; ///< sum over the connections, TCP_INFO; unset where not known
  /// Longest time between two moments at which all records so far were in the file; unset where not known.
  std::optional<duration> longest_flush_gap;
};

/// What is known when the run has ended.
struct run_end {
  bool complete = false;        ///< all of the plan was issued and ended
  int interrupted_by = 0;       ///< SIGINT or SIGTERM; 0: neither
  std::int64_t end_unix_ns = 0; ///< wall clock behind the last request, nanoseconds since 1970
  boost::json::object manifest; ///< keys to add to the manifest's, known only now
};

/// One level and trial as far as the file has it.
struct recorded_level {
  level_info info;                      ///< as planned, and when it began
  std::vector<request_record> requests; ///< in plan order, warm-up requests first
  std::optional<level_end> end;         ///< unset: the run ended inside this level
};

/// Everything that raw/records.bin holds.
struct recorded_run {
  run_info info;                      ///< the file's header: without it there is no recorded_run
  std::vector<recorded_level> levels; ///< in the order they ran; of a run that ended early those that were begun
  std::optional<run_end> end;         ///< unset: the run was killed
  bool damaged = false; ///< the file has bytes after its last whole block (a write cut short); they are ignored
  /// False where the file is of version 1 of the format, which kept neither empty_events nor what a chunk's
  /// reasoning_content and calls_only tell.
  bool has_empty_events = true;
  std::uint64_t file_size = 0; ///< bytes that the file had when it was opened

  /// Whether all of the plan was issued and ended; false also for a run that was killed.
  [[nodiscard]] bool complete() const noexcept { return end && end->complete; }
};

/// Reads raw/records.bin up to its last whole block. Errors: io where it cannot be read, invalid_input where it is not
/// such a file or of a newer version.
[[nodiscard]] result<recorded_run> read_records(const std::filesystem::path& file);

/// Reads one level alone, by its place in recorded_run::levels: the records of earlier levels are passed over unread
/// (and unchecked), and reading stops at the level's end. The run it returns has the levels up to that one, and records
/// of that one only. Errors: those of read_records, and invalid_input where the file has no such level.
[[nodiscard]] result<recorded_run> read_level(const std::filesystem::path& file, std::size_t level);

/// Reads the file's header alone. Errors: those of read_records.
[[nodiscard]] result<run_info> read_run_info(const std::filesystem::path& file);

/// Takes one record, with the place of its level in recorded_run::levels. May move from it.
using record_sink = std::function<void(std::size_t level, request_record& record)>;

/// Reads as read_records does, but hands each record to `sink`, in the order in which the requests ended, and keeps
/// none: `requests` of the levels it returns are empty, and the memory it takes does not grow with the file. A file
/// that is still written to gives the same records again when `limit` is the file_size of the pass before: what stands
/// behind it is not read. Errors: those of read_records; the sink may have had records before one of io.
[[nodiscard]] result<recorded_run> stream_records(const std::filesystem::path& file, const record_sink& sink,
                                                  std::uint64_t limit = std::numeric_limits<std::uint64_t>::max());

/// The same for one level, as read_level does. Errors: those of read_level.
[[nodiscard]] result<recorded_run> stream_level(const std::filesystem::path& file, std::size_t level,
                                                const record_sink& sink,
                                                std::uint64_t limit = std::numeric_limits<std::uint64_t>::max());

} // namespace loadgen::metrics
