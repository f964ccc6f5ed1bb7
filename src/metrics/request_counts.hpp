#pragma once

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>

namespace loadgen::metrics {

/// Counts how many measured requests of a level ended as what, and why; records in any order.
class request_counter {
public:
  void add(const request_record& record);

  /// Of a killed run only the requests that had ended are on record: issued + dropped then falls short of planned.
  [[nodiscard]] request_counts counts(const level_info& level, const std::optional<level_end>& end) const;

private:
  void count_shortfall(const request_record& record);

  request_counts counts_;
  std::array<std::uint64_t, cause_count> first_message_index_{}; ///< of the requests that gave first_messages
};

} // namespace loadgen::metrics
