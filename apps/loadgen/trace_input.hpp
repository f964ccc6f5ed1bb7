#pragma once

#include "run_input.hpp"
#include "value_reader.hpp"

#include <loadgen/workload/trace.hpp>

namespace loadgen::cli {

/// Reads the trace that is to be sent again and the part of it, and notes it in `input`. After an error, which `read`
/// keeps, there is nothing to send.
[[nodiscard]] workload::replay read_replay(const settings& from, value_reader& read, run_input& input);

} // namespace loadgen::cli
