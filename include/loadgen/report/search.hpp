#pragma once

#include <loadgen/report/report.hpp>
#include <loadgen/search/capacity_search.hpp>
#include <loadgen/search/knee.hpp>

#include <optional>
#include <string>

namespace loadgen::report {

/// A search, from its records.
struct analyzed_search {
  search::search_settings settings; ///< as the manifest has them (`search`)
  metrics::slo asked;               ///< what a load had to meet
  search::search_result found;      ///< its notes with those that the records give
};

/// Repeats the search of a run: what its levels, those that ran to their end, led to. Nothing where the run was no
/// search, and where its records were not kept (`--bounded`): the evidence needs each request.
[[nodiscard]] std::optional<analyzed_search> search_of(const analyzed_run& run);

/// The figures of the levels at the load that a search found to be the highest that holds; without any where it found
/// none. Their records are left out. Nothing where the run was no search.
[[nodiscard]] std::optional<analyzed_run> levels_of_answer(const analyzed_run& run);

/// Where a sweep saturates.
struct sweep_knee {
  search::load_kind kind = search::load_kind::concurrency; ///< what the sweep varied
  std::string metric; ///< the key of `throughput` that was looked at: "output_tokens_per_s" or "requests_per_s"
  search::knee found; ///< the knee, or why there is none
};

/// The knee of a sweep, of each load the mean over its trials that ran to their end. Nothing for a search, and below
/// search::fewest_loads_for_a_knee loads.
[[nodiscard]] std::optional<sweep_knee> knee_of(const analyzed_run& run);

} // namespace loadgen::report
