#pragma once

#include "metrics/running_counter.hpp"

#include <loadgen/engine/live_statistics.hpp>
#include <loadgen/metrics/record.hpp>

#include <array>

namespace loadgen::engine {

/// How the requests of one worker have gone so far, for whoever looks at a run that is going on. Only the worker's
/// thread counts.
class request_meter {
public:
  void count_issued() noexcept { issued_.add(1); }

  void count_dropped() noexcept { dropped_.add(1); }

  /// A request that has ended.
  void count(const metrics::request_record& record) noexcept;

  /// Adds what it has so far. Any thread.
  void add_to(live_counts& total) const;

private:
  metrics::running_counter issued_, dropped_, retries_, input_tokens_, output_tokens_, answered_events_;
  std::array<metrics::running_counter, 3> ended_; // by outcome
  std::array<metrics::running_counter, metrics::cause_count> causes_;
  metrics::running_histogram e2e_, send_lag_;
};

} // namespace loadgen::engine
