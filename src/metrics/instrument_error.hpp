#pragma once

#include "metrics/sample_set.hpp"

#include <loadgen/metrics/summary.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

namespace loadgen::metrics {

// How far a record's clock points may be from the truth, and what that does to the figures made of them; derived in
// docs/measurement.md, "The error bound".

/// What a kernel stamp on the run's clock is wrong by at most, either way: the two clocks are read within 5 us of each
/// other, and the kernel stamps a segment within microseconds of its arrival.
inline constexpr duration stamp_error = std::chrono::microseconds{10};

/// What was read while the receive loop was not behind had not waited longer than this. The loop's own promise.
inline constexpr duration longest_wait = std::chrono::milliseconds{7};

/// A figure in milliseconds, with how much smaller and how much larger the truth may be beyond the common error of its
/// metric's stamps; neither is negative.
struct uncertain {
  double value = 0;
  double below = 0;
  double above = 0;
};

/// How much earlier than stamped the i-th content event may have arrived, the error of its stamp aside: where its own
/// arrival is unknown, back to the previous read of its stream, else not at all.
[[nodiscard]] duration possible_delay(const request_record& record, std::size_t i) noexcept;

/// The figure of one request with its error. Unset where the figure is, where the record does not tell, and for the
/// metrics that have no bound or are not one figure a request: itl, ttfb, ttfe and tokens_per_s.
[[nodiscard]] std::optional<uncertain> figure_with_error(metric which, const request_record& record) noexcept;

/// Encloses the percentiles of a level: a percentile never falls when a sample grows, so those of all lower and of all
/// upper ends of the samples enclose the true one.
class error_meter {
public:
  explicit error_meter(sample_keeping keep) : keep_(keep) {}

  /// To be called before the record's own samples are added to `reported`, the samples by metric.
  void add(const request_record& record, const std::vector<sample_set>& reported);

  /// To be called once, behind the last record, with what was reported.
  [[nodiscard]] std::array<instrument_error, metric_count>
  bounds(const std::array<distribution, metric_count>& reported);

private:
  /// The two ends of one metric's samples; none as long as all samples have no error but that of their stamps.
  struct ends {
    std::optional<sample_set> lower, upper;
    bool untold = false; ///< some record does not tell its error

    void begin(sample_set so_far);
    void add(const uncertain& sample);
  };

  void add_gaps(const request_record& record, const sample_set& reported);

  sample_keeping keep_;
  std::array<ends, metric_count> ends_;
};

} // namespace loadgen::metrics
