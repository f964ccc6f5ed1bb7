#include "report/text.hpp"

#include <boost/nowide/utf/convert.hpp>
#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace loadgen::report {

namespace {

std::u32string decoded(std::string_view text) {
  return boost::nowide::utf::convert_string<char32_t>(text.data(), text.data() + text.size());
}

void append(std::string& text, char32_t c) {
  boost::nowide::utf::utf_traits<char>::encode(c, std::back_inserter(text));
}

constexpr bool is_control(char32_t c) noexcept {
  return c < 0x20 || (c >= 0x7F && c < 0xA0);
}

// Zero-width characters, line and paragraph separators, direction marks, overrides and isolates, the byte order mark.
constexpr bool is_invisible(char32_t c) noexcept {
  return c == 0xAD || c == 0x61C || (c >= 0x200B && c <= 0x200F) || (c >= 0x2028 && c <= 0x202E) ||
         (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF;
}

constexpr std::size_t columns_of(char32_t c) noexcept {
  return c < 0x1100 ? 1 : 2;
}

void append_escaped(std::string& text, char32_t c) {
  const auto code = static_cast<std::uint32_t>(c);
  if (c == U'\n')
    text += "\\n";
  else if (c == U'\r')
    text += "\\r";
  else if (c == U'\t')
    text += "\\t";
  else if (code < 0x100)
    fmt::format_to(std::back_inserter(text), "\\x{:02x}", code);
  else
    fmt::format_to(std::back_inserter(text), "\\u{:04x}", code);
}

} // namespace

std::string well_formed(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char32_t c : decoded(text)) append(result, c);
  return result;
}

std::string printable(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (const char32_t c : decoded(text)) {
    if (is_control(c) || is_invisible(c))
      append_escaped(result, c);
    else
      append(result, c);
  }
  return result;
}

std::size_t display_columns(std::string_view text) {
  std::size_t columns = 0;
  for (const char32_t c : decoded(text)) columns += columns_of(c);
  return columns;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t columns) {
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  const auto next_line = [&] {
    lines.emplace_back();
    used = 0;
  };
  while (!text.empty()) {
    const std::size_t space = text.find(' ');
    const std::string_view word = text.substr(0, space);
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
    if (word.empty()) continue;
    if (used > 0 && used + 1 + display_columns(word) > columns) next_line();
    if (used > 0) {
      lines.back() += ' ';
      ++used;
    }
    for (const char32_t c : decoded(word)) {
      if (used + columns_of(c) > columns) next_line();
      append(lines.back(), c);
      used += columns_of(c);
    }
  }
  return lines;
}

} // namespace loadgen::report
