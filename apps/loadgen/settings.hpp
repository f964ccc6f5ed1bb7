#pragma once

#include "options.hpp"

#include <loadgen/base/error.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::cli {

/// Where a setting's value came from, the strongest last.
enum class source : std::uint8_t { fallback, file, environment, flag };

/// The name in the manifest: "default", "file", "environment", "flag".
[[nodiscard]] std::string_view to_string(source from) noexcept;

/// One setting after flags, environment, file and defaults have been weighed. For each of them a value replaces the
/// weaker ones whole: two --header flags hide those of a config file.
struct setting {
  const option_row* row = nullptr;
  std::vector<std::string> values; ///< as typed; empty: unset. More than one only where the option is repeated
  source from = source::fallback;
  std::optional<boost::json::value> effective; ///< what an unset or dependent default came to mean

  [[nodiscard]] bool is_set() const noexcept { return !values.empty(); }

  [[nodiscard]] bool is_given() const noexcept { return from != source::fallback; }

  /// How to speak of it in an error: "--requests", "LOADGEN_REQUESTS" or "requests in the config file".
  [[nodiscard]] std::string spelling() const;
};

/// All settings of one subcommand, by option name. Asking for a name that is not in its table is a bug and throws.
class settings {
public:
  explicit settings(const option_table& table);

  [[nodiscard]] const setting& at(std::string_view name) const;
  [[nodiscard]] setting& at(std::string_view name);

  /// The value as typed, "" where unset.
  [[nodiscard]] std::string_view text(std::string_view name) const;

  [[nodiscard]] bool is_on(std::string_view name) const { return text(name) == "true"; }

  /// Records what a default came to mean, for the manifest.
  void set_effective(std::string_view name, boost::json::value value);

  /// {"concurrency":{"value":...,"source":"flag"},...} of all settings, secrets hidden.
  [[nodiscard]] boost::json::object to_json() const;

  [[nodiscard]] const std::map<std::string_view, setting>& all() const noexcept { return settings_; }

private:
  std::map<std::string_view, setting> settings_;
};

/// A command line, understood.
struct resolved_command {
  settings values;
  std::vector<std::string> positionals;
  std::vector<std::string> shown_arguments; ///< as typed, secrets hidden
};

/// A variable of the environment, or nothing where it is not set.
using environment = std::function<std::optional<std::string>(const std::string& name)>;

/// Weighs flags, LOADGEN_ variables, the config file and defaults against each other. A variable that is set and empty
/// counts as not set. Checks what the table knows: that options exist, have a value, are not given twice, that choices
/// are among the words, and that this version can do what is asked. With --help nothing else is checked.
///
/// Errors, each one line: invalid_input, not_yet, io for a config file that cannot be read.
[[nodiscard]] result<resolved_command> resolve(const option_table& table, const std::vector<std::string>& arguments,
                                               const environment& variables);

/// "LOADGEN_MAX_TOKENS" of "max-tokens".
[[nodiscard]] std::string variable_name(std::string_view option);

/// The words of a choice's placeholder: "reuse|fresh".
[[nodiscard]] std::vector<std::string_view> choices_of(const option_row& row);

} // namespace loadgen::cli
