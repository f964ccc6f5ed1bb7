#pragma once

#include "run_input.hpp"
#include "value_reader.hpp"

namespace loadgen::cli {

/// Reads the options that say how much is sent and when: levels, rates, counts, times, warm-up and workers.
void read_load(settings& from, value_reader& read, run_input& input);

} // namespace loadgen::cli
