#pragma once

#include <loadgen/base/time.hpp>

#include <cstddef>

namespace loadgen::calibrate {

/// How late a timer wakes a thread that has nothing else to do.
struct timer_lateness {
  double p50_ms = 0; ///< median
  double p99_ms = 0; ///< 99th percentile
};

/// Sleeps until each of `count` (at least 1) moments that are `period` apart, as the client does until a request is
/// due. Blocks for about count * period.
[[nodiscard]] timer_lateness measure_timer(duration period, std::size_t count);

/// The smallest step by which the run's clock was seen to move: what it takes to read it, or how coarse it is.
[[nodiscard]] duration measure_clock_step();

} // namespace loadgen::calibrate
