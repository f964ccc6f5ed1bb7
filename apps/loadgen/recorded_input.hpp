#pragma once

#include "run_input.hpp"
#include "value_reader.hpp"

namespace loadgen::cli {

/// Reads the run that is to be sent again into `input`: its bodies, levels, moments and headers, and its servers where
/// no other is given. Refuses options that say what is sent or when. To be called before all else is read.
void read_recorded_run(settings& from, value_reader& read, run_input& input);

/// What is said of the client in `input`, completed by what the recorded requests had: headers, fresh connections.
void complete_client(const settings& from, value_reader& read, run_input& input);

/// Compares what will be sent with what was recorded. Errors: invalid_input where a body differs, of which nothing must
/// be sent.
[[nodiscard]] result<replay_proof> prove_replay(const run_input& input, const workload::plan& plan);

/// The proof for people, in one line.
[[nodiscard]] std::string replay_line(const run_input& input, const replay_proof& proof);

/// The manifest's `replay`; null for a run that is none.
[[nodiscard]] boost::json::value replay_facts(const run_input& input);

} // namespace loadgen::cli
