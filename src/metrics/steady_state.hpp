#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace loadgen::metrics {

/// Where a series settles.
struct settling {
  bool reached = false;       ///< false: what is left without the transients still rises or falls
  std::size_t transients = 0; ///< samples to leave out at its beginning; 0 where it was settled from the start
};

/// By MSER-5: the beginning whose removal makes the mean of the rest most certain, in batches of five samples. It
/// counts as a transient only where its samples lie higher or lower than the rest by more than chance. `series` is in
/// the order of time, without NaN. Unset below 100 samples. O(n log n).
[[nodiscard]] std::optional<settling> find_settling(std::span<const double> series);

} // namespace loadgen::metrics
