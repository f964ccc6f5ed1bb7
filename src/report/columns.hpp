#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

/// Tables of rows: what their columns are, once for every format that they are written in.
namespace loadgen::report {

/// A value of a table; monostate where nothing was measured. Text lives as long as what the row is made from.
using cell = std::variant<std::monostate, bool, std::int64_t, double, std::string_view>;

enum class column_type : std::uint8_t { boolean, integer, real, text };

/// One column of a table whose rows are made from `Row`.
template<class Row>
struct table_column {
  std::string_view name;
  std::string_view unit; ///< "ms", "tokens"; empty where a value has none
  column_type type;      ///< of every cell that is not empty
  bool nullable;         ///< a cell may be empty
  cell (*value)(const Row&);
};

template<class T>
struct cell_traits;

template<class T>

requires std::is_integral_v<T> &&(!std::is_same_v<T, bool>)struct cell_traits<T> {
  static constexpr column_type type = column_type::integer;
  static constexpr bool nullable = false;

  static cell of(T value) { return static_cast<std::int64_t>(value); }
};

template<>
struct cell_traits<bool> {
  static constexpr column_type type = column_type::boolean;
  static constexpr bool nullable = false;

  static cell of(bool value) { return value; }
};

template<>
struct cell_traits<double> {
  static constexpr column_type type = column_type::real;
  static constexpr bool nullable = false;

  static cell of(double value) { return value; }
};

template<>
struct cell_traits<std::string_view> {
  static constexpr column_type type = column_type::text;
  static constexpr bool nullable = true; // where the text is empty

  static cell of(std::string_view value) { return value.empty() ? cell{} : cell{value}; }
};

template<class T>
struct cell_traits<std::optional<T>> {
  static constexpr column_type type = cell_traits<T>::type;
  static constexpr bool nullable = true;

  static cell of(const std::optional<T>& value) { return value ? cell_traits<T>::of(*value) : cell{}; }
};

/// The column that `Get` gives: `column<request_row, [](const request_row& row) { return row.record.index;
/// }>("index")`. What it returns, an optional or not, decides the column's type.
template<class Row, auto Get>
[[nodiscard]] constexpr table_column<Row> column(std::string_view name, std::string_view unit = {}) {
  using value = std::remove_cvref_t<decltype(Get(std::declval<const Row&>()))>;
  return {name, unit, cell_traits<value>::type, cell_traits<value>::nullable,
          [](const Row& row) { return cell_traits<value>::of(Get(row)); }};
}

} // namespace loadgen::report
