#pragma once

#include "run_input.hpp"
#include "value_reader.hpp"

namespace loadgen::cli {

/// Reads what else bodies may have: stop, min_tokens, seed, models and adapters by weight. The model's name and
/// --max-tokens must have been read.
void read_further_content(settings& from, value_reader& read, run_input& input);

} // namespace loadgen::cli
