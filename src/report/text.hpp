#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::report {

/// `text` as UTF-8: each ill-formed sequence becomes U+FFFD. Servers send bytes; JSON and terminals want text.
[[nodiscard]] std::string well_formed(std::string_view text);

/// `text` as one line that can be shown anywhere: well-formed, and every character that moves the cursor, starts a
/// terminal sequence, is invisible or turns the writing direction is spelled out (`\n`, `\x1b`, `\u202e`).
[[nodiscard]] std::string printable(std::string_view text);

/// Terminal columns that well-formed `text` takes, never fewer than a terminal uses: every character from U+1100 on,
/// where the wide ones begin, counts two.
[[nodiscard]] std::size_t display_columns(std::string_view text);

/// Well-formed `text` in lines of at most `columns` (at least 2), broken at spaces, and inside a word only where the
/// word alone is longer. Never empty.
[[nodiscard]] std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

} // namespace loadgen::report
