#include "commands.hpp"
#include "exit_code.hpp"
#include "nearest.hpp"

#include <fmt/format.h>

#include <array>
#include <string_view>

namespace loadgen::cli {

namespace {

struct dataset_subcommand {
  std::string_view name;
  std::string_view summary;
  int (*call)(const std::vector<std::string>&) = nullptr; ///< null: not yet in this version
};

// Each has an option table of its own, whose `command` is "dataset NAME".
constexpr std::array subcommands{
    dataset_subcommand{"make", "make prompts by a rule: lengths, shared prefixes"},
    dataset_subcommand{"generate", "have a server write prompts"},
    dataset_subcommand{"check", "whether a dataset is well-formed, free of duplicates and as its manifest says",
                       dataset_check_command},
    dataset_subcommand{"stats", "how many prompts, how long, of which categories", dataset_stats_command},
    dataset_subcommand{"import", "turn any format into a dataset of this project, with its manifest",
                       dataset_import_command},
};

std::string overview() {
  std::string text = "usage: loadgen dataset COMMAND [options]\n\n"
                     "Makes, checks and describes what `loadgen run --dataset` sends.\n\n"
                     "Commands:\n";
  for (const dataset_subcommand& known : subcommands)
    text += fmt::format("  {:<11}{}{}\n", known.name, known.summary, known.call ? "" : " (not yet in this version)");
  return text + "\n'loadgen dataset COMMAND --help' tells a command's options.\n";
}

int unknown_subcommand(std::string_view name) {
  std::array<std::string_view, subcommands.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = subcommands[i].name;
  const auto meant = nearest(name, names);
  return complain(meant ? fmt::format("dataset '{}': no such command; did you mean '{}'?", name, *meant)
                        : fmt::format("dataset '{}': no such command; expected {}", name, fmt::join(names, ", ")),
                  exit_usage);
}

} // namespace

int dataset_command(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    fmt::print(stderr, "{}", overview());
    return exit_usage;
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    fmt::print("{}", overview());
    return exit_done;
  }
  for (const dataset_subcommand& known : subcommands) {
    if (known.name != name) continue;
    if (!known.call) return complain(fmt::format("dataset {}: not yet in this version", name), exit_usage);
    return known.call({arguments.begin() + 1, arguments.end()});
  }
  return unknown_subcommand(name);
}

} // namespace loadgen::cli
