#include "http/framing.hpp"

#include "http/grammar.hpp"

namespace loadgen::http {

namespace {

// The body that the headers announce, or `unannounced` when they announce none.
std::optional<body_framing> announced_framing(const message_head& head, body_kind unannounced) noexcept {
  bool readable = true;
  bool chunked = false;
  std::optional<std::uint64_t> length;
  for (const auto& [name, value] : head.headers) {
    if (name == "transfer-encoding") {
      // Chunked is the only coding read here, it may be applied only once, and HTTP/1.0 has none.
      if (chunked || head.version_minor == 0 || !equal_ignoring_case(value, "chunked")) readable = false;
      chunked = true;
    } else if (name == "content-length") {
      for_each_element(value, [&](std::string_view element) {
        const auto number = decimal<std::uint64_t>(element);
        if (!number || (length && *length != *number)) readable = false;
        length = number;
      });
    }
  }
  if (!readable || (chunked && length)) return std::nullopt;
  if (chunked) return body_framing{body_kind::chunked};
  if (!length) return body_framing{unannounced};
  if (*length == 0) return body_framing{body_kind::none};
  return body_framing{body_kind::sized, *length};
}

} // namespace

std::optional<body_framing> response_framing(const message_head& head) noexcept {
  const bool bodiless = head.status / 100 == 1 || head.status == 204 || head.status == 304;
  if (bodiless) return body_framing{body_kind::none};
  return announced_framing(head, body_kind::until_close);
}

std::optional<body_framing> request_framing(const message_head& head) noexcept {
  return announced_framing(head, body_kind::none);
}

} // namespace loadgen::http
