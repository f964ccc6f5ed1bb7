#pragma once

#include "run_input.hpp"
#include "value_reader.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/engine/run.hpp>
#include <loadgen/search/capacity_search.hpp>

namespace loadgen::cli {

/// Reads --find-max and what belongs to it, and plans the first step. The SLO and the seed must have been read.
void read_search(settings& from, value_reader& read, const load_terms& terms, run_input& input);

/// Says of the options of a search that they have none.
void refuse_search_options(const settings& from, value_reader& read);

/// The level for a step of the search that `input` asks for. Errors: invalid_input where its arrivals cannot be drawn.
[[nodiscard]] result<engine::chosen_level> level_of(const run_input& input, const search::search_step& step);

/// Takes what each level brought to `searching` and its next step to the run. Both must outlive it.
[[nodiscard]] engine::level_chooser chooser_of(const run_input& input, search::capacity_search& searching);

} // namespace loadgen::cli
