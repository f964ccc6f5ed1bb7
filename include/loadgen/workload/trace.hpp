#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::workload {

/// One request that a server once had.
struct trace_entry {
  duration at{};            ///< its time stamp, counted from that of the trace's first request
  std::uint32_t input = 0;  ///< tokens of its prompt
  std::uint32_t output = 0; ///< tokens of its answer; 0 where it failed or was never answered
  /// Mooncake's `hash_ids`: prompts with the same first ids had the same first blocks of 512 tokens; empty: not told.
  std::vector<std::uint64_t> blocks{};
};

/// The requests that came to a server over some time.
struct trace {
  std::string name;                 ///< the file's
  std::string sha256;               ///< of the file's bytes
  std::vector<trace_entry> entries; ///< by time, never empty
};

/// Reads a published trace. Its form is told by its first line:
///
/// - Mooncake, JSONL: `timestamp` in ms, `input_length`, `output_length`, and where they are there `hash_ids`.
/// - Azure LLM inference, CSV: `TIMESTAMP` as 2023-11-16 18:17:03.9799600, `ContextTokens`, `GeneratedTokens`.
/// - BurstGPT, CSV: `Timestamp` in s, `Request tokens`, `Response tokens`.
///
/// Further columns and members are ignored. Errors: invalid_input as `file:line: what; expected what`, also where a
/// time stamp is before the one above it; io where the file cannot be read.
[[nodiscard]] result<trace> read_trace(const std::filesystem::path& file);

/// Which part of a trace is sent again, and how fast.
struct replay_settings {
  double speed = 1;             ///< above 0: 2 sends the trace in half its time
  duration from{};              ///< leaves out what came before, on the trace's own time
  std::optional<duration> to{}; ///< leaves out what came then or later; unset: up to its end
};

/// A trace as a load to send: one element a request in each list.
struct replay {
  std::vector<duration> offsets;      ///< when each is due, from the begin of the part: ascending
  std::vector<std::uint32_t> outputs; ///< tokens to ask for: at least 1, since a server can be asked for no fewer
  std::vector<std::uint32_t> inputs;  ///< tokens of the prompts: at least 1
  std::vector<std::vector<std::uint64_t>> blocks; ///< of each prompt; empty where the trace tells of no request's

  std::uint64_t input_tokens = 0;  ///< sum of what the prompts had
  std::uint64_t output_tokens = 0; ///< sum of what the answers had

  /// Requests/s from the first to the last.
  [[nodiscard]] double mean_rate() const noexcept;
};

/// The requests of that part. Errors: invalid_input for settings out of their range, where the part has not at least
/// two requests at different moments, or where it would take more than 1000 hours.
[[nodiscard]] result<replay> replay_of(const trace& recorded, const replay_settings& settings);

} // namespace loadgen::workload
