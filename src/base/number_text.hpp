#pragma once

#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace loadgen {

/// The number that all of `text` is, as std::from_chars reads it; unset: it is none, or out of range. Floating-point
/// ones may be infinite or no number.
template<class Number>
[[nodiscard]] std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

} // namespace loadgen
