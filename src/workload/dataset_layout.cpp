#include "workload/dataset_layout.hpp"

#include "workload/parquet_dataset.hpp"
#include "workload/parsed_json.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace loadgen::workload {

namespace {

namespace json = boost::json;

struct format_name {
  dataset_format format;
  std::string_view name;
};

constexpr std::array format_names{
    format_name{dataset_format::text, "text"},         format_name{dataset_format::json_array, "json"},
    format_name{dataset_format::jsonl, "jsonl"},       format_name{dataset_format::csv, "csv"},
    format_name{dataset_format::sharegpt, "sharegpt"}, format_name{dataset_format::openai_batch, "openai-batch"},
    format_name{dataset_format::mooncake, "mooncake"}, format_name{dataset_format::parquet, "parquet"},
};

bool has_fields(dataset_format format) {
  return format == dataset_format::csv || format == dataset_format::jsonl || format == dataset_format::json_array ||
         format == dataset_format::parquet;
}

/// The first character of a file that is not white space; 0 where there is none.
result<char> first_character(const byte_source& bytes) {
  block_reader reader{bytes};
  while (true) {
    const std::size_t at = reader.rest().find_first_not_of(" \t\r\n");
    if (at != std::string_view::npos) return reader.rest()[at];
    reader.consume(reader.rest().size());
    const auto more = reader.more();
    if (more.has_error()) return more.error();
    if (!*more) return '\0';
  }
}

/// The special form that an object is of, or nothing.
std::optional<dataset_format> format_of_object(const json::object& first) {
  const bool own = first.contains("prompt") || first.contains("messages") || first.contains("turns");
  if (own) return std::nullopt;
  if (first.contains("conversations")) return dataset_format::sharegpt;
  if (first.contains("body") && (first.contains("custom_id") || first.contains("url")))
    return dataset_format::openai_batch;
  if (first.contains("input_length") && first.contains("output_length")) return dataset_format::mooncake;
  return std::nullopt;
}

/// The form that the first element tells, or the one that the extension did.
result<dataset_format> format_of_first(const dataset_bytes& from, dataset_format by_extension) {
  block_reader reader{*from.bytes};
  const auto splitter =
      by_extension == dataset_format::json_array ? split_array(reader, from.file) : split_lines(reader, from.file);
  const auto first = splitter->next();
  if (first.has_error() && first.error().code == errc::io) return first.error();
  if (first.has_error() || !*first) return by_extension;
  const auto value = parse_json((*first)->text, "");
  if (value.has_error() || !value->is_object()) return by_extension;
  const auto special = format_of_object(value->get_object());
  const bool lines_only = special == dataset_format::openai_batch || special == dataset_format::mooncake;
  if (!special || (lines_only && by_extension == dataset_format::json_array)) return by_extension;
  return *special;
}

std::unique_ptr<entry_decoder> decoder_without_fields(dataset_format format, bool all_turns) {
  switch (format) {
  case dataset_format::sharegpt: return sharegpt_decoder(all_turns);
  case dataset_format::openai_batch: return openai_batch_decoder();
  case dataset_format::mooncake: return mooncake_decoder();
  default: return text_decoder();
  }
}

/// The fields that filters look at, beyond what every entry has.
std::vector<std::string> wanted_fields(const dataset_reading& how) {
  std::vector<std::string> wanted;
  for (const entry_filter& filter : how.filters)
    if (filter.field != "category" && filter.field != "id") wanted.push_back(filter.field);
  return wanted;
}

result<dataset_layout> lay_out_csv(const dataset_bytes& from, field_choice fields, block_reader& reader) {
  auto splitter = split_records(reader, from.file);
  const auto header = splitter->next();
  if (header.has_error()) return header.error();
  if (!*header) return fault_at(from.file, 1, "no header; expected the names of the columns");
  auto decoder = csv_decoder((*header)->text, std::move(fields));
  if (decoder.has_error())
    return fault_at(from.file, (*header)->line + decoder.error().lines_down, decoder.error().what);
  return dataset_layout{dataset_format::csv, std::move(splitter), *std::move(decoder)};
}

} // namespace

std::string_view to_string(dataset_format format) noexcept {
  return std::find_if(format_names.begin(), format_names.end(), [&](const auto& one) { return one.format == format; })
      ->name;
}

std::optional<dataset_format> dataset_format_from_name(std::string_view name) noexcept {
  const auto found =
      std::find_if(format_names.begin(), format_names.end(), [&](const auto& one) { return one.name == name; });
  return found == format_names.end() ? std::nullopt : std::optional{found->format};
}

result<dataset_format> format_of(const dataset_bytes& from, const dataset_reading& how) {
  if (how.format) return *how.format;
  if (from.extension == ".csv") return dataset_format::csv;
  if (from.extension == ".jsonl" || from.extension == ".ndjson") return format_of_first(from, dataset_format::jsonl);
  if (from.extension == ".json") return format_of_first(from, dataset_format::json_array);
  if (from.extension == ".parquet") return dataset_format::parquet;
  const auto parquet = looks_like_parquet(*from.bytes);
  if (parquet.has_error()) return parquet.error();
  return *parquet ? dataset_format::parquet : dataset_format::text;
}

result<field_choice> choose_fields(const dataset_bytes& from, const dataset_reading& how, dataset_format format) {
  field_choice fields{how.fields, wanted_fields(how)};
  if (!has_fields(format) && !(fields.names.empty() && fields.wanted.empty()))
    return invalid_input(fmt::format(
        "{}: `{}` names a field, which the form {} does not have; expected a file of the "
        "form csv, json, jsonl or parquet",
        from.file, fields.names.empty() ? fields.wanted.front() : fields.names.begin()->second, to_string(format)));
  return fields;
}

result<dataset_layout> lay_out(const dataset_bytes& from, const dataset_reading& how, dataset_format format,
                               block_reader& reader) {
  auto chosen = choose_fields(from, how, format);
  if (chosen.has_error()) return chosen.error();
  field_choice& fields = *chosen;
  if (format == dataset_format::csv) return lay_out_csv(from, std::move(fields), reader);
  if (format == dataset_format::json_array)
    return dataset_layout{format, split_array(reader, from.file), json_decoder(std::move(fields))};
  if (format == dataset_format::jsonl)
    return dataset_layout{format, split_lines(reader, from.file), jsonl_decoder(std::move(fields))};
  bool array = false;
  if (format == dataset_format::sharegpt) {
    const auto first = first_character(*from.bytes);
    if (first.has_error()) return first.error();
    array = *first == '[';
  }
  return dataset_layout{format, array ? split_array(reader, from.file) : split_lines(reader, from.file),
                        decoder_without_fields(format, how.all_turns)};
}

} // namespace loadgen::workload
