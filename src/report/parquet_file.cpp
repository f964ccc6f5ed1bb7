#include "report/parquet_file.hpp"

#include "report/files.hpp"
#include "report/text.hpp"

#include <fmt/format.h>

#include <array>
#include <system_error>

namespace loadgen::report {

namespace {

namespace fs = std::filesystem;

/// Of a row group: large enough that a column's pages are worth their headers, small enough that what waits stays at
/// a few MB.
constexpr std::size_t cells_of_a_group = 256U * 1024U;

using message = std::array<char, 512>;

constexpr std::int32_t plugin_type(column_type type) noexcept {
  switch (type) {
  case column_type::boolean: return LOADGEN_PARQUET_BOOLEAN;
  case column_type::integer: return LOADGEN_PARQUET_INTEGER;
  case column_type::real: return LOADGEN_PARQUET_REAL;
  case column_type::text: break;
  }
  return LOADGEN_PARQUET_TEXT;
}

error cannot_write(const fs::path& file, const char* why) {
  return {errc::io, fmt::format("cannot write {}: {}", file.string(), why)};
}

} // namespace

parquet_file::parquet_file(const loadgen_parquet_api& plugin, writer_handle writer, fs::path file, fs::path unfinished,
                           std::span<const column_info> columns)
    : plugin_(plugin),
      writer_(std::move(writer)),
      file_(std::move(file)),
      unfinished_(std::move(unfinished)) {
  for (const column_info& column : columns) {
    columns_.emplace_back().type = column.type;
    columns_.back().nullable = column.nullable;
  }
}

parquet_file::~parquet_file() {
  if (!writer_) return; // moved from, or committed
  writer_.reset();
  std::error_code ignored;
  fs::remove(unfinished_, ignored);
}

result<parquet_file> parquet_file::create(const loadgen_parquet_api& plugin, const fs::path& file,
                                          std::span<const column_info> columns, const notes& about) {
  if (const auto created = create_folder_of(file); created.has_error()) return created.error();
  fs::path unfinished = unfinished_beside(file);
  std::vector<std::string> texts; // the names and units, each ended by a 0
  texts.reserve(2 * columns.size());
  std::vector<loadgen_parquet_column> described;
  for (const column_info& column : columns) {
    const char* const name = texts.emplace_back(column.name).c_str();
    const char* const unit = column.unit.empty() ? nullptr : texts.emplace_back(column.unit).c_str();
    described.push_back({name, plugin_type(column.type), column.nullable ? 1 : 0, unit});
  }
  std::vector<loadgen_parquet_note> noted;
  for (const auto& [key, value] : about) noted.push_back({key.c_str(), value.c_str()});
  message why{};
  writer_handle writer{plugin.writer_open(unfinished.c_str(), described.data(), described.size(), noted.data(),
                                          noted.size(), why.data(), why.size()),
                       plugin.writer_free};
  if (!writer) return cannot_write(file, why.data());
  return parquet_file{plugin, std::move(writer), file, std::move(unfinished), columns};
}

void parquet_file::put(const cell& value) {
  waiting_column& column = columns_[next_column_++];
  if (column.nullable) column.present.push_back(std::holds_alternative<std::monostate>(value) ? 0 : 1);
  switch (column.type) {
  case column_type::boolean: {
    const auto* const held = std::get_if<bool>(&value);
    column.booleans.push_back(held != nullptr && *held ? 1 : 0);
    break;
  }
  case column_type::integer: {
    const auto* const held = std::get_if<std::int64_t>(&value);
    column.integers.push_back(held != nullptr ? *held : 0);
    break;
  }
  case column_type::real: {
    const auto* const held = std::get_if<double>(&value);
    column.reals.push_back(held != nullptr ? *held : 0);
    break;
  }
  case column_type::text: {
    const auto* const held = std::get_if<std::string_view>(&value);
    const std::string text = held != nullptr ? well_formed(*held) : std::string{};
    column.texts.emplace_back(column.bytes.size(), text.size());
    column.bytes += text;
    break;
  }
  }
}

result<void> parquet_file::end_row() {
  next_column_ = 0;
  return ++waiting_rows_ * columns_.size() < cells_of_a_group ? result<void>{} : write_waiting();
}

result<void> parquet_file::write_waiting() {
  if (waiting_rows_ == 0) return {};
  std::vector<loadgen_parquet_values> values;
  for (waiting_column& column : columns_) {
    for (const auto& [place, size] : column.texts) column.text_views.push_back({column.bytes.data() + place, size});
    const void* const of_type = column.type == column_type::boolean   ? static_cast<const void*>(column.booleans.data())
                                : column.type == column_type::integer ? static_cast<const void*>(column.integers.data())
                                : column.type == column_type::real    ? static_cast<const void*>(column.reals.data())
                                                                      : column.text_views.data();
    values.push_back({of_type, column.nullable ? column.present.data() : nullptr});
  }
  message why{};
  if (plugin_.writer_append(writer_.get(), values.data(), waiting_rows_, why.data(), why.size()) != 0)
    return cannot_write(file_, why.data());
  waiting_rows_ = 0;
  for (waiting_column& column : columns_) {
    column.present.clear();
    column.booleans.clear();
    column.integers.clear();
    column.reals.clear();
    column.texts.clear();
    column.bytes.clear();
    column.text_views.clear();
  }
  return {};
}

result<void> parquet_file::commit() {
  if (const auto written = write_waiting(); written.has_error()) return written;
  message why{};
  if (plugin_.writer_finish(writer_.get(), why.data(), why.size()) != 0) return cannot_write(file_, why.data());
  std::error_code failure;
  fs::rename(unfinished_, file_, failure);
  if (failure) return cannot_write(file_, failure.message().c_str());
  writer_.reset();
  return {};
}

} // namespace loadgen::report
