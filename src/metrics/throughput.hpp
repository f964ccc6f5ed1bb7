#pragma once

#include "metrics/window.hpp"

#include <loadgen/metrics/summary.hpp>

namespace loadgen::metrics {

/// Token sums over the completed requests that ended in `in`; source and tokens per chunk over all completed ones.
[[nodiscard]] token_totals total_tokens(const recorded_level& level, const window& in);

/// Rates over `in`; unset where it has no length. In count mode over the completed requests; in duration mode over the
/// requests that completed inside the window and the tokens that arrived inside it, those of requests that completed
/// later or were cancelled by the drain limit included. total_tokens_per_s only where each request counted told its
/// input. goodput_per_s: the requests of requests_per_s that meet `asked`, unset where it asks for nothing.
[[nodiscard]] throughput measure_throughput(const recorded_level& level, const window& in, const slo& asked = {});

} // namespace loadgen::metrics
