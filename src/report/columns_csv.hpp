#pragma once

#include "report/columns.hpp"
#include "report/csv.hpp"

#include <span>
#include <string>

namespace loadgen::report {

inline void write_cell(csv_row& row, std::string_view name, const cell& value) {
  const auto write = [&](const auto& held) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(held)>, std::monostate>)
      row.cell(name, std::optional<bool>{});
    else
      row.cell(name, held);
  };
  std::visit(write, value);
}

/// Writes the names of the columns, or the values that `from` has in them, without ending the line.
template<class Row>
void write_names(csv_row& line, std::span<const table_column<Row>> columns) {
  for (const table_column<Row>& column : columns) line.cell(column.name, std::optional<bool>{});
}

template<class Row>
void write_values(csv_row& line, std::span<const table_column<Row>> columns, const Row& from) {
  for (const table_column<Row>& column : columns) write_cell(line, column.name, column.value(from));
}

} // namespace loadgen::report
