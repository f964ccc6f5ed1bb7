#pragma once

#include <loadgen/metrics/summary.hpp>

namespace loadgen::metrics {

/// From which value on a figure of the instrument makes its measurements doubtful, and from which worthless.
struct audit_limit {
  double degraded;
  double client_bound;
};

inline constexpr audit_limit busy_fraction_limit{0.01, 0.05};
inline constexpr audit_limit coalesced_behind_limit{0.002, 0.01};
inline constexpr audit_limit send_lag_p99_limit_ms{1, 5};
inline constexpr double longest_stall_limit_ms = 50; ///< reached, not only passed: degraded

/// Sets the verdict and its reasons, one sentence for each figure beyond its limit, from the other figures of `trust`.
/// Missing worker figures are a reason for doubt of their own.
void judge(audit& trust);

} // namespace loadgen::metrics
