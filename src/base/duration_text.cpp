#include <loadgen/base/duration_text.hpp>

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>

namespace loadgen {

namespace {

struct unit {
  std::string_view name;
  duration span;
};

constexpr std::array units{
    unit{"h", std::chrono::hours{1}},         unit{"m", std::chrono::minutes{1}},
    unit{"s", std::chrono::seconds{1}},       unit{"ms", std::chrono::milliseconds{1}},
    unit{"us", std::chrono::microseconds{1}}, unit{"ns", std::chrono::nanoseconds{1}},
};

constexpr duration longest = std::chrono::hours{1000};

error unreadable(std::string_view text) {
  return invalid_input(
      fmt::format("'{}' is not a duration; expected a number with its unit, such as 500ms, 2s or 5m", text));
}

} // namespace

result<duration> parse_duration(std::string_view text) {
  double number = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || !std::isfinite(number) || number < 0 || std::signbit(number)) return unreadable(text);
  const std::string_view name{rest, static_cast<std::size_t>(text.data() + text.size() - rest)};
  for (const unit& candidate : units) {
    if (candidate.name != name) continue;
    const double nanoseconds = number * static_cast<double>(candidate.span.count());
    if (nanoseconds > static_cast<double>(longest.count()))
      return invalid_input(fmt::format("'{}' is longer than the longest duration, 1000h", text));
    return duration{std::llround(nanoseconds)};
  }
  return unreadable(text);
}

std::string format_duration(duration span) {
  if (span == duration::zero()) return "0s";
  for (const unit& candidate : units)
    if (span % candidate.span == duration::zero()) return fmt::format("{}{}", span / candidate.span, candidate.name);
  return fmt::format("{}ns", span.count());
}

} // namespace loadgen
