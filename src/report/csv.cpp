#include "report/csv.hpp"

#include "report/text.hpp"

namespace loadgen::report {

void csv_row::cell(std::string_view column, std::string_view value) {
  begin(column);
  if (kind_ != kind::values || value.empty()) return;
  const std::string text = printable(value);
  const bool formula = std::string_view{"=+-@"}.find(text.front()) != std::string_view::npos;
  append_field(formula ? "'" + text : text);
}

void csv_row::begin(std::string_view column) {
  if (!first_) csv_ += ',';
  first_ = false;
  if (kind_ == kind::names) append_field(column);
}

void csv_row::append_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    csv_ += text;
    return;
  }
  csv_ += '"';
  for (const char c : text) {
    if (c == '"') csv_ += '"';
    csv_ += c;
  }
  csv_ += '"';
}

} // namespace loadgen::report
