#pragma once

#include <loadgen/base/time.hpp>
#include <loadgen/engine/live_statistics.hpp>

#include <deque>
#include <optional>

namespace loadgen::cli {

/// What the last seconds of a phase came to.
struct recent_figures {
  duration span{};                     ///< how long they are: at most live_history::window and a second; zero: none yet
  double sent_per_s = 0;               ///< requests
  double completed_per_s = 0;          ///< requests
  std::optional<double> planned_per_s; ///< open loop: requests whose planned moment came
  double tokens_per_s = 0;             ///< as live_counts::tokens_received has them
  metrics::duration_histogram ttft, itl;
};

/// Remembers a run's last seconds, of the phase that runs. Time comes with the snapshots.
class live_history {
public:
  static constexpr std::chrono::seconds window{10};

  /// Snapshots in the order they were taken.
  void add(const engine::live_snapshot& now);

  /// Up to the latest snapshot.
  [[nodiscard]] recent_figures recent() const;

  /// How long the phase goes on issuing, as far as it can be told from its plan or from the pace of its requests.
  [[nodiscard]] std::optional<duration> time_left() const;

private:
  struct sample {
    instant at;
    engine::live_counts in_phase;
    std::uint64_t due = 0;
  };

  [[nodiscard]] bool is_of_another_phase(const engine::live_snapshot& now) const noexcept;

  std::optional<engine::live_snapshot> latest_;
  std::deque<sample> samples_; // oldest first; the first one is the phase's begin, or as old as the window
};

} // namespace loadgen::cli
