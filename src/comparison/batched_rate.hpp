#pragma once

#include "comparison/figures.hpp"
#include "metrics/batch_means.hpp"

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/slo.hpp>

#include <optional>

namespace loadgen::comparison {

/// What a rate counts, over equal slices of the level's window, each slice's excess as a share of the whole count. A
/// request counts in each slice by the part of its time that lies there, and a token where it arrived: counted at their
/// ends, requests that began together would make waves of a steady rate. Of completed requests; unset where nothing
/// was counted.
[[nodiscard]] std::optional<metrics::batch_excesses> rate_excesses(counted what, const metrics::recorded_level& level,
                                                                   const metrics::slo& asked);

} // namespace loadgen::comparison
