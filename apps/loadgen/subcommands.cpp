#include "subcommands.hpp"

#include "exit_code.hpp"
#include "nearest.hpp"

#include <fmt/format.h>

namespace loadgen::cli {

namespace {

std::string overview(const command_family& family) {
  std::string text{family.opening};
  text += "\n\nCommands:\n";
  for (const subcommand& known : family.subcommands)
    text += fmt::format("  {:<11}{}{}\n", known.name, known.summary, known.call ? "" : " (not yet in this version)");
  return text + fmt::format("\n{}\n", family.closing);
}

int unknown(const command_family& family, std::string_view name) {
  std::vector<std::string_view> names;
  for (const subcommand& known : family.subcommands) names.push_back(known.name);
  const auto meant = nearest(name, names);
  const std::string hint = meant                ? fmt::format("did you mean '{}'?", *meant)
                           : family.lists_names ? fmt::format("expected {}", fmt::join(names, ", "))
                                                : "--help lists all";
  return complain(fmt::format("{}'{}': no such command; {}", family.prefix, name, hint), exit_usage);
}

} // namespace

int dispatch(const command_family& family, const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    fmt::print(stderr, "{}", overview(family));
    return exit_usage;
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    fmt::print("{}", overview(family));
    return exit_done;
  }
  for (const subcommand& known : family.subcommands) {
    if (known.name != name) continue;
    if (!known.call) return complain(fmt::format("{}{}: not yet in this version", family.prefix, name), exit_usage);
    return known.call({arguments.begin() + 1, arguments.end()});
  }
  return unknown(family, name);
}

} // namespace loadgen::cli
