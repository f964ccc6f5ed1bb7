#pragma once

#include <chrono>

namespace loadgen {

/// The run's clock: CLOCK_MONOTONIC. Every clock point of a record is an instant of it.
using clock = std::chrono::steady_clock;

/// A moment on the run's clock, in nanoseconds.
using instant = std::chrono::time_point<clock, std::chrono::nanoseconds>;

/// A span on the run's clock, in nanoseconds.
using duration = std::chrono::nanoseconds;

/// A span as floating-point milliseconds: the unit of every latency that is reported.
using milliseconds_f = std::chrono::duration<double, std::milli>;

/// A span as floating-point seconds: the unit of every window and rate that is reported.
using seconds_f = std::chrono::duration<double>;

/// `span` in milliseconds, as a plain number for tables and JSON.
[[nodiscard]] constexpr double to_ms(duration span) noexcept {
  return milliseconds_f{span}.count();
}

/// `span` in seconds, as a plain number for tables and JSON.
[[nodiscard]] constexpr double to_s(duration span) noexcept {
  return seconds_f{span}.count();
}

} // namespace loadgen
