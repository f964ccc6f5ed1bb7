#pragma once

#include <loadgen/engine/run.hpp>
#include <loadgen/metrics/duration_histogram.hpp>
#include <loadgen/metrics/record.hpp>
#include <loadgen/metrics/summary.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>

namespace loadgen::engine {

class live_source;

/// What has come of requests up to a moment. Counts only grow. The histograms hold what their streams have brought so
/// far, of requests that are still under way as well, and of those that failed later.
struct live_counts {
  std::uint64_t issued = 0;    ///< begun; less the next three, they are in flight
  std::uint64_t completed = 0; ///< ended as outcome::completed
  std::uint64_t failed = 0;    ///< ended as outcome::failed, after all their retries
  std::uint64_t cancelled = 0; ///< ended as outcome::cancelled
  std::uint64_t dropped = 0;   ///< never issued for the cap (cap_policy::drop)
  std::uint64_t retries = 0;   ///< attempts beyond the first, of the requests that have ended
  std::array<std::uint64_t, metrics::cause_count> causes{}; ///< by cause; together failed + cancelled

  std::uint64_t content_events = 0;   ///< received
  std::uint64_t coalesced_behind = 0; ///< of them, those that count against the client (docs/metrics.md, "The audit")
  std::uint64_t user_stamped = 0;     ///< of them, those without a kernel stamp

  std::uint64_t input_tokens = 0;    ///< of the completed requests whose server told them
  std::uint64_t output_tokens = 0;   ///< of the completed requests: the server's count, else their content events
  std::uint64_t answered_events = 0; ///< content events of the completed requests, to compare with output_tokens

  metrics::duration_histogram ttft;     ///< first content event - sent
  metrics::duration_histogram itl;      ///< between content events of a request that follow each other
  metrics::duration_histogram e2e;      ///< last content event - sent, of completed requests
  metrics::duration_histogram send_lag; ///< the client's own lateness, of requests that have ended

  /// Requests under way: issued - completed - failed - cancelled.
  [[nodiscard]] std::uint64_t in_flight() const noexcept { return issued - completed - failed - cancelled; }

  /// Output tokens received so far: content events at the number of tokens that an event of the completed requests had,
  /// one each before any has completed.
  [[nodiscard]] double tokens_received() const noexcept;

  /// Adds the counts of `other`.
  live_counts& operator+=(const live_counts& other);

  /// What has come since `earlier`, an earlier state of this one.
  live_counts& operator-=(const live_counts& earlier);
};

/// A run at one moment.
struct live_snapshot {
  instant at;                ///< when it was taken
  bool running = false;      ///< a phase is under way; false: before, between two levels, or behind the last one
  std::uint32_t place = 0;   ///< of the level and trial in the order they run, from 0
  progress now;              ///< of the phase under way or, between phases, of the one before
  live_counts in_phase;      ///< what has come in that phase
  live_counts in_run;        ///< what has come since the run began, warm-ups included
  std::uint64_t due = 0;     ///< open loop: requests of the phase whose planned moment has come
  bool open_loop = false;    ///< requests of the phase go out at planned moments
  bool issuing_over = false; ///< nothing more goes out in the phase: what is in flight is waited for

  /// For how long the phase issues: the time it was given, or in an open loop until its last planned moment. Unset
  /// where that is a matter of how fast the server answers.
  std::optional<duration> issuing_time;
  /// How long the levels and trials behind this one will issue, pauses included; unset where that is not known.
  std::optional<duration> time_of_later_levels;

  /// The audit of the measured phase so far: as metrics::judge() has it, but on all content events so far. Unset in a
  /// warm-up and before the first phase.
  std::optional<metrics::audit> trust;
};

/// A window on a run that is going on. Give it to run_settings::live, and ask it from any thread for as long as it
/// lives: taking a snapshot costs the requests nothing (about 50 us for the thread that takes it). After the run it
/// keeps how the run ended, until another run is given it.
///
/// Thread-safety: all members from any thread. Lifetime: must outlive the run it was given to.
class live_statistics {
public:
  live_statistics();
  live_statistics(const live_statistics&) = delete;
  live_statistics& operator=(const live_statistics&) = delete;
  ~live_statistics();

  /// The run as it stands.
  [[nodiscard]] live_snapshot snapshot() const;

private:
  friend class live_attachment;
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace loadgen::engine
