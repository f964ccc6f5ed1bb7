#pragma once

#include "http/message_head.hpp"

#include <cstdint>
#include <optional>

namespace loadgen::http {

/// What tells where a message's body ends.
enum class body_kind : std::uint8_t {
  none,        ///< there is no body
  sized,       ///< Content-Length
  chunked,     ///< the terminating chunk
  until_close, ///< the end of the connection
};

/// A message's body as its head announces it.
struct body_framing {
  body_kind kind = body_kind::none;
  std::uint64_t length = 0; ///< bytes, of a sized body
};

/// The framing of a response's body (RFC 9112, section 6.3), or nothing when its head contradicts itself or cannot be
/// read. It is taken to answer a GET or a POST: what is special about HEAD and CONNECT is not known here.
[[nodiscard]] std::optional<body_framing> response_framing(const message_head& head) noexcept;

/// The framing of a request's body, which is none unless announced; or nothing, as above.
[[nodiscard]] std::optional<body_framing> request_framing(const message_head& head) noexcept;

} // namespace loadgen::http
