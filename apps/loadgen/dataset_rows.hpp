#pragma once

#include "options.hpp"

#include <array>

namespace loadgen::cli {

/// How a dataset is read, and what is taken of it: the same for all that reads one.
inline constexpr std::array dataset_rows{
    option_row{.name = "dataset-format",
               .placeholder = "auto|text|json|jsonl|csv|sharegpt|openai-batch|mooncake|parquet",
               .help = "form of the dataset's file",
               .fallback = "auto",
               .shape = value_shape::choice},
    option_row{.name = "dataset-turns",
               .placeholder = "first|all",
               .help =
                   "of ShareGPT conversations: what the human says first, as a request of its own, or all of it, as "
                   "turns of a conversation",
               .fallback = "first",
               .shape = value_shape::choice},
    option_row{.name = "dataset-map",
               .placeholder = "PART=FIELD[,...]",
               .help = "which column or member holds prompt, messages, max_tokens, category or id, such as "
                       "prompt=question,category=meta.topic",
               .shape = value_shape::list},
    option_row{.name = "dataset-filter",
               .placeholder = "'FIELD=A|B'",
               .help = "take only entries whose field is A or B, or with != is neither; given again: all must hold",
               .shape = value_shape::repeated},
    option_row{.name = "dataset-min-chars",
               .placeholder = "N",
               .help = "take only entries of at least so many characters",
               .shape = value_shape::number},
    option_row{.name = "dataset-max-chars",
               .placeholder = "N",
               .help = "take only entries of at most so many characters",
               .shape = value_shape::number},
    option_row{
        .name = "dataset-limit", .placeholder = "N", .help = "of those take the first N", .shape = value_shape::number},
    option_row{.name = "dataset-sample",
               .placeholder = "N",
               .help = "of those take N, drawn by the seed, in file order",
               .shape = value_shape::number},
    option_row{.name = "dataset-shuffle",
               .help = "in an order drawn by the seed instead of file order",
               .fallback = "false",
               .shape = value_shape::toggle},
};

} // namespace loadgen::cli
