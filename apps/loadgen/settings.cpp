#include "settings.hpp"

#include "secrets.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <stdexcept>

namespace loadgen::cli {

namespace {

namespace json = boost::json;

/// A value as typed, with its JSON type where it can be read as that.
json::value typed(const option_row& row, const std::string& text) {
  switch (row.shape) {
  case value_shape::toggle: return text == "true";
  case value_shape::number:
  case value_shape::list:
  case value_shape::json: {
    json::error_code failure;
    json::value parsed = json::parse(text, failure);
    return failure ? json::value(text) : parsed;
  }
  case value_shape::repeated: return json::value(row.name == "header" ? shown_header(text) : text);
  case value_shape::text:
  case value_shape::pair:
  case value_shape::choice: break;
  }
  return json::value(text);
}

json::value shown_value(const setting& what) {
  if (what.effective) return *what.effective;
  if (!what.is_set()) return nullptr;
  const option_row& row = *what.row;
  if (has_several_values(row.shape)) {
    json::array values;
    for (const std::string& value : what.values) values.push_back(typed(row, value));
    return values;
  }
  if (row.shape != value_shape::list) return typed(row, what.values.front());
  json::array values;
  std::string_view rest = what.values.front();
  while (!rest.empty()) {
    const std::size_t comma = std::min(rest.find(','), rest.size());
    values.push_back(typed(row, std::string{rest.substr(0, comma)}));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return values;
}

} // namespace

std::string_view to_string(source from) noexcept {
  switch (from) {
  case source::fallback: return "default";
  case source::file: return "file";
  case source::environment: return "environment";
  case source::flag: return "flag";
  }
  return "";
}

std::string variable_name(std::string_view option) {
  std::string name = "LOADGEN_";
  for (const char c : option) name += c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  return name;
}

std::vector<std::string_view> choices_of(const option_row& row) {
  std::vector<std::string_view> words;
  std::string_view rest = row.placeholder;
  while (!rest.empty()) {
    const std::size_t bar = std::min(rest.find('|'), rest.size());
    words.push_back(rest.substr(0, bar));
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
  return words;
}

std::string setting::spelling() const {
  switch (from) {
  case source::environment: return variable_name(row->name);
  case source::file: return fmt::format("{} in the config file", row->name);
  case source::fallback:
  case source::flag: break;
  }
  return fmt::format("--{}", row->name);
}

settings::settings(const option_table& table) {
  for (const option_group& group : table.groups)
    for (const option_row& row : group.rows) {
      setting& made = settings_[row.name];
      made.row = &row;
      if (!row.fallback.empty()) made.values.emplace_back(row.fallback);
    }
}

const setting& settings::at(std::string_view name) const {
  const auto found = settings_.find(name);
  return found == settings_.end() ? throw std::logic_error(fmt::format("no option --{}", name)) : found->second;
}

setting& settings::at(std::string_view name) {
  const auto found = settings_.find(name);
  return found == settings_.end() ? throw std::logic_error(fmt::format("no option --{}", name)) : found->second;
}

std::string_view settings::text(std::string_view name) const {
  const setting& what = at(name);
  return what.is_set() ? std::string_view{what.values.front()} : std::string_view{};
}

void settings::set_effective(std::string_view name, json::value value) {
  at(name).effective = std::move(value);
}

json::object settings::to_json() const {
  json::object all;
  for (const auto& [name, what] : settings_) {
    if (name == "help") continue;
    all[name] = json::object{{"value", shown_value(what)}, {"source", to_string(what.from)}};
  }
  return all;
}

} // namespace loadgen::cli
