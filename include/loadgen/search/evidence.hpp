#pragma once

#include <loadgen/base/time.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/slo.hpp>
#include <loadgen/metrics/statistics.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

/// Searching for the highest load that meets an SLO, and for where a sweep saturates. Pure: levels go in, loads and
/// answers come out. Methods and their sources: docs/search.md.
namespace loadgen::search {

/// Part of a trial's requests: neighbours in the plan.
struct request_batch {
  std::uint64_t requests = 0; ///< that are judged
  std::uint64_t missed = 0;   ///< of them, those that did not meet the SLO
};

/// Into how many batches a trial is cut.
inline constexpr std::size_t batches_a_trial = 20;

/// The first requests of an open loop, one in so many, meet a server that is still empty: they are not judged.
inline constexpr std::uint64_t filling_part = 4;

/// What one trial of a load says of it.
struct trial_evidence {
  std::array<request_batch, batches_a_trial> batches{}; ///< the requests that are judged, in plan order, evenly cut
  /// Open loop: whether the queue grew through the level (metrics::queue_growth). Unset in a closed loop, and where
  /// the level was too short to tell.
  std::optional<bool> queue_grew;
  duration arrival_span{}; ///< open loop: from the first planned moment to the last; zero in a closed loop

  /// Requests that are judged.
  [[nodiscard]] std::uint64_t requests() const noexcept;
  /// Of them, those that met the SLO.
  [[nodiscard]] std::uint64_t met() const noexcept;
};

/// The evidence of a level that ran to its end. Every request that was due is judged, of an open loop all but the
/// filling_part: what failed, was dropped at a cap or was cut off at the drain limit has missed, so that a server which
/// refuses work does not look as if it held.
[[nodiscard]] trial_evidence evidence_of(const metrics::recorded_level& level, const metrics::slo& asked);

/// 95 % confidence interval of the share of requests that meet the SLO, from all trials of one load: Wilson's, with as
/// many independent requests as the misses' clustering leaves (design effect from batch means), and Student's t. From 0
/// to 1 without requests.
[[nodiscard]] metrics::interval attainment_interval(std::span<const trial_evidence> trials);

/// How many requests it takes at least before attainment_interval() can lie at or above `required` (0 to below 1):
/// that many must all meet the SLO.
[[nodiscard]] std::uint64_t fewest_requests_to_hold(double required);

/// How long a trial of a rate must be to see a queue that builds up slowly: six times as long as a load that is too
/// high by `precision` (above 0) takes to use up the widest limit on ttft or e2e. Nothing where neither is limited:
/// then no objective sees a queue.
[[nodiscard]] std::optional<duration> time_to_see_queue(const metrics::slo& asked, double precision);

} // namespace loadgen::search
