#include "common_options.hpp"
#include "options.hpp"

#include <array>

namespace loadgen::cli {

namespace {

constexpr std::array judging_rows{
    option_row{.name = "gate",
               .placeholder = "'NAME OP CHANGE'",
               .help =
                   "a condition on the change of a figure from A to B, such as 'itl_p50 <= +5%'; must hold in every "
                   "level; repeatable",
               .shape = value_shape::repeated},
    option_row{.name = "threshold",
               .placeholder = "PERCENT",
               .help = "the smallest change that matters in practice",
               .fallback = "1%"},
    option_row{.name = "confidence",
               .placeholder = "SHARE",
               .help = "of the intervals, 0.5 to 0.9999",
               .fallback = "0.95",
               .shape = value_shape::number},
    option_row{.name = "allow-different-workloads",
               .help = "compare runs whose workload hashes differ, as those of a duration do",
               .fallback = "false",
               .shape = value_shape::toggle},
    option_row{.name = "bounded",
               .help = "with histograms instead of all samples, and so without intervals; --bounded=false: with all "
                       "samples (default: as each run was made)",
               .shape = value_shape::toggle},
};

constexpr std::array output_rows{
    option_row{.name = "markdown",
               .placeholder = "FILE",
               .help = "the comparison as Markdown, for a pull request; -: on standard output, and nothing else goes "
                       "there"},
    option_row{.name = "json", .placeholder = "FILE", .help = "all figures as JSON; - likewise"},
};

constexpr std::array groups{option_group{"Judging", judging_rows}, option_group{"Output", output_rows},
                            option_group{"Settings", common_rows}};

constexpr option_table table{
    .command = "compare",
    .synopsis = "loadgen compare A [B] [options]",
    .summary = "What changed from run A to run B, and how far that is more than chance. A and B are run folders of the "
               "same workload; nothing is written into them. A alone, a run made with --ab: its two targets.",
    .notes =
        "Exit codes: 0 done, and every gate holds; 2 bad usage, or runs that cannot be compared; 3 a gate fails; 5 "
        "none fails, and of one the data cannot tell.",
    .groups = groups,
    .positionals = 2,
    .optional_positionals = 1,
};

} // namespace

const option_table& compare_options() noexcept {
  return table;
}

} // namespace loadgen::cli
