#pragma once

#include <loadgen/metrics/metric.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/slo.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::metrics {

/// Percentiles and moments of one metric, in the metric's unit. All unset when count is 0.
struct distribution {
  std::uint64_t count = 0;
  std::optional<double> mean, std, min, p50, p90, p95, p99, p99_9, max; ///< std: population
  /// Whether fewer than ten samples lie beyond that percentile, so that it is little more than one sample's luck.
  bool thin_p90 = false, thin_p95 = false, thin_p99 = false, thin_p99_9 = false;
};

struct request_counts {
  std::optional<std::uint64_t> planned; ///< unset in duration mode
  std::uint64_t issued = 0, completed = 0, failed = 0, cancelled = 0, dropped = 0, empty = 0;
  std::uint64_t stale_reconnects = 0, retries = 0;
  std::array<std::uint64_t, cause_count> causes{};      ///< by cause; of failed and cancelled requests
  std::map<std::uint16_t, std::uint64_t> http_statuses; ///< of the http_status failures
  std::array<std::string, cause_count> first_messages;  ///< the first message a server gave, by cause
  std::uint64_t dropped_cap = 0, dropped_not_reached = 0;
};

/// Rates over the window; unset where the window is empty, goodput also without an SLO.
struct throughput {
  std::optional<double> requests_per_s, output_tokens_per_s, total_tokens_per_s, goodput_per_s;
};

/// Sums over the completed requests of the window.
struct token_totals {
  std::optional<std::uint64_t> input, cached_input; ///< unset where no completed request reported it
  std::uint64_t output = 0, asked_output = 0;
  std::string source;              ///< "usage", "chunks" or, where requests differ, "mixed"; "" when none completed
  std::optional<double> per_chunk; ///< output tokens per content event
};

enum class verdict : std::uint8_t { ok, degraded, client_bound };
[[nodiscard]] std::string_view to_string(verdict judgement) noexcept;

/// How far the instrument's own figures can be trusted (metrics.md, "SLO, workload hash, verdict").
struct audit {
  verdict judgement = verdict::ok;
  std::vector<std::string> reasons; ///< one sentence each, empty when ok
  bool kernel_timestamps = true;    ///< false when any content event had no kernel stamp
  std::optional<double> coalesced_fraction, coalesced_behind_fraction; ///< of the content events
  distribution send_lag_ms, receive_lag_ms;
  std::optional<double> client_cpu_fraction; ///< CPU time of the process / length of the phase: 1.0 is one core
  std::optional<double> busy_fraction;       ///< worst worker's long stretches without a sleep / length of the phase
  std::optional<double> longest_stall_ms;
  std::optional<double> tcp_min_rtt_us;
  std::optional<std::uint64_t> tcp_retransmits;
};

struct level_summary {
  level_info info;
  bool complete = false; ///< ran to its end: neither killed nor interrupted
  request_counts requests;
  std::optional<double> window_s; ///< length of the measured window; unset when nothing was sent
  throughput rates;
  token_totals tokens;
  std::array<distribution, metric_count> metrics;
  /// Figures the server told of its own requests (llama.cpp `timings`), by the name it gave them.
  std::map<std::string, distribution> server_reported;
  std::optional<slo_attainment> attainment; ///< unset without an SLO
  audit trust;

  [[nodiscard]] const distribution& of(metric which) const noexcept { return metrics[static_cast<std::size_t>(which)]; }
};

/// Derives all figures of one level and trial from its records. Pure; linear interpolation on all samples (numpy's
/// default) for percentiles, population standard deviation. Goodput and attainment are those of `asked`. Formulas:
/// docs/metrics.md.
[[nodiscard]] level_summary summarize(const recorded_level& level, const slo& asked = {});

} // namespace loadgen::metrics
