#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/random.hpp>
#include <loadgen/base/time.hpp>

#include <cstdint>
#include <string_view>

namespace loadgen::workload {

/// How the times that users take between a reply and their next turn vary.
enum class think_form : std::uint8_t {
  constant,    ///< always `first`
  uniform,     ///< from `first` to `second`, all alike
  normal,      ///< mean `first`, standard deviation `second`; what would be below zero is zero
  lognormal,   ///< median `first`; the natural logarithm's standard deviation is `sigma`
  exponential, ///< mean `first`
};

/// A distribution of think times. All that is drawn is at most 1000 hours.
struct think_time {
  think_form form = think_form::constant; ///< how they vary
  duration first{};                       ///< at least zero; above it for lognormal and exponential
  duration second{};                      ///< uniform: at least `first`; normal: at least zero; else not looked at
  double sigma = 0;                       ///< lognormal: 0 to 5; else not looked at

  /// Member by member: equal ones draw equal times from equal streams.
  friend bool operator==(const think_time&, const think_time&) = default;
};

/// Reads "2s", "uniform(1,3)", "normal(5,2)", "lognormal(8,0.8)" or "exponential(4)". Times in brackets are seconds, or
/// have a unit of their own: "uniform(500ms,3s)". Errors: invalid_input, quoting `text`.
[[nodiscard]] result<think_time> parse_think_time(std::string_view text);

/// One time of that distribution, of the stream's next bits. `from` is within its ranges.
[[nodiscard]] duration draw_think_time(const think_time& from, random_stream bits);

} // namespace loadgen::workload
