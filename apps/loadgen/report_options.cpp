#include "common_options.hpp"
#include "options.hpp"

#include <array>

namespace loadgen::cli {

namespace {

constexpr std::array output_rows{
    option_row{.name = "summary",
               .placeholder = "FILE",
               .help = "the summary JSON also at FILE; -: on standard output, and nothing else goes there"},
    option_row{.name = "bounded",
               .help =
                   "with histograms instead of all samples, as run --bounded does; --bounded=false: with all samples "
                   "(default: as the run was made)",
               .shape = value_shape::toggle},
    option_row{
        .name = "hlog", .placeholder = "FILE", .help = "the latencies as a histogram log of HdrHistogram (.hlog)"},
    option_row{.name = "html",
               .placeholder = "FILE",
               .help =
                   "the page that the run folder has as report.html also at FILE; with several RUNs: one page of all"},
    option_row{.name = "from-bytes",
               .help = "of a run made with --record: with records made again from its raw bytes, instead of those on "
                       "record",
               .fallback = "false",
               .shape = value_shape::toggle},
    option_row{.name = "plots",
               .placeholder = "DIR",
               .help = "plots as SVG and PNG in DIR, with the gnuplot scripts and data they are made of; with several "
                       "RUNs: of all in common (needs gnuplot)"},
    option_row{.name = "as",
               .placeholder = "vllm|sglang|guidellm|aiperf|inference-perf|genai-bench|llmperf|mlperf|all",
               .help = "the figures by that tool's definitions instead; all: of every tool, beside ours",
               .shape = value_shape::choice},
    option_row{.name = "json",
               .placeholder = "FILE",
               .help =
                   "the figures of --as also at FILE, under that tool's names; -: on standard output, and nothing else "
                   "goes there"},
    option_row{.name = "export",
               .placeholder = "vllm|aiperf",
               .help =
                   "the run as a result file of vllm bench serve, or as aiperf's profile_export_aiperf.json, by that "
                   "tool's definitions; needs --to",
               .shape = value_shape::choice},
    option_row{.name = "to",
               .placeholder = "FILE",
               .help = "where --export writes; -: on standard output, and nothing else goes there"},
    option_row{.name = "level",
               .placeholder = "N",
               .help = "--export: which level and trial, by its place in the summary's levels, from 0",
               .fallback_note = "the only one; with --append: all",
               .shape = value_shape::number},
    option_row{.name = "append",
               .help =
                   "--export vllm: add a line for each level and trial to FILE, as --append-result of that tool does",
               .fallback = "false",
               .shape = value_shape::toggle},
    option_row{.name = "detailed",
               .help = "--export vllm: with its arrays of all requests, as --save-detailed of that tool gives them",
               .fallback = "false",
               .shape = value_shape::toggle},
};

constexpr std::array mlflow_rows{
    option_row{.name = "mlflow",
               .placeholder = "URL",
               .help = "report the run to this MLflow tracking server too; again: bring it up to date there. "
                       "MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and _PASSWORD, are sent where they are set"},
    option_row{.name = "mlflow-experiment",
               .placeholder = "NAME",
               .help = "the experiment it is a run of; made where there is none",
               .fallback = "loadgen"},
    option_row{.name = "mlflow-token-file", .placeholder = "FILE", .help = "file with the token"},
    option_row{.name = "mlflow-ca-file",
               .placeholder = "FILE",
               .help = "PEM certificates to trust for it",
               .fallback_note = "the system's"},
};

constexpr std::array groups{option_group{"Output", output_rows}, option_group{"MLflow", mlflow_rows},
                            option_group{"Settings", common_rows}};

constexpr option_table table{
    .command = "report",
    .synopsis = "loadgen report RUN [RUN2 ... --html FILE|--plots DIR] [options]",
    .summary = "Reports a run again from its records. RUN is a run folder. Files of the package that are missing, as "
               "after a run that was killed, are written. Several runs give one page, or one folder of plots, with "
               "their curves "
               "in common.",
    .notes =
        "Exit codes: 0 done, also for an incomplete run; 2 bad usage, or RUN cannot be read; 74 a file could not be "
        "written, or MLflow did not take the run.",
    .groups = groups,
    .positionals = 8,
    .optional_positionals = 7,
};

} // namespace

const option_table& report_options() noexcept {
  return table;
}

} // namespace loadgen::cli
