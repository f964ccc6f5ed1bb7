#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace loadgen::cli {

/// How the value of an option is written.
enum class value_shape : std::uint8_t {
  text,     ///< one value
  number,   ///< one number; text too where the placeholder says so
  choice,   ///< one of the words of the placeholder: "reuse|fresh"
  list,     ///< several numbers in one, with commas: "1,8,32"; an array in a config file
  pair,     ///< two values, one behind the other; an array in a config file, one a line in the environment
  repeated, ///< may be given again; an array in a config file, one a line in the environment
  json,     ///< a JSON object; in a config file an object or its text
  toggle,   ///< needs no value on the command line; true or false elsewhere
};

/// Whether a setting of that shape may have more than one value.
[[nodiscard]] constexpr bool has_several_values(value_shape shape) noexcept {
  return shape == value_shape::repeated || shape == value_shape::pair;
}

/// Whether this version can do what the option asks. `later` options are accepted with their default value, so that a
/// script may name it, and refused with any other.
enum class availability : std::uint8_t { now, later };

/// One row of an option table: all there is to know of an option, from which its --help line, its parsing, its
/// environment variable LOADGEN_A_B and its key in a config file come.
struct option_row {
  std::string_view name;          ///< "max-tokens"; --max_tokens means the same
  std::string_view placeholder{}; ///< stands for the value in --help: "N"; empty for a toggle
  std::string_view help{};
  std::string_view fallback{};      ///< the default as one would type it; empty: unset
  std::string_view fallback_note{}; ///< what --help says of a default that depends on other settings
  value_shape shape = value_shape::text;
  availability since = availability::now;
};

/// Options under one heading of --help.
struct option_group {
  std::string_view heading;
  std::span<const option_row> rows;
};

/// The options of one subcommand. Lives as long as the program.
struct option_table {
  std::string_view command;  ///< "run"
  std::string_view synopsis; ///< "run --url URL [options]"
  std::string_view summary;  ///< one or two sentences
  std::string_view notes;    ///< after the options: what exit codes and the like mean
  std::span<const option_group> groups;
  std::size_t positionals = 0;          ///< how many arguments that are no options it takes at most
  std::size_t optional_positionals = 0; ///< how many of them, from the last, may be left out
};

[[nodiscard]] const option_table& run_options() noexcept;
[[nodiscard]] const option_table& report_options() noexcept;
[[nodiscard]] const option_table& compare_options() noexcept;
[[nodiscard]] const option_table& serve_options() noexcept;
[[nodiscard]] const option_table& calibrate_options() noexcept;
[[nodiscard]] const option_table& dataset_check_options() noexcept;
[[nodiscard]] const option_table& dataset_stats_options() noexcept;
[[nodiscard]] const option_table& dataset_import_options() noexcept;

} // namespace loadgen::cli
