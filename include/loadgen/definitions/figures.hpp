#pragma once

#include <loadgen/definitions/tool.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/slo.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace loadgen::definitions {

/// The latencies that are compared. What a tool has none of is unset.
enum class latency : std::uint8_t {
  ttft, ///< time to first token
  itl,  ///< inter-token latency
  tpot, ///< time per output token
  e2e,  ///< the whole request
};

/// All of them, in the order that tables show them.
inline constexpr std::array all_latencies{latency::ttft, latency::itl, latency::tpot, latency::e2e};

/// One latency in milliseconds, with the tool's own weights, percentiles and standard deviation. All but the count are
/// unset without samples.
struct statistics {
  std::uint64_t count = 0;    ///< samples
  std::optional<double> mean; ///< weighted where the tool weighs its samples
  std::optional<double> std;  ///< of the population, or of the sample, as the tool has it
  std::optional<double> min;  ///< smallest sample
  std::optional<double> p50;  ///< median, by the tool's own rule for percentiles; so the next three
  std::optional<double> p90;  ///< 90th percentile
  std::optional<double> p95;  ///< 95th percentile
  std::optional<double> p99;  ///< 99th percentile
  std::optional<double> max;  ///< largest sample
};

/// What a tool would have reported of one level and trial.
struct tool_figures {
  std::uint64_t completed = 0;               ///< requests that the tool counts as successes
  std::uint64_t failed = 0;                  ///< those that it counts as failures
  std::uint64_t output_tokens = 0;           ///< as the tool counts them
  std::optional<std::uint64_t> input_tokens; ///< unset unless the server told the input of every completed request
  std::optional<double> duration_s;          ///< what the rates are divided by; unset where it is zero
  std::optional<double> requests_per_s;      ///< unset where the duration is
  std::optional<double> output_tokens_per_s; ///< unset where the duration is
  std::optional<double> total_tokens_per_s;  ///< input and output; unset where the tool has no such rate
  /// Requests that met the run's SLO by the tool's own figures, per second. Unset without an SLO, where the tool has no
  /// goodput, and where the SLO limits a figure that the tool's goodput does not know.
  std::optional<double> goodput_per_s;
  std::array<std::optional<statistics>, all_latencies.size()> latencies; ///< see of(); unset: the tool has none

  /// One of the latencies; unset where the tool has none.
  [[nodiscard]] const std::optional<statistics>& of(latency which) const noexcept {
    return latencies[static_cast<std::size_t>(which)];
  }
};

/// What of a run matters beside its records.
struct run_facts {
  bool completions = false; ///< the endpoint is completions, not chat
  metrics::slo asked;       ///< the run's objectives
};

/// The figures of one level and trial by the definitions of `which`. Pure. Warm-up and cancelled requests are in none.
[[nodiscard]] tool_figures recompute(tool which, const metrics::recorded_level& level, const run_facts& facts);

/// Where the records cannot give just what `which` would have measured in that run: one sentence each, empty where all
/// is exact. Each sentence is valid as long as the program.
[[nodiscard]] std::vector<std::string_view> approximations(tool which, const metrics::recorded_run& run);

} // namespace loadgen::definitions
