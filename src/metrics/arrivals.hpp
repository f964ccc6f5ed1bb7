#pragma once

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/statistics.hpp>

#include <optional>

namespace loadgen::metrics {

/// How the measured requests of an open loop, of conversations the first ones, went out against how they were to. Unset
/// where one that was sent has no planned moment, where fewer than three were sent, and where all were due, or sent, at
/// one moment.
[[nodiscard]] std::optional<arrival_comparison> compare_arrivals(const recorded_level& level);

} // namespace loadgen::metrics
