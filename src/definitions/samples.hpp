#pragma once

#include "definitions/observed_request.hpp"

#include <loadgen/definitions/figures.hpp>

#include <array>
#include <optional>
#include <vector>

namespace loadgen::definitions {

/// Samples of one latency in milliseconds, each with its weight.
struct weighted_samples {
  std::vector<double> values;
  std::vector<double> weights; ///< one for each value, or empty where all weigh the same
};

/// Samples of all latencies.
using latency_samples = std::array<weighted_samples, all_latencies.size()>;

// The figures of one request in milliseconds; unset where the rules give it none.
[[nodiscard]] std::optional<double> ttft_ms(const observed_request& request, const rules& by) noexcept;
[[nodiscard]] std::optional<double> tpot_ms(const observed_request& request, const rules& by) noexcept;
[[nodiscard]] double e2e_ms(const observed_request& request) noexcept;
/// Of itl_rules with one sample a request that sample; else the mean of its samples.
[[nodiscard]] std::optional<double> mean_itl_ms(const observed_request& request, const rules& by) noexcept;

/// Adds the request's samples.
void add_samples(const observed_request& request, const rules& by, latency_samples& to);

/// Summarizes samples by the rules. Reorders the samples.
[[nodiscard]] statistics summarize(weighted_samples& samples, const rules& by);

} // namespace loadgen::definitions
