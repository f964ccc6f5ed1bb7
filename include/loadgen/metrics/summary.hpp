#pragma once

#include <loadgen/metrics/metric.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/slo.hpp>
#include <loadgen/metrics/statistics.hpp>

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::metrics {

/// Percentiles and moments of one set of samples, in the unit of the samples. All but the count are unset when it is 0.
/// A percentile p of n sorted samples has the rank (n - 1) * p / 100; between two ranks it is interpolated linearly, as
/// numpy does by default. It is thin where fewer than ten samples lie beyond it: little more than one sample's luck.
struct distribution {
  std::uint64_t count = 0;     ///< samples: of most metrics one a request, of itl one a gap between chunks
  std::optional<double> mean;  ///< arithmetic
  std::optional<double> std;   ///< standard deviation of the population: divided by count, not by count - 1
  std::optional<double> min;   ///< smallest sample
  std::optional<double> p50;   ///< median
  std::optional<double> p90;   ///< 90th percentile
  std::optional<double> p95;   ///< 95th percentile
  std::optional<double> p99;   ///< 99th percentile
  std::optional<double> p99_9; ///< 99.9th percentile
  std::optional<double> max;   ///< largest sample
  bool thin_p90 = false;       ///< p90 is thin: count is below 100
  bool thin_p95 = false;       ///< p95 is thin: count is below 200
  bool thin_p99 = false;       ///< p99 is thin: count is below 1,000
  bool thin_p99_9 = false;     ///< p99_9 is thin: count is below 10,000
  percentile_intervals ci95;   ///< of the metrics of requests and tokens; in all other distributions unset
};

/// How far the instrument itself can have moved the figures of one metric, either way: upper bounds in milliseconds.
/// They hold for what it stamps itself: receive stamps, events whose own arrival was lost in a common read, and the
/// time a write took. All are unset where the metric has no samples, where it has no bound (ttfb, ttfe, tokens_per_s),
/// or where the records do not tell (format version 1). Derivation: docs/measurement.md, "The error bound".
struct instrument_error {
  std::optional<double> mean;  ///< of the arithmetic mean
  std::optional<double> p50;   ///< of the median
  std::optional<double> p90;   ///< of the 90th percentile
  std::optional<double> p95;   ///< of the 95th percentile
  std::optional<double> p99;   ///< of the 99th percentile
  std::optional<double> p99_9; ///< of the 99.9th percentile
};

/// What became of the measured requests of one level and trial; the warm-up is in none of these. issued = completed +
/// failed + cancelled, and planned = issued + dropped, but for a killed level: of it only the requests that had ended
/// are on record.
struct request_counts {
  std::optional<std::uint64_t> planned; ///< unset in duration mode
  std::uint64_t issued = 0;             ///< on record, however they ended
  std::uint64_t completed = 0;          ///< ended as outcome::completed
  std::uint64_t failed = 0;             ///< ended as outcome::failed, after all their retries
  std::uint64_t cancelled = 0;          ///< ended as outcome::cancelled: slow ones that the client did not wait for
  std::uint64_t dropped = 0;            ///< never issued: the sum of the three below; 0 where the level was killed
  std::uint64_t empty = 0; ///< of the completed ones, those without any content event: they have no latencies
  std::uint64_t stale_reconnects = 0; ///< sum over the issued requests: reused connections found closed before sending
  std::uint64_t retries = 0;          ///< sum over the issued requests: attempts beyond the first
  std::array<std::uint64_t, cause_count> causes{};      ///< by cause; together failed + cancelled
  std::map<std::uint16_t, std::uint64_t> http_statuses; ///< by status, of the http_status failures
  /// By cause, the first message that the server or the system gave, in plan order; "" where it gave none.
  std::array<std::string, cause_count> first_messages;
  std::uint64_t dropped_cap = 0;          ///< never issued: they found the concurrency cap reached (cap_policy::drop)
  std::uint64_t dropped_conversation = 0; ///< never issued: an earlier turn of their conversation failed
  std::uint64_t dropped_not_reached = 0;  ///< never issued: an interrupt came first; 0 in duration mode
};

/// Rates over the window, in 1/s; all unset where the window is empty. In count mode over all completed requests; in
/// duration mode over those that completed inside the window, with output tokens counted where they arrived inside
/// (docs/metrics.md, "The window and throughput").
struct throughput {
  std::optional<double> requests_per_s;      ///< completed requests
  std::optional<double> output_tokens_per_s; ///< the server's `usage`, or where it sent none one token a content event
  std::optional<double> total_tokens_per_s;  ///< input and output; unset unless every request counted told its input
  std::optional<double> goodput_per_s;       ///< completed requests that met every objective; unset without an SLO
};

/// Tokens of completed measured requests. The sums are over those that ended in the window: in count mode all of them.
struct token_totals {
  std::optional<std::uint64_t> input;        ///< sum of usage.input; unset where no request reported it
  std::optional<std::uint64_t> cached_input; ///< sum of usage.cached, a part of `input`; unset where none reported it
  std::uint64_t output = 0;                  ///< sum of usage.output, or of a request that has none its content events
  std::uint64_t asked_output = 0; ///< sum of the max_tokens asked for; a request that asked for none adds nothing
  /// Where the output tokens of all completed requests come from: "usage", "chunks" or, where requests differ, "mixed";
  /// "" when none completed.
  std::string source;
  /// Output tokens per content event, over all completed requests; unset without content. The closer to 1, the more itl
  /// is the time between tokens.
  std::optional<double> per_chunk;
};

/// How far the figures of a level are the server's and not the client's; the limits are in docs/metrics.md.
enum class verdict : std::uint8_t {
  ok,          ///< no figure of the audit is beyond its limit, and those of the workers are there
  degraded,    ///< read small differences with care
  client_bound ///< the client shaped the figures: lower the load per worker, or give it more cores
};

/// The name in files and reports: "client_bound".
[[nodiscard]] std::string_view to_string(verdict judgement) noexcept;

/// How far the instrument's own figures can be trusted (docs/metrics.md, "The audit"). Content events are those of
/// measured completed requests; the phase is the measured one with its drain. The figures of the process and its
/// workers are unset where the level was killed, those of TCP_INFO also where the run recorded none.
struct audit {
  verdict judgement = verdict::ok;  ///< the worst that any figure below gives
  std::vector<std::string> reasons; ///< one sentence each, empty when ok
  bool kernel_timestamps = true;    ///< false when any content event had no kernel stamp
  /// Share of the content events, 0 to 1, whose own arrival is unknown, since a later one came out of the same read;
  /// unset without content events.
  std::optional<double> coalesced_fraction;
  /// Share of the content events, 0 to 1, that are coalesced and were read while the worker was behind. Servers do
  /// write several events at once: only these count against the client.
  std::optional<double> coalesced_behind_fraction;
  /// Of each measured request that was sent, the client's own lateness: (released - planned - cap_wait) + (sent -
  /// connected), in a closed loop the second term only.
  distribution send_lag_ms;
  /// Of each content event with a kernel stamp, decoded - stamp: what a client without these stamps would have blamed
  /// on the server.
  distribution receive_lag_ms;
  std::optional<double> client_cpu_fraction;    ///< CPU time of the process / length of the phase: 1.0 is one core
  std::optional<double> busy_fraction;          ///< worst worker's long stretches without a sleep / length of the phase
  std::optional<double> longest_stall_ms;       ///< worst worker's longest time not run although it was to be woken
  std::optional<double> tcp_min_rtt_us;         ///< smallest round trip over the connections, TCP_INFO, in microseconds
  std::optional<std::uint64_t> tcp_retransmits; ///< sum over the connections, TCP_INFO
  /// How much of the level's end a kill could have cost at most; a slow disk delays records, and no figure.
  std::optional<double> longest_flush_gap_ms;
};

/// What the requests of one turn, the same of all conversations, were like. Distributions are over measured completed
/// requests; those of latencies over those of them with content.
struct turn_summary {
  std::uint32_t turn = 1;      ///< from 1
  std::uint64_t issued = 0;    ///< on record, however they ended
  std::uint64_t completed = 0; ///< ended as outcome::completed
  std::uint64_t failed = 0;    ///< ended as outcome::failed
  distribution ttft_ms;        ///< as metric::ttft
  distribution tpot_ms;        ///< as metric::tpot
  distribution e2e_ms;         ///< as metric::e2e
  distribution input_tokens;   ///< usage.input of those that told it: how the context grows
  distribution output_tokens;  ///< by the server's count, else content events
  /// Sum of usage.cached over sum of usage.input, of those that told both; unset where none did.
  std::optional<double> cached_input_share;
};

/// The conversations of one level and trial, without those of the warm-up. begun = completed + failed + cut_off.
struct conversation_summary {
  std::optional<std::uint64_t> planned; ///< unset where as many begin as the time allows
  std::uint64_t begun = 0;              ///< their first turn is on record
  std::uint64_t completed = 0;          ///< all planned turns completed
  std::uint64_t failed = 0;             ///< a turn failed; those after it were not sent
  std::uint64_t cut_off = 0;            ///< the level's end, an interrupt or a kill came before their own
  distribution duration_s; ///< of the completed ones: from the first `sent` to the last `done`, thinking included
  std::vector<turn_summary> turns; ///< of each turn that was issued, ascending
};

/// What distributions are computed from.
enum class sample_keeping : std::uint8_t {
  all,      ///< every sample: percentiles are exact, and memory grows with the run
  histogram ///< counts in log-linear bins: percentiles are within 0.1 % of the exact ones, and memory is bounded
};

/// All figures of one level and trial.
struct level_summary {
  level_info info;         ///< the level and trial they are of
  bool complete = false;   ///< ran to its end: neither killed nor interrupted
  request_counts requests; ///< how many there were, and how they ended
  /// Length of the measured window: from the first `sent` to the last `done`, in duration mode to the end of issuing.
  /// Unset when nothing was sent.
  std::optional<double> window_s;
  throughput rates;    ///< over the window
  token_totals tokens; ///< what the rates of tokens were made of
  /// By metric: see of(). Milliseconds, or 1/s for tokens_per_s, over measured completed requests with content; in
  /// duration mode those drained behind the window are among them.
  std::array<distribution, metric_count> metrics;
  std::array<instrument_error, metric_count> instrument; ///< by metric: see error_of()
  /// Figures the server told of its own requests (llama.cpp `timings`), by the name it gave them.
  std::map<std::string, distribution> server_reported;
  std::optional<slo_attainment> attainment;          ///< unset without an SLO
  std::optional<conversation_summary> conversations; ///< unset where the dataset has none, and without requests
  /// Of ttft, itl and e2e, those of which at least 100 requests have a figure: whether the warm-up was long enough.
  std::vector<steady_state> steadiness;
  std::optional<queue_growth> queue; ///< unset in a closed loop, and where the level is too short to tell
  /// Unset in a closed loop, where the requests were fewer than three, and where they were all due at one moment.
  std::optional<arrival_comparison> arrivals;
  audit trust;                                  ///< how punctual the client was, and what follows
  sample_keeping samples = sample_keeping::all; ///< what all distributions were computed from

  /// The distribution of one metric. Valid as long as the summary.
  [[nodiscard]] const distribution& of(metric which) const noexcept { return metrics[static_cast<std::size_t>(which)]; }

  /// How far the instrument can have moved the figures of of(which). Valid as long as the summary.
  [[nodiscard]] const instrument_error& error_of(metric which) const noexcept {
    return instrument[static_cast<std::size_t>(which)];
  }
};

/// Derives all figures of one level and trial from its records. Pure; linear interpolation on all samples (numpy's
/// default) for percentiles, population standard deviation. Goodput and attainment are those of `asked`. Formulas:
/// docs/metrics.md.
[[nodiscard]] level_summary summarize(const recorded_level& level, const slo& asked = {});

} // namespace loadgen::metrics
