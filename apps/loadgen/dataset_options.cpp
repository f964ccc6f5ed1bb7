#include "common_options.hpp"
#include "dataset_rows.hpp"
#include "options.hpp"

#include <array>

namespace loadgen::cli {

namespace {

constexpr option_row seed_row{
    .name = "seed", .placeholder = "S", .help = "of what is drawn", .fallback = "1", .shape = value_shape::number};

constexpr std::array selection_rows{seed_row};

constexpr std::array check_rows{
    option_row{.name = "manifest",
               .placeholder = "FILE",
               .help = "the manifest that has the file's SHA-256 and number of lines",
               .fallback_note = "the one beside the file, if any"},
};

constexpr std::array stats_rows{
    option_row{.name = "json",
               .placeholder = "FILE",
               .help = "the figures as JSON also at FILE; -: on standard output, and nothing else goes there"},
};

constexpr std::array import_rows{
    option_row{.name = "to", .placeholder = "OUT.jsonl", .help = "the dataset to write (required)"},
    option_row{.name = "licence",
               .placeholder = "TEXT",
               .help = "the licence of the texts, for the manifest",
               .fallback_note = "none is named"},
    option_row{
        .name = "force", .help = "replace files that are there", .fallback = "false", .shape = value_shape::toggle},
};

constexpr std::array check_groups{option_group{"Check", check_rows}, option_group{"Datasets", dataset_rows},
                                  option_group{"Sampling", selection_rows}, option_group{"Settings", common_rows}};
constexpr std::array stats_groups{option_group{"Output", stats_rows}, option_group{"Datasets", dataset_rows},
                                  option_group{"Sampling", selection_rows}, option_group{"Settings", common_rows}};
constexpr std::array import_groups{option_group{"Output", import_rows}, option_group{"Datasets", dataset_rows},
                                   option_group{"Sampling", selection_rows}, option_group{"Settings", common_rows}};

constexpr option_table check_table{
    .command = "dataset check",
    .synopsis = "loadgen dataset check FILE|DIR [options]",
    .summary = "Reads a dataset as a run would, looks for entries that ask the same, white space aside, and holds the "
               "file to its manifest. Of a folder it checks every file that a manifest in it or below names.",
    .notes = "Exit codes: 0 all is well; 2 bad usage, or a file that no run could use; 3 duplicates, or a file that is "
             "not what its manifest says. Of several, 2 comes first.",
    .groups = check_groups,
    .positionals = 1,
};

constexpr option_table stats_table{
    .command = "dataset stats",
    .synopsis = "loadgen dataset stats FILE|builtin:NAME|synthetic:SPEC [options]",
    .summary = "Tells how many prompts a dataset has, how long they are, what output budgets they have and of which "
               "categories they are. Tokens are estimated at four characters each; no tokenizer is asked. Of synthetic "
               "prompts it looks at the lengths that the first 500 of "
               "the seed are to have.",
    .notes = "Exit codes: 0 done; 2 bad usage or input; 74 the JSON could not be written.",
    .groups = stats_groups,
    .positionals = 1,
};

constexpr option_table import_table{
    .command = "dataset import",
    .synopsis = "loadgen dataset import IN --to OUT.jsonl [options]",
    .summary = "Turns a dataset of any form into JSONL, with a manifest beside it that says where it came from. The "
               "same input and settings give the same bytes.",
    .notes = "Exit codes: 0 done; 2 bad usage or input, or OUT is there already; nothing is written then. 74 a file "
             "could not be written.",
    .groups = import_groups,
    .positionals = 1,
};

} // namespace

const option_table& dataset_check_options() noexcept {
  return check_table;
}

const option_table& dataset_stats_options() noexcept {
  return stats_table;
}

const option_table& dataset_import_options() noexcept {
  return import_table;
}

} // namespace loadgen::cli
