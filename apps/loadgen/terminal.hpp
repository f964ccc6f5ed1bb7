#pragma once

#include "settings.hpp"

#include <loadgen/report/report.hpp>

#include <cstddef>

namespace loadgen::cli {

/// How large a terminal is at the moment.
struct terminal_size {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

/// Whether a terminal is at the other end that can move its cursor.
[[nodiscard]] bool is_live_terminal(int descriptor, const environment& variables);

/// As the terminal says; 80 by 24 where it does not.
[[nodiscard]] terminal_size size_of_terminal(int descriptor);

/// Whether colours are welcome: not where NO_COLOR is set to anything (https://no-color.org).
[[nodiscard]] bool wants_colour(const environment& variables);

/// Whether the locale of the environment is one of UTF-8. Leaves the program's own locale alone.
[[nodiscard]] bool has_unicode_locale();

/// What that locale can show.
[[nodiscard]] inline report::character_set characters_of_locale() {
  return has_unicode_locale() ? report::character_set::unicode : report::character_set::ascii;
}

} // namespace loadgen::cli
