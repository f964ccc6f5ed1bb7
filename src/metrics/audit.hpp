#pragma once

#include "metrics/sample_set.hpp"

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>

namespace loadgen::metrics {

/// Gathers the instrument's own figures for a level from its records, in any order. Coalesced shares, kernel stamps and
/// receive lag are of the content events of measured completed requests; send lag is of every measured request that was
/// sent.
class auditor {
public:
  explicit auditor(sample_keeping keep) : send_lags_(keep), receive_lags_(keep) {}

  void add(const request_record& record);

  /// The figures with the verdict on them; those of the process come from `end`. May reorder the samples that are kept.
  [[nodiscard]] audit trust(const std::optional<level_end>& end);

private:
  struct event_counts {
    std::uint64_t all = 0, coalesced = 0, coalesced_behind = 0, user_stamped = 0;
  };

  void add_event(const chunk_stamp& chunk);

  event_counts events_;
  sample_set send_lags_, receive_lags_;
};

} // namespace loadgen::metrics
