#pragma once

#include "run_input.hpp"
#include "settings.hpp"
#include "value_reader.hpp"

namespace loadgen::cli {

/// Makes each level of `--grid` as many as it has cells: each load with each prompt length and each output budget, all
/// its trials. Without the option nothing happens.
void read_grid(const settings& from, value_reader& read, run_input& input);

/// The value of --calibrate.
[[nodiscard]] engine::calibration_mode read_calibration_mode(const settings& from);

/// What `synthetic:SPEC` asks for. Errors: invalid_input, io for a trace that cannot be read.
[[nodiscard]] result<workload::synthetic_spec> read_synthetic(std::string_view spec, const run_input& input);

/// Finds out how the server counts tokens and makes the prompts of `input`, where they are synthetic: `prompts` and
/// `tokens` are set then. What was found is kept in the user's cache for the next run. Errors: of the server's, and
/// invalid_input for lengths that cannot be made.
[[nodiscard]] result<void> make_synthetic_prompts(run_input& input, const environment& variables);

/// What the manifest keeps of how tokens were counted; null where prompts are not synthetic.
[[nodiscard]] boost::json::value token_facts(const run_input& input);

} // namespace loadgen::cli
