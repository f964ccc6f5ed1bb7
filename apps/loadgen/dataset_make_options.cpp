#include "common_options.hpp"
#include "options.hpp"
#include "server_rows.hpp"

#include <array>

namespace loadgen::cli {

namespace {

using enum value_shape;

constexpr option_row to_row{.name = "to", .placeholder = "OUT.jsonl", .help = "the dataset to write (required)"};
constexpr option_row licence_row{.name = "licence",
                                 .placeholder = "TEXT",
                                 .help = "the licence of the texts, for the manifest",
                                 .fallback_note = "none is named"};
constexpr option_row seed_row{
    .name = "seed", .placeholder = "S", .help = "of what is drawn", .fallback = "1", .shape = number};

constexpr std::array make_rows{
    to_row,
    option_row{.name = "requests", .placeholder = "N", .help = "prompts to make", .fallback = "100", .shape = number},
    seed_row,
    licence_row,
    option_row{.name = "force", .help = "replace files that are there", .fallback = "false", .shape = toggle},
};

constexpr std::array counting_rows{
    option_row{.name = "calibrate",
               .placeholder = "tokenize|probe|none",
               .help = "with --url: how lengths come to be exact on that server, as in loadgen run; without it a word "
                       "is taken for a token",
               .fallback = "tokenize",
               .shape = choice},
    option_row{.name = "endpoint",
               .placeholder = "chat|completions|responses|llamacpp|tgi|sglang|generate",
               .help = "the API that the prompts are for: a chat has its template's tokens too",
               .fallback = "chat",
               .shape = choice},
};

constexpr std::array generate_rows{
    to_row,
    option_row{.name = "categories",
               .placeholder = "NAME[,NAME...]",
               .help = "kinds of prompts to have written",
               .fallback = "coding,reasoning,creative-writing,summarization,explanation,extraction",
               .shape = list},
    option_row{.name = "per-category",
               .placeholder = "N",
               .help = "prompts of each category",
               .fallback = "3",
               .shape = number},
    seed_row,
    licence_row,
};

constexpr std::array writing_rows{
    option_row{.name = "max-tokens",
               .placeholder = "N",
               .help = "longest prompt to have written",
               .fallback = "1024",
               .shape = number},
    option_row{.name = "temperature", .placeholder = "T", .help = "sampling temperature", .fallback = "0.8"},
    option_row{.name = "retries",
               .placeholder = "N",
               .help = "further attempts for a prompt that failed",
               .fallback = "2",
               .shape = number},
    option_row{.name = "timeout", .placeholder = "T", .help = "limit of one attempt", .fallback = "10m"},
};

constexpr std::array make_groups{option_group{"Output", make_rows}, option_group{"Server", server_rows},
                                 option_group{"Tokens", counting_rows}, option_group{"Settings", common_rows}};
constexpr std::array generate_groups{option_group{"Output", generate_rows}, option_group{"Server", server_rows},
                                     option_group{"Writing", writing_rows}, option_group{"Settings", common_rows}};

constexpr option_table make_table{
    .command = "dataset make",
    .synopsis = "loadgen dataset make SPEC --to OUT.jsonl [options]",
    .summary =
        "Makes prompts by a rule, with a manifest beside them: what `loadgen run --dataset synthetic:SPEC` would "
        "send, as a file. SPEC: in=LENGTH,out=LENGTH[,prefix=N,hit=R] or trace=FILE[,...], a LENGTH being 512, "
        "uniform(8,64), normal(512,64) or lognormal(512,0.5). The same SPEC, seed and counting give the same "
        "bytes.",
    .notes = "Exit codes: 0 done; 2 bad usage or input, or OUT is there already; nothing is written then. 4 the server "
             "cannot be reached; 74 a file could not be written.",
    .groups = make_groups,
    .positionals = 1,
};

constexpr option_table generate_table{
    .command = "dataset generate",
    .synopsis = "loadgen dataset generate --url URL --to OUT.jsonl [options]",
    .summary =
        "Has a model write prompts, through any server with OpenAI chat completions: by default 18 in 6 "
        "categories. Each is in the file as soon as it is written; the same command goes on where an earlier one "
        "ended, and when all are there it puts them in order and a manifest beside them.",
    .notes = "Exit codes: 0 all prompts are there; 1 some are missing, since the server failed for them: the same "
             "command tries them again; 2 bad usage or input; 4 the server cannot be reached; 74 a file could not be "
             "written.",
    .groups = generate_groups,
};

} // namespace

const option_table& dataset_make_options() noexcept {
  return make_table;
}

const option_table& dataset_generate_options() noexcept {
  return generate_table;
}

} // namespace loadgen::cli
