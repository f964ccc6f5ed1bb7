#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <concepts>
#include <optional>
#include <string_view>

/// The few productions of RFC 9110 and RFC 9112 that reading and writing messages share.
namespace loadgen::http {

/// An ASCII letter in lower case; any other character as it is. Unlike std::tolower it knows no locale.
[[nodiscard]] constexpr char to_lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

/// The value of a hexadecimal digit, or -1.
[[nodiscard]] constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char lower = to_lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// tchar: the characters of a token, such as a method or a header name.
[[nodiscard]] constexpr bool is_token_char(char c) noexcept {
  constexpr auto table = [] {
    std::array<bool, 256> token{};
    for (const char member : std::string_view{"!#$%&'*+-.^_`|~0123456789"
                                              "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"})
      token[static_cast<unsigned char>(member)] = true;
    return token;
  }();
  return table[static_cast<unsigned char>(c)];
}

[[nodiscard]] constexpr bool is_token(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_token_char);
}

/// The characters of a header value or a reason phrase: printable ones, space, tab, and bytes above ASCII.
[[nodiscard]] constexpr bool is_field_char(char c) noexcept {
  const auto byte = static_cast<unsigned char>(c);
  return (byte >= 0x20 && byte != 0x7F) || c == '\t';
}

[[nodiscard]] constexpr bool is_field_text(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), is_field_char);
}

/// A request's target or authority: printable characters, and no space.
[[nodiscard]] constexpr bool is_target(std::string_view text) noexcept {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_field_char(c) && c != ' ' && c != '\t'; });
}

[[nodiscard]] constexpr bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return to_lower(x) == to_lower(y); });
}

/// `text` without the spaces and tabs around it.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The whole of `text` as a decimal number without a sign, or nothing when it is none or too large.
template<std::unsigned_integral Number>
[[nodiscard]] std::optional<Number> decimal(std::string_view text) noexcept {
  Number value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, failure] = std::from_chars(text.data(), end, value);
  if (failure != std::errc{} || rest != end) return std::nullopt;
  return value;
}

/// Calls `visit` with each trimmed element of a comma-separated list. Empty elements are passed on.
template<class Visitor>
void for_each_element(std::string_view list, Visitor&& visit) {
  for (;;) {
    const std::size_t comma = list.find(',');
    visit(trim(list.substr(0, comma)));
    if (comma == std::string_view::npos) return;
    list.remove_prefix(comma + 1);
  }
}

} // namespace loadgen::http
