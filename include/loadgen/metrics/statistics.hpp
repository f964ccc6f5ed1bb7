#pragma once

#include <loadgen/metrics/metric.hpp>

#include <cstdint>
#include <optional>
#include <span>

/// How far a level's figures are more than chance. Methods and their sources: docs/statistics.md.
namespace loadgen::metrics {

/// A confidence interval, both ends inside.
struct interval {
  double low = 0;  ///< in the unit of the figure
  double high = 0; ///< at least `low`
};

/// 95 % confidence intervals of a distribution's percentiles, in the unit of the samples. They allow for samples that
/// resemble their neighbours in time. One is unset where the samples do not tell: fewer than 40 requests, too few
/// samples beyond the percentile, or likenesses that last as long as a twentieth of the level.
struct percentile_intervals {
  std::optional<interval> p50;   ///< of the median
  std::optional<interval> p90;   ///< of the 90th percentile
  std::optional<interval> p95;   ///< of the 95th percentile
  std::optional<interval> p99;   ///< of the 99th percentile
  std::optional<interval> p99_9; ///< of the 99.9th percentile
};

/// One figure over the trials of a level.
struct trial_statistics {
  std::uint32_t trials = 0;     ///< how many gave the figure
  std::optional<double> mean;   ///< arithmetic; unset without trials
  std::optional<double> std;    ///< standard deviation of the sample: divided by trials - 1; unset below two trials
  std::optional<interval> ci95; ///< Student's t, of the mean over trials; unset below two trials
};

/// Describes the values that one figure took in the trials of a level, one each and none of them NaN.
[[nodiscard]] trial_statistics describe_trials(std::span<const double> figures);

/// Whether a metric had settled when measuring began, by MSER-5 over the level's requests in the order they were sent.
struct steady_state {
  metric which = metric::ttft; ///< the metric that was looked at; of itl each request's mean gap
  bool reached = false;        ///< false: the metric still rose or fell in what is left without its beginning
  /// Requests with latencies at the beginning that belong to the warm-up: 0 where what was sent before was enough.
  /// Unset where no steady state was reached.
  std::optional<std::uint64_t> warmup_requests;
  std::optional<double> warmup_s; ///< the same as a time from the first measured `sent`, in seconds
  /// Median of the metric without these requests; where no steady state was reached, over the second half of the
  /// requests. Unset where none is to be left out.
  std::optional<double> p50;
  std::optional<double> p99; ///< the 99th percentile, of the same requests
};

/// Whether `left` asks for a longer warm-up than `right`; none is longer than one that no warm-up would have ended.
[[nodiscard]] bool settles_later(const steady_state& left, const steady_state& right) noexcept;

/// Whether an open loop's requests came faster than they were served: how many were waiting or in flight, counted from
/// their planned moment to their end, between the settling of the level and its last arrival.
struct queue_growth {
  bool saturated = false;  ///< it grew by more than the swings of a queue in balance explain
  std::uint64_t begin = 0; ///< how many there were when the first requests of the level had been served
  std::uint64_t end = 0;   ///< how many there were when the last one arrived
  double per_s = 0;        ///< growth between the two, in requests/s
};

/// Moments of one kind, one a request, in ascending order.
struct arrival_figures {
  double rate = 0; ///< requests/s from the first to the last: 1 / the mean gap
  double cv = 0;   ///< coefficient of variation of the gaps: 0 where they are equal, 1 on average of Poisson arrivals
};

/// How an open loop's requests went out against how they were to: over the measured ones that were sent.
struct arrival_comparison {
  arrival_figures planned;  ///< when they were due
  arrival_figures achieved; ///< when they were sent
};

} // namespace loadgen::metrics
