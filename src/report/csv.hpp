#pragma once

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen::report {

/// One line of a CSV text, written cell by cell: quoting as in RFC 4180, a line feed at the end, numbers in their
/// shortest exact form, an empty cell for what was not measured.
///
/// The same code writes the header and the rows, so that names and values cannot drift apart: a `names` row takes each
/// cell's column name, a `values` row its value.
class csv_row {
public:
  enum class kind { names, values };

  /// Appends to `csv`, which must outlive the row.
  csv_row(std::string& csv, kind which) noexcept : csv_(csv), kind_(which) {}

  /// Text of any origin. It stays on its line, and a spreadsheet does not take it for a formula: a `'` is put before
  /// text that begins with one of = + - @.
  void cell(std::string_view column, std::string_view value);

  void cell(std::string_view column, const char* value) { cell(column, std::string_view{value}); }

  template<std::integral Integer>
  void cell(std::string_view column, Integer value) {
    begin(column);
    if (kind_ == kind::values) fmt::format_to(std::back_inserter(csv_), "{}", value); // bool: true, false
  }

  void cell(std::string_view column, double value) {
    begin(column);
    if (kind_ == kind::values && std::isfinite(value)) fmt::format_to(std::back_inserter(csv_), "{}", value);
  }

  template<class Value>
  void cell(std::string_view column, const std::optional<Value>& value) {
    if (value)
      cell(column, *value);
    else
      begin(column);
  }

  void end() { csv_ += '\n'; }

private:
  void begin(std::string_view column);
  void append_field(std::string_view text);

  std::string& csv_;
  kind kind_;
  bool first_ = true;
};

} // namespace loadgen::report
