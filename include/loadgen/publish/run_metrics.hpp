#pragma once

#include <loadgen/metrics/record.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>
#include <loadgen/publish/metric_family.hpp>
#include <loadgen/publish/run_labels.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace loadgen::publish {

/// What of a run is not in its records yet, at one moment. Take it before run_metrics::families is asked.
struct live_state {
  std::uint64_t in_flight = 0;      ///< requests under way, of the warm-up too
  std::uint64_t content_events = 0; ///< received since the run began, those of the warm-up included
  /// The level and trial, counted from 0 in the order they run, whose measured phase is under way or was the last one;
  /// unset in a warm-up and before the first phase. What follows is of that phase.
  std::optional<std::size_t> measured_level;
  std::uint64_t issued = 0;              ///< requests begun
  std::uint64_t dropped = 0;             ///< requests dropped at the cap
  std::uint64_t due = 0;                 ///< open loop: requests whose planned moment has come
  std::optional<metrics::verdict> trust; ///< the audit so far; unset where it is not known
};

/// A run as Prometheus takes it: counts and histograms of the requests that have ended, by level and trial, from their
/// records, and so equal to the summary's in the end; the figures of levels that have ended; and what live_state adds.
///
/// Thread-safety: all members from any thread. Memory: some kilobytes a level and trial, whatever the requests.
class run_metrics {
public:
  /// `levels`: levels and trials that are to run.
  run_metrics(run_labels run, std::uint64_t levels);
  run_metrics(const run_metrics&) = delete;
  run_metrics& operator=(const run_metrics&) = delete;
  ~run_metrics();

  /// A level and trial begins; the calls that follow are of it, up to the next.
  void begin_level(const metrics::level_info& level);

  /// A request has ended. One of the warm-up changes nothing.
  void add(const metrics::request_record& record);

  /// The level has ended.
  void end_level(const metrics::level_end& end);

  /// The figures of a level that has ended; of each once.
  void add_summary(const metrics::level_summary& level);

  /// The run has ended: nothing follows. `complete`: all of the plan was issued and ended.
  void end_run(bool complete);

  /// All families as they stand, at a moment of which `now` tells the rest. docs/prometheus.md lists them.
  [[nodiscard]] std::vector<metric_family> families(const live_state& now) const;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace loadgen::publish
