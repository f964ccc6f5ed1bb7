#include "report/table.hpp"

#include "report/text.hpp"

#include <algorithm>
#include <numeric>

namespace loadgen::report {

namespace {

constexpr std::size_t indent = 2;
constexpr std::size_t note_indent = 6;

std::string padding(const std::string& text, std::size_t width) {
  const std::size_t used = display_columns(text);
  return std::string(width > used ? width - used : 0, ' ');
}

std::string aligned(const std::string& text, std::size_t width, table_column::side side) {
  const std::string spaces = padding(text, width);
  return side == table_column::side::left ? text + spaces : spaces + text;
}

void append_line(std::string& out, std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  out += line;
  out += '\n';
}

std::size_t line_width(const std::vector<std::size_t>& widths, std::size_t gap) {
  return std::accumulate(widths.begin(), widths.end(), indent + gap * (widths.size() - 1));
}

/// The column after the last of the group that begins at `first`.
std::size_t group_end(const std::vector<table_column>& columns, std::size_t first) {
  std::size_t end = first + 1;
  while (!columns[first].group.empty() && end < columns.size() && columns[end].group == columns[first].group) ++end;
  return end;
}

std::size_t span_width(const std::vector<std::size_t>& widths, std::size_t first, std::size_t end, std::size_t gap) {
  const auto begin = widths.begin();
  return std::accumulate(begin + static_cast<std::ptrdiff_t>(first), begin + static_cast<std::ptrdiff_t>(end),
                         gap * (end - first - 1));
}

/// "-- name --" over the whole of `width`, so that a heading shows how far it reaches.
std::string spanning(const std::string& name, std::size_t width) {
  const std::size_t used = display_columns(name) + 2;
  if (width < used + 2) return aligned(name, width, table_column::side::right);
  const std::size_t dashes = width - used;
  return std::string(dashes / 2, '-') + ' ' + name + ' ' + std::string(dashes - dashes / 2, '-');
}

std::string group_line(const std::vector<table_column>& columns, const std::vector<std::size_t>& widths,
                       std::size_t gap) {
  std::string line(indent, ' ');
  for (std::size_t first = 0; first < columns.size();) {
    const std::size_t end = group_end(columns, first);
    const std::size_t width = span_width(widths, first, end, gap);
    if (first > 0) line.append(gap, ' ');
    line += end - first > 1 ? spanning(columns[first].group, width)
                            : aligned(columns[first].group, width, columns[first].align);
    first = end;
  }
  return line;
}

} // namespace

void text_table::add_row(std::vector<std::string> cells, std::vector<std::string> notes) {
  cells.resize(columns_.size());
  rows_.push_back({std::move(cells), std::move(notes)});
}

std::vector<std::size_t> text_table::column_widths() const {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    std::size_t width = display_columns(columns_[i].name);
    for (const row& line : rows_) width = std::max(width, display_columns(line.cells[i]));
    widths.push_back(width);
  }
  for (std::size_t first = 0; first < columns_.size();) {
    const std::size_t end = group_end(columns_, first);
    const std::size_t heading = display_columns(columns_[first].group) + (end - first > 1 ? 4 : 0); // "- name -"
    const std::size_t span = span_width(widths, first, end, 1);
    if (heading > span) widths[first] += heading - span;
    first = end;
  }
  return widths;
}

std::string text_table::render() const {
  std::vector<std::size_t> widths = column_widths();
  if (columns_.back().align == table_column::side::left) {
    const std::size_t before = line_width(widths, 2) - widths.back();
    widths.back() = std::min(widths.back(), console_columns - std::min(console_columns / 2, before));
  }
  const std::size_t gap = line_width(widths, 2) <= console_columns ? 2 : 1;

  std::string out;
  if (std::any_of(columns_.begin(), columns_.end(), [](const table_column& c) { return !c.group.empty(); }))
    append_line(out, group_line(columns_, widths, gap));
  std::string names(indent, ' ');
  for (std::size_t i = 0; i < columns_.size(); ++i)
    names += std::string(i > 0 ? gap : 0, ' ') + aligned(columns_[i].name, widths[i], columns_[i].align);
  append_line(out, std::move(names));

  for (const row& line : rows_) {
    std::string text(indent, ' ');
    const std::size_t last = columns_.size() - 1;
    for (std::size_t i = 0; i < last; ++i) {
      text += aligned(line.cells[i], widths[i], columns_[i].align);
      text.append(gap, ' ');
    }
    const std::size_t left = display_columns(text);
    const std::vector<std::string> parts = wrapped(line.cells[last], widths[last]);
    append_line(out, text + aligned(parts.front(), widths[last], columns_[last].align));
    for (std::size_t i = 1; i < parts.size(); ++i) append_line(out, std::string(left, ' ') + parts[i]);
    for (const std::string& note : line.notes) out += paragraph(std::string(note_indent, ' ') + "- ", note);
  }
  return out;
}

std::string paragraph(const std::string& lead, const std::string& text) {
  const std::size_t used = display_columns(lead);
  std::string out;
  for (const std::string& line : wrapped(text, console_columns - used))
    append_line(out, (out.empty() ? lead : std::string(used, ' ')) + line);
  return out;
}

} // namespace loadgen::report
