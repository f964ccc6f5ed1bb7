#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/recording/exchanges.hpp>

#include <cstdint>
#include <filesystem>
#include <string>

namespace loadgen::recording {

/// The records of a run, made from its recorded bytes again, and how they compare with those made while it ran.
///
/// From the bytes and their stamps come `sent`, `send_time`, `first_byte`, `first_event`, `done`, the content and empty
/// events, usage, finish_reason, the outcome with cause, status and message, bytes sent and received, and the server's
/// figures. What no byte tells (the plan, when the connection was ready, when the client was through) is taken over.
struct recomputation {
  metrics::recorded_run run;       ///< with records from the bytes; levels and their ends as on record
  std::uint64_t requests = 0;      ///< on record, warm-ups included: the sum of the next four
  std::uint64_t agreeing = 0;      ///< equal in every field
  std::uint64_t differing = 0;     ///< differ in a field
  std::uint64_t without_bytes = 0; ///< never had a connection: as on record
  std::uint64_t incomplete = 0;    ///< whose bytes were not all kept: as on record
  std::uint64_t unrecorded = 0;    ///< exchanges whose request is not on record: under way when the run was killed
  std::string first_difference;    ///< where and what: one line; "" where none differs
  std::uint64_t bytes_read = 0;    ///< size of the recording

  /// Whether nothing speaks against the records.
  [[nodiscard]] bool agrees() const noexcept { return differing == 0; }
};

/// Reads the recording and the records of the run in `run_folder` and makes the records again, with the code that made
/// them. Memory: all records, twice for those that are under way. Errors: those of stream_exchanges() and
/// metrics::read_records(); invalid_input where the two are not of the same run or the run has no recording.
[[nodiscard]] result<recomputation> recompute(const std::filesystem::path& run_folder);

} // namespace loadgen::recording
