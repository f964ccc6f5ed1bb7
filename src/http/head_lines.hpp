#pragma once

#include "http/message_head.hpp"

#include <optional>
#include <string_view>

/// The lines of a message's head, each given whole and without its CRLF.
namespace loadgen::http {

/// What every version of HTTP/1 begins with: a digit follows.
inline constexpr std::string_view protocol_name = "HTTP/1.";

/// Reads `HTTP/1.x NNN reason` into status and version of `head`. `line` must begin with protocol_name. False when it
/// is no status line; `head` is then as it was.
[[nodiscard]] bool parse_status_line(std::string_view line, message_head& head) noexcept;

/// Reads `METHOD target HTTP/1.x` into method, target and version of `head`. False when it is no request line; `head`
/// is then as it was.
[[nodiscard]] bool parse_request_line(std::string_view line, message_head& head);

/// A header's name, as it was sent, and its trimmed value: views of its line.
struct field_view {
  std::string_view name, value;
};

/// Reads `name: value`, or nothing when the line is none: a folded line, too, is none.
[[nodiscard]] std::optional<field_view> parse_field(std::string_view line) noexcept;

} // namespace loadgen::http
