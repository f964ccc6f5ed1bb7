#include "workload/dataset_parser.hpp"

#include "workload/dataset_layout.hpp"
#include "workload/entry_selection.hpp"
#include "workload/parquet_dataset.hpp"
#include "workload/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace loadgen::workload {

namespace {

/// Where an entry stands in its file.
struct place {
  std::uint64_t offset = 0;
  std::uint32_t size = 0;
  std::uint32_t line = 1;
};

/// Reads entries again from where they stand.
class indexed_entries final : public entry_source {
public:
  indexed_entries(std::shared_ptr<const byte_source> bytes, std::shared_ptr<const entry_decoder> decoder,
                  std::vector<place> places)
      : bytes_(std::move(bytes)),
        decoder_(std::move(decoder)),
        places_(std::move(places)) {}

  [[nodiscard]] std::size_t size() const noexcept override { return places_.size(); }

  [[nodiscard]] result<dataset_entry> at(std::size_t index) const override {
    const place& where = places_[index];
    std::string text(where.size, '\0');
    const auto read = bytes_->read(where.offset, text);
    if (read.has_error()) return read.error();
    auto decoded = decoder_->decode(text);
    if (*read != text.size() || decoded.has_error()) // as it was not when it was looked at first
      return error{errc::io, fmt::format("the dataset's line {} is no longer what it was", where.line)};
    decoded->entry.line = where.line;
    return std::move(decoded->entry);
  }

private:
  std::shared_ptr<const byte_source> bytes_;
  std::shared_ptr<const entry_decoder> decoder_;
  std::vector<place> places_;
};

std::uint32_t line_of(const element& at, std::size_t byte) {
  return at.line + static_cast<std::uint32_t>(std::ranges::count(at.text.substr(0, byte), '\n'));
}

/// What one look at all of a file finds.
struct looked_through {
  std::vector<place> places; // of the entries that pass the filters
  std::uint64_t found = 0;
  std::uint64_t unused = 0;
  bool names_models = true;
  bool has_conversations = false;
};

result<looked_through> look_through(const dataset_bytes& from, const dataset_reading& how, dataset_layout& layout) {
  looked_through seen;
  while (true) {
    const auto next = layout.splitter->next();
    if (next.has_error()) return next.error();
    if (!*next) break;
    const element& at = **next;
    if (const auto bad = invalid_utf8_at(at.text))
      return fault_at(from.file, line_of(at, *bad), "bytes that are not UTF-8; expected UTF-8 text");
    const auto decoded = layout.decoder->decode(at.text);
    if (decoded.has_error()) return fault_at(from.file, at.line + decoded.error().lines_down, decoded.error().what);
    if (!decoded->asks_something) {
      ++seen.unused;
      continue;
    }
    ++seen.found;
    if (!passes(*decoded, how)) continue;
    seen.names_models = seen.names_models && decoded->names_model;
    seen.has_conversations = seen.has_conversations || !decoded->entry.turns.empty();
    seen.places.push_back({at.offset, static_cast<std::uint32_t>(at.text.size()), at.line});
  }
  if (seen.found == 0)
    return fault_at(from.file, 1,
                    seen.unused == 0 ? "no prompts; expected at least one"
                                     : "no conversation in which a human says something; expected at least one");
  return seen;
}

/// Takes what was asked for of the entries that passed the filters.
template<class Entry>
result<void> take(std::vector<Entry>& passed, std::uint64_t found, const dataset_bytes& from,
                  const dataset_reading& how) {
  if (passed.empty())
    return invalid_input(
        fmt::format("{}: the filters leave none of {} entries; expected at least one", from.file, found));
  if (how.sample && *how.sample > left_by_limit(passed.size(), how))
    return invalid_input(fmt::format("{}: a sample of {} from {} entries; expected at most as many", from.file,
                                     *how.sample, left_by_limit(passed.size(), how)));
  select(passed, how);
  passed.shrink_to_fit();
  return {};
}

result<dataset> hold_parquet(const dataset_bytes& from, const dataset_reading& how) {
  auto fields = choose_fields(from, how, dataset_format::parquet);
  if (fields.has_error()) return fields.error();
  auto read = read_parquet(from, how, *std::move(fields));
  if (read.has_error()) return read.error();
  if (const auto taken = take(read->passed, read->found, from, how); taken.has_error()) return taken.error();
  dataset made{from.name, std::move(read->sha256), entry_list{std::move(read->passed)}};
  made.format = to_string(dataset_format::parquet);
  made.found = read->found;
  return made;
}

} // namespace

result<dataset> index_dataset(const dataset_bytes& from, const dataset_reading& how) {
  if (const auto valid = check_selection(how); valid.has_error()) return valid.error();
  const auto format = format_of(from, how);
  if (format.has_error()) return format.error();
  if (how.all_turns && *format != dataset_format::sharegpt)
    return invalid_input(fmt::format("{}: the file is {}; all turns can be taken of ShareGPT conversations alone",
                                     from.file, to_string(*format)));
  if (*format == dataset_format::parquet) return hold_parquet(from, how);
  block_reader reader{*from.bytes};
  auto layout = lay_out(from, how, *format, reader);
  if (layout.has_error()) return layout.error();
  auto seen = look_through(from, how, *layout);
  if (seen.has_error()) return seen.error();
  if (const auto taken = take(seen->places, seen->found, from, how); taken.has_error()) return taken.error();
  dataset made{from.name, reader.sha256(),
               entry_list{std::make_shared<indexed_entries>(from.bytes, layout->decoder, std::move(seen->places))}};
  made.format = to_string(*format);
  made.found = seen->found;
  made.unused = seen->unused;
  made.names_models = seen->names_models;
  made.has_conversations = seen->has_conversations;
  return made;
}

result<std::vector<dataset_entry>> parse_dataset(std::string_view file, std::string_view bytes, dataset_format format) {
  dataset_reading how;
  how.format = format;
  const auto read = index_dataset({borrowed_bytes(bytes), std::string{file}, std::string{file}, {}}, how);
  if (read.has_error()) return read.error();
  std::vector<dataset_entry> entries;
  for (std::size_t i = 0; i < read->entries.size(); ++i) entries.push_back(read->entries[i]);
  return entries;
}

} // namespace loadgen::workload
