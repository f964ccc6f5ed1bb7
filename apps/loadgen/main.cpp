#include "commands.hpp"
#include "exit_code.hpp"
#include "subcommands.hpp"
#include "version.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace loadgen::cli {

namespace {

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

constexpr command_family family{
    .prefix = "",
    .opening = "usage: loadgen COMMAND [options]\n\n"
               "Points a load at an LLM server and reports true latencies of its streams.",
    .closing = "'loadgen COMMAND --help' tells a command's options, 'loadgen --version' the version.",
    .subcommands = subcommands,
};

int call(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && arguments.front() == "--version") {
    fmt::print("loadgen {}\n", version);
    return exit_done;
  }
  return dispatch(family, arguments);
}

} // namespace

} // namespace loadgen::cli

int main(int argc, char** argv) {
  try {
    return loadgen::cli::call({argv + 1, argv + argc});
  } catch (const std::exception& failure) { // a bug, or no memory: expected failures are values
    std::fprintf(stderr, "loadgen: internal error: %s\n", failure.what());
    return 70; // EX_SOFTWARE of sysexits.h
  }
}
