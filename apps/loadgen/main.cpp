#include "commands.hpp"
#include "exit_code.hpp"
#include "nearest.hpp"
#include "version.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace loadgen::cli {

namespace {

struct subcommand {
  std::string_view name;
  std::string_view summary;
  int (*call)(const std::vector<std::string>&) = nullptr; ///< null: not yet in this version
};

constexpr std::array subcommands{
    subcommand{"run", "send a workload at a server and report", run_command},
    subcommand{"serve", "the reference server: streams at a known pace", serve_command},
    subcommand{"report", "report a run again from its records", report_command},
    subcommand{"compare", "the difference between two runs, with its significance", compare_command},
    subcommand{"calibrate", "what this machine can measure, and how truly", calibrate_command},
    subcommand{"dataset", "make, check and describe datasets", dataset_command},
    subcommand{"bench", "start an engine, run, stop it"},
    subcommand{"merge", "shards of one run into one"},
};

std::string overview() {
  std::string text = "usage: loadgen COMMAND [options]\n\n"
                     "Points a load at an LLM server and reports true latencies of its streams.\n\n"
                     "Commands:\n";
  for (const subcommand& known : subcommands)
    text += fmt::format("  {:<11}{}{}\n", known.name, known.summary, known.call ? "" : " (not yet in this version)");
  return text + "\n'loadgen COMMAND --help' tells a command's options, 'loadgen --version' the version.\n";
}

int unknown_command(std::string_view name) {
  std::array<std::string_view, subcommands.size()> names;
  for (std::size_t i = 0; i < names.size(); ++i) names[i] = subcommands[i].name;
  const auto meant = nearest(name, names);
  return complain(meant ? fmt::format("'{}': no such command; did you mean '{}'?", name, *meant)
                        : fmt::format("'{}': no such command; --help lists all", name),
                  exit_usage);
}

int dispatch(const std::vector<std::string>& arguments) {
  if (arguments.empty()) {
    fmt::print(stderr, "{}", overview());
    return exit_usage;
  }
  const std::string& name = arguments.front();
  if (name == "--help" || name == "-h" || name == "help") {
    fmt::print("{}", overview());
    return exit_done;
  }
  if (name == "--version") {
    fmt::print("loadgen {}\n", version);
    return exit_done;
  }
  for (const subcommand& known : subcommands) {
    if (known.name != name) continue;
    if (!known.call) return complain(fmt::format("{}: not yet in this version", name), exit_usage);
    return known.call({arguments.begin() + 1, arguments.end()});
  }
  return unknown_command(name);
}

} // namespace

} // namespace loadgen::cli

int main(int argc, char** argv) {
  try {
    return loadgen::cli::dispatch({argv + 1, argv + argc});
  } catch (const std::exception& failure) { // a bug, or no memory: expected failures are values
    std::fprintf(stderr, "loadgen: internal error: %s\n", failure.what());
    return 70; // EX_SOFTWARE of sysexits.h
  }
}
