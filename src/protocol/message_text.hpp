#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace loadgen::protocol {

/// The most bytes of a message from a server that are kept.
inline constexpr std::size_t message_limit = 300;

/// `text` as one line for a person: each run of blanks and line ends becomes one space, other control characters are
/// dropped, bytes that are no UTF-8 become U+FFFD, and it ends before the character that would pass `limit` bytes.
[[nodiscard]] std::string one_line(std::string_view text, std::size_t limit = message_limit);

} // namespace loadgen::protocol
