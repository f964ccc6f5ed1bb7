#include "commands.hpp"
#include "subcommands.hpp"

#include <array>

namespace loadgen::cli {

namespace {

// Each has an option table of its own, whose `command` is "dataset NAME".
constexpr std::array subcommands{
    subcommand{"make", "make prompts by a rule: lengths, shared prefixes", dataset_make_command},
    subcommand{"generate", "have a server write prompts", dataset_generate_command},
    subcommand{"check", "whether a dataset is well-formed, free of duplicates and as its manifest says",
               dataset_check_command},
    subcommand{"stats", "how many prompts, how long, of which categories", dataset_stats_command},
    subcommand{"import", "turn any format into a dataset of this project, with its manifest", dataset_import_command},
};

constexpr command_family family{
    .prefix = "dataset ",
    .opening = "usage: loadgen dataset COMMAND [options]\n\n"
               "Makes, checks and describes what `loadgen run --dataset` sends.",
    .closing = "'loadgen dataset COMMAND --help' tells a command's options.",
    .subcommands = subcommands,
    .lists_names = true,
};

} // namespace

int dataset_command(const std::vector<std::string>& arguments) {
  return dispatch(family, arguments);
}

} // namespace loadgen::cli
