#pragma once

#include <loadgen/base/time.hpp>

#include <cstdint>
#include <optional>

namespace loadgen::metrics {

/// No stored span is longer than this (36 years): sums and differences of a few of them cannot overflow.
inline constexpr std::int64_t longest_stored_span = std::int64_t{1} << 60;

/// A span read from a file, or nothing where it is out of range.
[[nodiscard]] constexpr std::optional<duration> stored_span(std::int64_t nanoseconds) noexcept {
  if (nanoseconds > longest_stored_span || nanoseconds < -longest_stored_span) return std::nullopt;
  return duration{nanoseconds};
}

/// Nanoseconds from the run's epoch: how every instant is stored.
[[nodiscard]] constexpr std::int64_t to_stored(instant when, instant epoch) noexcept {
  return (when - epoch).count();
}

} // namespace loadgen::metrics
