#include "config_file.hpp"
#include "nearest.hpp"
#include "secrets.hpp"
#include "settings.hpp"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <sstream>

namespace loadgen::cli {

namespace {

namespace po = boost::program_options;

po::options_description described(const option_table& table) {
  po::options_description options;
  for (const option_group& group : table.groups)
    for (const option_row& row : group.rows) {
      std::string names{row.name};
      std::string underscored{row.name};
      std::replace(underscored.begin(), underscored.end(), '-', '_');
      if (underscored != names) names += "," + underscored;
      auto* value = po::value<std::string>();
      if (row.shape == value_shape::toggle) value->implicit_value("true");
      options.add_options()(names.c_str(), value);
    }
  return options;
}

/// Boost names an option as it was typed: "--no-such=3".
std::string_view option_name(std::string_view typed) {
  const std::size_t begin = std::min(typed.find_first_not_of('-'), typed.size());
  typed.remove_prefix(begin);
  return typed.substr(0, typed.find('='));
}

error unknown_option(const settings& known, std::string_view typed) {
  std::string name{option_name(typed)};
  std::replace(name.begin(), name.end(), '_', '-');
  std::vector<std::string_view> names;
  for (const auto& [candidate, what] : known.all()) names.push_back(candidate);
  const auto meant = nearest(name, names);
  return invalid_input(meant ? fmt::format("--{}: no such option; did you mean --{}?", name, *meant)
                             : fmt::format("--{}: no such option; --help lists all", name));
}

error missing_value(const settings& known, std::string_view typed) {
  std::string name{option_name(typed)};
  std::replace(name.begin(), name.end(), '_', '-');
  return invalid_input(fmt::format("--{}: its value is missing; expected {}", name, known.at(name).row->placeholder));
}

result<po::parsed_options> parse(const option_table& table, const settings& known,
                                 const std::vector<std::string>& arguments) {
  using namespace po::command_line_style;
  const po::options_description options = described(table);
  try {
    po::parsed_options parsed = po::command_line_parser(arguments)
                                    .options(options)
                                    .style(allow_long | long_allow_adjacent | long_allow_next)
                                    .run();
    parsed.description = nullptr; // it ends with this function
    return parsed;
  } catch (const po::unknown_option& failure) {
    return unknown_option(known, failure.get_option_name());
  } catch (const po::error_with_option_name& failure) {
    return missing_value(known, failure.get_option_name());
  }
}

std::string shown_token(const std::string& token, const std::string& option, bool is_value) {
  if (option != "header") return token;
  if (is_value) return shown_header(token);
  const std::size_t equals = token.find('=');
  if (equals == std::string::npos) return token;
  return token.substr(0, equals + 1) + shown_header(token.substr(equals + 1));
}

/// Whether a flag that was typed still lacks the second of its two values.
bool is_half(const setting* typed) {
  return typed && typed->row->shape == value_shape::pair && typed->values.size() == 1;
}

/// Takes what was typed over into `into`.
result<void> take_flags(const po::parsed_options& parsed, std::size_t positionals, resolved_command& into) {
  setting* last = nullptr;
  for (const po::option& option : parsed.options) {
    for (std::size_t i = 0; i < option.original_tokens.size(); ++i)
      into.shown_arguments.push_back(shown_token(option.original_tokens[i], option.string_key, i > 0));
    if (option.string_key.empty() && is_half(last)) {
      last->values.push_back(option.value.front());
      continue;
    }
    if (option.string_key.empty()) {
      if (into.positionals.size() == positionals || option.value.front().starts_with('-'))
        return invalid_input(fmt::format("'{}': not expected here; options begin with --", option.value.front()));
      into.positionals.push_back(option.value.front());
      continue;
    }
    setting& what = into.values.at(option.string_key);
    const bool again = what.from == source::flag;
    if (again && what.row->shape != value_shape::repeated)
      return invalid_input(fmt::format("--{}: given twice; expected once", option.string_key));
    if (what.row->shape == value_shape::toggle && option.original_tokens.size() > 1)
      return invalid_input(fmt::format("'{}': not expected after --{}, which takes no value",
                                       option.original_tokens.back(), option.string_key));
    if (!again) what.values.clear();
    what.from = source::flag;
    what.values.push_back(option.value.empty() ? "true" : option.value.front());
    last = &what;
  }
  return {};
}

void take_environment(const environment& variables, settings& into) {
  for (const auto& [name, known] : into.all()) {
    if (known.from == source::flag || name == "help") continue;
    const auto value = variables(variable_name(name));
    if (!value || value->empty()) continue;
    setting& what = into.at(name);
    what.from = source::environment;
    what.values.clear();
    if (!has_several_values(known.row->shape)) {
      what.values.push_back(*value);
      continue;
    }
    std::istringstream lines{*value};
    for (std::string line; std::getline(lines, line);)
      if (!line.empty()) what.values.push_back(line);
  }
}

result<void> take_config_file(const option_table& table, settings& into) {
  const setting& config = into.at("config");
  if (!config.is_set()) return {};
  auto found = read_config_file(config.values.front(), table);
  if (found.has_error())
    return error{found.error().code, fmt::format("{}: {}", config.spelling(), found.error().message)};
  for (auto& [name, values] : *found) {
    setting& what = into.at(name);
    if (what.is_given()) continue;
    what.from = source::file;
    what.values = std::move(values);
  }
  return {};
}

std::string listed(const std::vector<std::string_view>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i)
    text += fmt::format("{}{}", i == 0 ? "" : i + 1 == words.size() ? " or " : ", ", words[i]);
  return text;
}

error unknown_choice(const setting& what, std::string_view value, const std::vector<std::string_view>& allowed) {
  const auto meant = nearest(value, allowed);
  return invalid_input(fmt::format("{}: '{}' is not known; {}expected {}", what.spelling(), value,
                                   meant ? fmt::format("did you mean {}? ", *meant) : "", listed(allowed)));
}

result<void> check(const setting& what) {
  if (!what.is_given() || !what.is_set()) return {};
  const option_row& row = *what.row;
  if (row.shape == value_shape::pair && what.values.size() != 2)
    return invalid_input(
        fmt::format("{}: {} given; expected two: {}", what.spelling(), what.values.size(), row.placeholder));
  for (const std::string& value : what.values) {
    std::vector<std::string_view> allowed;
    if (row.shape == value_shape::choice) allowed = choices_of(row);
    if (row.shape == value_shape::toggle) allowed = {"true", "false"};
    if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), value) == allowed.end())
      return unknown_choice(what, value, allowed);
    if (row.since == availability::later && value != row.fallback)
      return error{errc::not_yet, row.fallback.empty() || row.shape == value_shape::toggle
                                      ? fmt::format("{}: not yet in this version", what.spelling())
                                      : fmt::format("{}: '{}' is not yet in this version; expected the default, {}",
                                                    what.spelling(), value, row.fallback)};
  }
  return {};
}

} // namespace

result<resolved_command> resolve(const option_table& table, const std::vector<std::string>& arguments,
                                 const environment& variables) {
  resolved_command command{.values = settings{table}, .positionals = {}, .shown_arguments = {}};
  const auto parsed = parse(table, command.values, arguments);
  if (parsed.has_error()) return parsed.error();
  if (const auto taken = take_flags(*parsed, table.positionals, command); taken.has_error()) return taken.error();
  if (command.values.is_on("help")) return command;

  take_environment(variables, command.values);
  if (const auto taken = take_config_file(table, command.values); taken.has_error()) return taken.error();
  for (const auto& [name, what] : command.values.all())
    if (const auto checked = check(what); checked.has_error()) return checked.error();
  if (command.positionals.size() + table.optional_positionals < table.positionals)
    return invalid_input(fmt::format("too few arguments; expected {}", table.synopsis));
  return command;
}

} // namespace loadgen::cli
