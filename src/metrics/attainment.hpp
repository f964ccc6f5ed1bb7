#pragma once

#include <loadgen/metrics/record.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/slo.hpp>

namespace loadgen::metrics {

/// Whether the request completed, with content, and misses no limit. A figure that it does not have, as a one-token
/// answer has neither tpot nor gaps, misses none.
[[nodiscard]] bool meets(const request_record& record, const slo& asked);

/// Judges the measured requests of a level, in any order. Failed and empty ones miss every objective. Of one that the
/// client cut off only a miss can be known: a first chunk that came too late, or had not come, or no end, within the
/// limit.
class attainment_counter {
public:
  explicit attainment_counter(const slo& asked);

  void add(const request_record& record);

  [[nodiscard]] const slo_attainment& attained() const noexcept { return attained_; }

private:
  slo_attainment attained_;
};

} // namespace loadgen::metrics
