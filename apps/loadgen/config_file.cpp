#include "config_file.hpp"

#include "files.hpp"
#include "nearest.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace loadgen::cli {

namespace {

namespace json = boost::json;

bool may_stand_in_file(const option_row& row) {
  return row.name != "config" && row.name != "help";
}

const option_row* find_row(const option_table& table, std::string_view name) {
  for (const option_group& group : table.groups)
    for (const option_row& row : group.rows)
      if (row.name == name) return &row;
  return nullptr;
}

std::string suggestion(const option_table& table, std::string_view name) {
  std::vector<std::string_view> names;
  for (const option_group& group : table.groups)
    for (const option_row& row : group.rows)
      if (may_stand_in_file(row)) names.push_back(row.name);
  const auto meant = nearest(name, names);
  return meant ? fmt::format("; did you mean '{}'?", *meant) : "";
}

/// A value as it would be typed; nothing where its type cannot be.
std::optional<std::string> as_typed(const json::value& value) {
  switch (value.kind()) {
  case json::kind::string: return std::string{value.get_string().data(), value.get_string().size()};
  case json::kind::bool_: return value.get_bool() ? "true" : "false";
  case json::kind::int64: return fmt::format("{}", value.get_int64());
  case json::kind::uint64: return fmt::format("{}", value.get_uint64());
  case json::kind::double_: return fmt::format("{}", value.get_double());
  default: return std::nullopt;
  }
}

std::optional<std::vector<std::string>> as_typed(const json::array& values) {
  std::vector<std::string> typed;
  for (const json::value& value : values) {
    const auto one = as_typed(value);
    if (!one) return std::nullopt;
    typed.push_back(*one);
  }
  return typed;
}

std::optional<std::vector<std::string>> values_of(const option_row& row, const json::value& value) {
  using strings = std::vector<std::string>;
  if (value.is_object() && row.shape == value_shape::json) return strings{json::serialize(value)};
  if (value.is_array() && has_several_values(row.shape)) return as_typed(value.get_array());
  if (value.is_array() && row.shape == value_shape::list) {
    const auto typed = as_typed(value.get_array());
    return typed ? std::optional{strings{fmt::format("{}", fmt::join(*typed, ","))}} : std::nullopt;
  }
  const auto one = as_typed(value);
  return one ? std::optional{strings{*one}} : std::nullopt;
}

std::string_view expected_form(const option_row& row) {
  switch (row.shape) {
  case value_shape::list:
  case value_shape::repeated: return "text, a number or an array of them";
  case value_shape::pair: return "an array of two texts";
  case value_shape::json: return "an object";
  case value_shape::toggle: return "true or false";
  default: return "text or a number";
  }
}

} // namespace

result<std::map<std::string, std::vector<std::string>>> read_config_file(const std::filesystem::path& file,
                                                                         const option_table& table) {
  const auto text = read_text_file(file);
  if (text.has_error()) return text.error();
  json::error_code failure;
  const json::value root = json::parse(*text, failure);
  if (failure) return invalid_input(fmt::format("{}: not JSON ({})", file.string(), failure.message()));
  if (!root.is_object()) return invalid_input(fmt::format("{}: expected a JSON object", file.string()));

  std::map<std::string, std::vector<std::string>> found;
  for (const json::key_value_pair& member : root.get_object()) {
    std::string name{member.key().data(), member.key().size()};
    std::replace(name.begin(), name.end(), '_', '-');
    const option_row* row = find_row(table, name);
    if (!row || !may_stand_in_file(*row))
      return invalid_input(fmt::format("{}: '{}' is no setting{}", file.string(), name, suggestion(table, name)));
    if (found.contains(name)) return invalid_input(fmt::format("{}: '{}' stands there twice", file.string(), name));
    if (member.value().is_null()) continue;
    auto values = values_of(*row, member.value());
    if (!values) return invalid_input(fmt::format("{}: {}: expected {}", file.string(), name, expected_form(*row)));
    found.emplace(std::move(name), std::move(*values));
  }
  return found;
}

} // namespace loadgen::cli
