#include "workload/parquet_dataset.hpp"

#include "base/parquet_plugin.hpp"
#include "workload/entry_selection.hpp"
#include "workload/row_decoder.hpp"
#include "workload/utf8.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <optional>

namespace loadgen::workload {

namespace {

constexpr std::string_view magic = "PAR1";

struct free_reader {
  const loadgen_parquet_api* api;

  void operator()(loadgen_parquet_reader* reader) const noexcept { api->reader_free(reader); }
};

/// The rows of one file, which it outlives.
class parquet_rows {
public:
  parquet_rows(const dataset_bytes& from, std::uint64_t size, const loadgen_parquet_api& api)
      : from_(from),
        api_(api),
        bytes_{this, size, &read_bytes_of},
        reader_(api_.reader_open(&bytes_, why_.data(), why_.size()), free_reader{&api_}) {}

  parquet_rows(const parquet_rows&) = delete;
  parquet_rows& operator=(const parquet_rows&) = delete;

  [[nodiscard]] bool is_open() const noexcept { return reader_ != nullptr; }

  [[nodiscard]] std::vector<std::string> columns() const {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < api_.reader_column_count(reader_.get()); ++i) {
      const loadgen_parquet_text name = api_.reader_column(reader_.get(), i);
      names.emplace_back(name.data, name.size);
    }
    return names;
  }

  [[nodiscard]] result<void> choose(const std::vector<std::size_t>& columns) {
    if (api_.reader_choose(reader_.get(), columns.data(), columns.size(), why_.data(), why_.size()) == 0) return {};
    return invalid_input(fmt::format("{}: {}; expected columns of text, numbers, or lists and structs of them",
                                     from_.file, why_.data()));
  }

  /// None behind the last. They live until the next call.
  [[nodiscard]] result<std::span<const loadgen_parquet_text>> next() {
    const loadgen_parquet_text* rows = nullptr;
    std::size_t count = 0;
    if (api_.reader_next(reader_.get(), &rows, &count, why_.data(), why_.size()) != 0) return failure();
    return std::span{rows, count};
  }

  /// Why the file could not be opened or read further.
  [[nodiscard]] error failure() const {
    if (unreadable_) return *unreadable_;
    std::string_view why{why_.data()};
    if (why.ends_with('.')) why.remove_suffix(1);
    return invalid_input(fmt::format("{}: it cannot be read as Parquet: {}; expected a whole file", from_.file, why));
  }

private:
  static int read_bytes_of(void* rows, std::uint64_t offset, void* into, std::size_t count) {
    auto& self = *static_cast<parquet_rows*>(rows);
    auto read = self.from_.bytes->read(offset, {static_cast<char*>(into), count});
    if (read.has_error()) self.unreadable_ = read.error();
    return read.has_error() || *read != count ? 1 : 0;
  }

  const dataset_bytes& from_;
  const loadgen_parquet_api& api_;
  std::array<char, 512> why_{};
  std::optional<error> unreadable_;
  loadgen_parquet_bytes bytes_;
  std::unique_ptr<loadgen_parquet_reader, free_reader> reader_;
};

error fault_at_row(const dataset_bytes& from, std::uint64_t row, std::string_view what) {
  return invalid_input(fmt::format("{}:row {}: {}", from.file, row, what));
}

error fault_of_file(const dataset_bytes& from, std::string_view what) {
  return invalid_input(fmt::format("{}: {}", from.file, what));
}

result<void> add_row(std::string_view text, const dataset_bytes& from, const dataset_reading& how,
                     const entry_decoder& decoder, parquet_entries& into) {
  const std::uint64_t row = into.found + 1;
  if (row > std::numeric_limits<std::uint32_t>::max()) return fault_at_row(from, row, "too many rows; expected fewer");
  if (invalid_utf8_at(text)) return fault_at_row(from, row, "bytes that are not UTF-8; expected UTF-8 text");
  auto decoded = decoder.decode(text);
  if (decoded.has_error()) return fault_at_row(from, row, decoded.error().what);
  into.found = row;
  if (!passes(*decoded, how)) return {};
  decoded->entry.line = static_cast<std::uint32_t>(row);
  into.passed.push_back(std::move(decoded->entry));
  return {};
}

/// Reads all bytes once, for their digest. Returns how many there are.
result<std::uint64_t> hash_all(const byte_source& bytes, std::string& sha256) {
  block_reader reader{bytes};
  while (true) {
    const auto more = reader.more();
    if (more.has_error()) return more.error();
    reader.consume(reader.rest().size());
    if (!*more) break;
  }
  sha256 = reader.sha256();
  return reader.offset();
}

} // namespace

result<bool> looks_like_parquet(const byte_source& bytes) {
  std::array<char, magic.size() + 1> first{};
  const auto read = bytes.read(0, first);
  if (read.has_error()) return read.error();
  // Behind the magic comes a page or the description of one: a control character that no text has.
  const auto behind = static_cast<unsigned char>(first.back());
  return *read == first.size() && std::string_view{first.data(), magic.size()} == magic && behind < 0x20U &&
         behind != '\t' && behind != '\n' && behind != '\r';
}

result<parquet_entries> read_parquet(const dataset_bytes& from, const dataset_reading& how, field_choice fields) {
  const auto begins_well = looks_like_parquet(*from.bytes);
  if (begins_well.has_error()) return begins_well.error();
  if (!*begins_well) return fault_of_file(from, "the file does not begin as Parquet does; expected a Parquet file");
  const auto plugin = parquet::load_plugin();
  if (plugin.has_error())
    return fault_of_file(from, fmt::format("Parquet is read by a plugin, and {}; expected it there: scripts/setup, or "
                                           "scripts/arrow/get alone, gets Apache Arrow, with which the build makes it",
                                           plugin.error().message));
  parquet_entries read;
  const auto size = hash_all(*from.bytes, read.sha256);
  if (size.has_error()) return size.error();
  parquet_rows rows{from, *size, **plugin};
  if (!rows.is_open()) return rows.failure();
  const auto layout = lay_out_rows(rows.columns(), std::move(fields));
  if (layout.has_error()) return fault_of_file(from, layout.error().what);
  if (const auto chosen = rows.choose(layout->columns); chosen.has_error()) return chosen.error();
  while (true) {
    const auto next = rows.next();
    if (next.has_error()) return next.error();
    if (next->empty()) break;
    for (const loadgen_parquet_text& row : *next)
      if (const auto added = add_row({row.data, row.size}, from, how, *layout->decoder, read); added.has_error())
        return added.error();
  }
  if (read.found == 0) return fault_of_file(from, "no rows; expected at least one");
  return read;
}

} // namespace loadgen::workload
