#include "common_options.hpp"
#include "options.hpp"

#include <array>

namespace loadgen::cli {

namespace {

constexpr std::array load_rows{
    option_row{.name = "max-tokens-per-s",
               .placeholder = "R",
               .help = "highest rate to try, on 200 streams",
               .fallback = "400000",
               .shape = value_shape::number},
    option_row{.name = "max-streams",
               .placeholder = "N",
               .help = "most streams to try at once, at 20,000 tokens/s",
               .fallback = "4000",
               .shape = value_shape::number},
    option_row{.name = "level-time",
               .placeholder = "T",
               .help = "how long each load lasts; all of them together take at most 45 times as long",
               .fallback = "1200ms"},
    option_row{.name = "threads",
               .placeholder = "N",
               .help = "worker threads of the client, as run --threads will have",
               .fallback = "1",
               .shape = value_shape::number},
};

constexpr std::array result_rows{
    option_row{.name = "output",
               .placeholder = "FILE",
               .help = "where the calibration is saved",
               .fallback_note = "loadgen/calibration.json in $XDG_STATE_HOME, or in ~/.local/state"},
};

constexpr std::array groups{
    option_group{"Loads", load_rows},
    option_group{"Results", result_rows},
    option_group{"Settings", common_rows},
};

constexpr option_table table{
    .command = "calibrate",
    .synopsis = "loadgen calibrate [options]",
    .summary =
        "Finds out up to which load the client on this machine tells the truth: streams of the reference server, "
        "on a core of its own, under rising loads, and the error of TTFT and ITL at each. A later run beyond "
        "what held says so. Takes less than a minute; let nothing else run meanwhile.",
    .notes = "Exit codes: 0 done; 2 bad usage, or FILE's folder cannot be made; 4 the reference server could not be "
             "started; 74 the calibration could not be written; 130 and 143 interrupted by SIGINT and SIGTERM, nothing "
             "is saved.",
    .groups = groups,
};

} // namespace

const option_table& calibrate_options() noexcept {
  return table;
}

} // namespace loadgen::cli
