#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::cli {

struct subcommand {
  std::string_view name;
  std::string_view summary;
  int (*call)(const std::vector<std::string>&) = nullptr; ///< null: not yet in this version
};

/// A word that stands before subcommands: the program's name, or one of its commands.
struct command_family {
  std::string_view prefix;  ///< of a subcommand in messages: "" or "dataset "
  std::string_view opening; ///< of the overview: usage and what they do
  std::string_view closing; ///< of the overview: how to learn more
  std::span<const subcommand> subcommands;
  bool lists_names = false; ///< a name that is like none is answered with all of them, else with --help
};

/// Calls the subcommand that `arguments` begin with, or shows the overview, which is what no argument and --help ask
/// for. Returns the program's exit code.
[[nodiscard]] int dispatch(const command_family& family, const std::vector<std::string>& arguments);

} // namespace loadgen::cli
