#pragma once

#include "comparison/ratio.hpp"

#include <span>

namespace loadgen::comparison {

/// From the figures of several trials a side, at least two each and all above zero: Welch's test on their logarithms.
[[nodiscard]] finding find_over_trials(std::span<const double> a, std::span<const double> b, double confidence);

/// The same where trial i of one side ran together with trial i of the other, as many of both: Student's paired test.
[[nodiscard]] finding find_over_paired_trials(std::span<const double> a, std::span<const double> b, double confidence);

[[nodiscard]] double geometric_mean(std::span<const double> figures);

} // namespace loadgen::comparison
