#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loadgen::http {

/// A header's name and value.
using header_field = std::pair<std::string, std::string>;

/// The start line and headers of one message.
struct message_head {
  int status = 0;                    ///< of a response
  std::string method, target;        ///< of a request
  int version_minor = 1;             ///< HTTP/1.x
  std::vector<header_field> headers; ///< names in lower case, values trimmed, in order of arrival

  /// The value of the first header of that (lower-case) name, or nothing. The view lives as long as the head.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;

  /// Whether the sender means to keep the connection open after this message.
  [[nodiscard]] bool keep_alive() const noexcept;
};

/// How long, and for how many more requests, a server promises to keep an idle connection.
struct keep_alive_limits {
  std::optional<std::chrono::seconds> timeout; ///< idle time after which it may close; nothing when it did not say
  std::optional<std::uint32_t> max;            ///< requests still allowed after this one; nothing when it did not say
};

/// Reads `Keep-Alive: timeout=5, max=100`. Parameters that are unknown or unreadable count as not given.
[[nodiscard]] keep_alive_limits read_keep_alive_limits(const message_head& head) noexcept;

} // namespace loadgen::http
