#pragma once

#include "live_history.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace loadgen::cli {

/// What a terminal can show.
struct view_style {
  std::size_t columns = 80; ///< no line is wider; at least 1
  bool colour = false;      ///< with SGR sequences
  bool unicode = false;     ///< characters beyond ASCII
};

/// The view of a run that a terminal shows in place: one string a line, without line ends. Pure: the same snapshots
/// give the same lines. `history` has had `now` last.
[[nodiscard]] std::vector<std::string> live_lines(const engine::live_snapshot& now, const live_history& history,
                                                  const view_style& style);

/// The same in a line of plain ASCII of at most 80 columns, without its end: where the room does not do for all, what
/// matters least is left out.
[[nodiscard]] std::string plain_line(const engine::live_snapshot& now, const live_history& history);

} // namespace loadgen::cli
