#include "help.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace loadgen::cli {

namespace {

constexpr std::size_t width = 100;
constexpr std::size_t help_column = 30;

std::string help_line(const option_row& row) {
  std::string line = fmt::format("  --{}", row.name);
  if (!row.placeholder.empty()) line += fmt::format(" {}", row.placeholder);

  std::string help{row.help};
  const std::string_view shown = row.fallback_note.empty() ? row.fallback : row.fallback_note;
  if (!shown.empty() && row.shape != value_shape::toggle) help += fmt::format(" (default: {})", shown);

  if (line.size() + 2 > help_column)
    line += fmt::format("\n{:{}}", "", help_column);
  else
    line.resize(help_column, ' ');
  return line + wrapped(help, width - help_column, help_column) + "\n";
}

} // namespace

std::string wrapped(std::string_view text, std::size_t columns, std::size_t indent) {
  std::string lines;
  std::size_t column = 0;
  while (!text.empty()) {
    const std::size_t space = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, space);
    if (column > 0 && column + 1 + word.size() > columns) {
      lines += "\n" + std::string(indent, ' ');
      column = 0;
    } else if (column > 0) {
      lines += ' ';
      ++column;
    }
    lines += word;
    column += word.size();
    text.remove_prefix(std::min(space + 1, text.size()));
  }
  return lines;
}

std::string help_text(const option_table& table) {
  std::string text = fmt::format("usage: {}\n\n{}\n", table.synopsis, wrapped(table.summary, width, 0));
  std::string later;
  for (const option_group& group : table.groups) {
    std::string now;
    for (const option_row& row : group.rows) (row.since == availability::now ? now : later) += help_line(row);
    if (!now.empty()) text += fmt::format("\n{}:\n{}", group.heading, now);
  }
  if (!later.empty()) text += fmt::format("\nNot yet in this version, accepted with their default only:\n{}", later);
  text += fmt::format("\n{}\n", wrapped("Every option --a-b may also be spelled --a_b, come from the environment as "
                                        "LOADGEN_A_B, or stand in the --config file. A flag beats the environment, "
                                        "which beats the file. Durations take a unit: 500ms, 2s, 5m.",
                                        width, 0));
  return text + fmt::format("\n{}\n", wrapped(table.notes, width, 0));
}

} // namespace loadgen::cli
