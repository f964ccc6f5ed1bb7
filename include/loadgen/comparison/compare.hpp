#pragma once

#include <loadgen/comparison/change.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace loadgen::comparison {

/// What is asked of a comparison.
struct settings {
  double threshold = 0.01;  ///< smallest relative change that matters in practice, at least 0
  double confidence = 0.95; ///< of the intervals, above 0 and below 1
};

/// How the requests of the two sides belong together.
enum class pairing : std::uint8_t {
  none,        ///< different workloads
  requests,    ///< two runs of one workload: requests at the same place in the plan are the same
  interleaved, ///< two targets that took turns within one run: the same, and trials belong together too
};

/// One trial of a level on one side. Both point into a run that outlives it.
struct trial {
  const metrics::recorded_level* records; ///< empty where the run was read without its records
  const metrics::level_summary* figures;  ///< of those records
};

/// Compares one level of two sides, each with at least one trial: over trials where both have several, else the first
/// trials with each other. One change for each figure, in the order of all_figures(); adjusted_p is left unset. Pure.
[[nodiscard]] std::vector<change> compare_level(std::span<const trial> a, std::span<const trial> b, pairing how,
                                                const settings& asked);

/// Whether compare_level() takes trials, not batches of requests, for its observations.
[[nodiscard]] bool compares_trials(std::span<const trial> a, std::span<const trial> b) noexcept;

/// The names of all figures that are compared: mean and percentiles of each metric, and the rates.
[[nodiscard]] const std::vector<std::string>& all_figures();

/// Sets adjusted_p of those that have a p (Holm's step-down). `changes`: the family that is corrected together.
void adjust_for_many(std::span<change* const> changes);

} // namespace loadgen::comparison
