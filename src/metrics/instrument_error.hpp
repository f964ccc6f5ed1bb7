#pragma once

#include <loadgen/metrics/summary.hpp>

#include <cstddef>
#include <optional>

namespace loadgen::metrics {

// How far a record's clock points may be from the truth, and what that does to the figures made of them; derived in
// docs/measurement.md, "The error bound".

/// What a kernel stamp on the run's clock is wrong by at most, either way: the two clocks are read within 5 us of each
/// other, and the kernel stamps a segment within microseconds of its arrival.
inline constexpr duration stamp_error = std::chrono::microseconds{10};

/// What was read while the receive loop was not behind had not waited longer than this. The loop's own promise.
inline constexpr duration longest_wait = std::chrono::milliseconds{7};

/// One figure with how much smaller and how much larger the truth may be; neither is negative.
struct uncertain {
  double value = 0;
  double below = 0;
  double above = 0;
};

/// How much earlier than stamped the i-th content event may have arrived, `stamp_error` included: where its own
/// arrival is unknown, back to the previous read of its stream.
[[nodiscard]] duration possible_delay(const request_record& record, std::size_t i) noexcept;

/// The figure of one request, in milliseconds, with its error. Unset where the figure is, where the record does not
/// tell, and for the metrics that have no bound: itl, which is not one figure a request, ttfb, ttfe and tokens_per_s.
[[nodiscard]] std::optional<uncertain> figure_with_error(metric which, const request_record& record) noexcept;

/// The bounds of one metric of a level; `reported` are its figures.
[[nodiscard]] instrument_error bound_error(metric which, const recorded_level& level, const distribution& reported);

} // namespace loadgen::metrics
