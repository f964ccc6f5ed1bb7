#include "protocol/message_text.hpp"

#include <cstdint>

namespace loadgen::protocol {

namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

/// The code point at the start of `text`, and its bytes: empty when they are no UTF-8 (RFC 3629).
struct character {
  std::uint32_t code_point = 0;
  std::string_view bytes;
};

character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80U) return {lead, text.substr(0, 1)};
  const std::size_t size = lead >= 0xF0U ? 4 : lead >= 0xE0U ? 3 : 2;
  if (lead < 0xC2U || lead > 0xF4U || text.size() < size) return {};
  std::uint32_t code_point = lead & (0x7FU >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (!is_continuation(text[i])) return {};
    code_point = code_point << 6U | (static_cast<unsigned char>(text[i]) & 0x3FU);
  }
  const bool overlong = code_point < (size == 4 ? 0x10000U : size == 3 ? 0x800U : 0x80U);
  const bool surrogate = code_point >= 0xD800U && code_point <= 0xDFFFU;
  if (overlong || surrogate || code_point > 0x10FFFFU) return {};
  return {code_point, text.substr(0, size)};
}

bool is_blank(std::uint32_t code_point) {
  return code_point == ' ' || (code_point >= '\t' && code_point <= '\r');
}

bool is_control(std::uint32_t code_point) {
  return code_point < 0x20U || (code_point >= 0x7FU && code_point < 0xA0U);
}

} // namespace

std::string one_line(std::string_view text, std::size_t limit) {
  std::string line;
  bool blank_pending = false;
  while (!text.empty()) {
    const auto [code_point, bytes] = first_character(text);
    text.remove_prefix(bytes.empty() ? 1 : bytes.size());
    if (!bytes.empty() && is_blank(code_point)) {
      blank_pending = !line.empty();
      continue;
    }
    if (!bytes.empty() && is_control(code_point)) continue;
    const std::string_view shown = bytes.empty() ? replacement : bytes;
    if (line.size() + (blank_pending ? 1U : 0U) + shown.size() > limit) break;
    if (blank_pending) line += ' ';
    blank_pending = false;
    line += shown;
  }
  return line;
}

} // namespace loadgen::protocol
