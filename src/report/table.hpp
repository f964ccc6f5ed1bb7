#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace loadgen::report {

/// The width that the report for a terminal keeps to.
inline constexpr std::size_t console_columns = 100;

/// A column of a text_table. Neighbours with the same non-empty group share one heading above their names.
struct table_column {
  std::string group;
  std::string name;
  enum class side { left, right } align = side::right;
};

/// A table in plain text, as narrow as its cells allow, with the last column wrapped where it would pass
/// console_columns and is left-aligned.
class text_table {
public:
  explicit text_table(std::vector<table_column> columns) : columns_(std::move(columns)) {}

  /// `cells`: one for each column. `notes`: sentences shown below the row, wrapped and indented.
  void add_row(std::vector<std::string> cells, std::vector<std::string> notes = {});

  [[nodiscard]] std::string render() const;

private:
  struct row {
    std::vector<std::string> cells, notes;
  };

  [[nodiscard]] std::vector<std::size_t> column_widths() const;

  std::vector<table_column> columns_;
  std::vector<row> rows_;
};

/// `text` wrapped to console_columns: the first line after `lead`, the others as far indented.
[[nodiscard]] std::string paragraph(const std::string& lead, const std::string& text);

} // namespace loadgen::report
