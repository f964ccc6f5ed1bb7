#include "dataset_input.hpp"

#include "dataset_rows.hpp"
#include "nearest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace loadgen::cli {

namespace {

constexpr std::array<std::string_view, 5> entry_parts{"prompt", "messages", "max_tokens", "category", "id"};

void read_map(const settings& from, value_reader& read, workload::dataset_reading& how) {
  std::string_view rest = from.text("dataset-map");
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || equals == 0 || equals + 1 == pair.size())
      return read.fail("dataset-map", fmt::format("'{}' is no pair; expected one such as prompt=question", pair));
    const std::string_view part = pair.substr(0, equals);
    if (std::find(entry_parts.begin(), entry_parts.end(), part) == entry_parts.end()) {
      const auto meant = nearest(part, entry_parts);
      return read.fail("dataset-map", fmt::format("'{}' is not known; {}expected {}", part,
                                                  meant ? fmt::format("did you mean {}? ", *meant) : "",
                                                  fmt::join(entry_parts, ", ")));
    }
    if (!how.fields.emplace(part, pair.substr(equals + 1)).second)
      return read.fail("dataset-map", fmt::format("'{}' stands there twice; expected it once", part));
  }
}

void read_filters(const settings& from, value_reader& read, workload::dataset_reading& how) {
  for (const std::string& text : from.at("dataset-filter").values) {
    const std::size_t equals = text.find('=');
    const bool excludes = equals != std::string::npos && equals > 0 && text[equals - 1] == '!';
    const std::size_t field_end = excludes ? equals - 1 : equals;
    if (equals == std::string::npos || field_end == 0)
      return read.fail("dataset-filter", fmt::format("'{}' is no filter; expected FIELD=VALUE or FIELD!=VALUE", text));
    workload::entry_filter filter{text.substr(0, field_end), {}, excludes};
    std::string_view rest = std::string_view{text}.substr(equals + 1);
    while (true) {
      const std::size_t bar = std::min(rest.find('|'), rest.size());
      filter.values.emplace_back(rest.substr(0, bar));
      if (bar == rest.size()) break;
      rest.remove_prefix(bar + 1);
    }
    how.filters.push_back(std::move(filter));
  }
}

} // namespace

workload::dataset_reading read_dataset_reading(const settings& from, value_reader& read, std::uint64_t seed) {
  workload::dataset_reading how;
  how.format = workload::dataset_format_from_name(from.text("dataset-format")); // "auto": nothing
  how.all_turns = from.text("dataset-turns") == "all";
  how.seed = seed;
  read_map(from, read, how);
  read_filters(from, read, how);
  const auto number = [&](std::string_view name, std::uint64_t least) {
    return from.at(name).is_set() ? std::optional{read.count(name, least)} : std::nullopt;
  };
  how.min_chars = number("dataset-min-chars", 0);
  how.max_chars = number("dataset-max-chars", 1);
  how.limit = number("dataset-limit", 1);
  how.sample = number("dataset-sample", 1);
  how.shuffle = from.is_on("dataset-shuffle");
  return how;
}

result<workload::dataset> open_dataset(std::string_view name, const workload::dataset_reading& how) {
  constexpr std::string_view builtin = "builtin:";
  if (!name.starts_with(builtin)) return workload::read_dataset(name, how);
  if (how.format || !how.fields.empty() || how.all_turns)
    return invalid_input("a builtin dataset has its form; expected no --dataset-format, --dataset-map or "
                         "--dataset-turns");
  return workload::builtin_dataset(name.substr(builtin.size()), how);
}

std::string_view given_dataset_row(const settings& from) {
  for (const option_row& row : dataset_rows)
    if (from.at(row.name).from == source::flag) return row.name;
  return "";
}

} // namespace loadgen::cli
