#pragma once

#include "base/parquet_plugin.hpp"
#include "report/columns.hpp"

#include <loadgen/base/error.hpp>

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace loadgen::report {

/// A Parquet file that is written row by row and kept in memory one row group at a time, and that readers see whole or
/// not at all (or as it was): only commit() puts it there. One that was not committed leaves nothing.
class parquet_file {
public:
  /// What the file says of itself, key and value; goes into its metadata.
  using notes = std::vector<std::pair<std::string, std::string>>;

  struct column_info {
    std::string_view name, unit;
    column_type type;
    bool nullable;
  };

  /// Creates the folders above `file`. Errors: io.
  [[nodiscard]] static result<parquet_file> create(const loadgen_parquet_api& plugin, const std::filesystem::path& file,
                                                   std::span<const column_info> columns, const notes& about);

  parquet_file(parquet_file&& other) noexcept = default;
  parquet_file& operator=(parquet_file&&) = delete;
  ~parquet_file();

  /// Adds the next cell of the row: of the column's type, or none. Text is copied.
  void put(const cell& value);

  /// Ends the row, behind the last of its cells. Errors: io.
  [[nodiscard]] result<void> end_row();

  /// Nothing may be added afterwards. Errors: io.
  [[nodiscard]] result<void> commit();

private:
  /// The rows of one column that wait for their row group.
  struct waiting_column {
    column_type type;
    bool nullable;
    std::vector<std::uint8_t> present; ///< of a nullable one
    std::vector<std::uint8_t> booleans;
    std::vector<std::int64_t> integers;
    std::vector<double> reals;
    std::vector<std::pair<std::size_t, std::size_t>> texts; ///< place in `bytes`, and size
    std::string bytes;
    std::vector<loadgen_parquet_text> text_views;
  };

  using writer_handle = std::unique_ptr<loadgen_parquet_writer, void (*)(loadgen_parquet_writer*)>;

  parquet_file(const loadgen_parquet_api& plugin, writer_handle writer, std::filesystem::path file,
               std::filesystem::path unfinished, std::span<const column_info> columns);

  [[nodiscard]] result<void> write_waiting();

  const loadgen_parquet_api& plugin_;
  writer_handle writer_;
  std::filesystem::path file_, unfinished_; ///< unfinished_: empty once committed
  std::vector<waiting_column> columns_;
  std::size_t next_column_ = 0;
  std::size_t waiting_rows_ = 0;
};

/// A Parquet file whose rows are made from `Row` by the columns of one table.
template<class Row>
class parquet_table {
public:
  /// Errors: those of parquet_file::create.
  [[nodiscard]] static result<parquet_table> create(const loadgen_parquet_api& plugin,
                                                    const std::filesystem::path& file,
                                                    std::span<const table_column<Row>> columns,
                                                    const parquet_file::notes& about) {
    std::vector<parquet_file::column_info> infos;
    for (const table_column<Row>& column : columns)
      infos.push_back({column.name, column.unit, column.type, column.nullable});
    auto opened = parquet_file::create(plugin, file, infos, about);
    if (opened.has_error()) return opened.error();
    return parquet_table{std::move(*opened), columns};
  }

  /// Errors: io.
  [[nodiscard]] result<void> add(const Row& row) {
    for (const table_column<Row>& column : columns_) file_.put(column.value(row));
    return file_.end_row();
  }

  /// Nothing may be added afterwards. Errors: io.
  [[nodiscard]] result<void> commit() { return file_.commit(); }

private:
  parquet_table(parquet_file file, std::span<const table_column<Row>> columns)
      : file_(std::move(file)),
        columns_(columns) {}

  parquet_file file_;
  std::span<const table_column<Row>> columns_;
};

} // namespace loadgen::report
