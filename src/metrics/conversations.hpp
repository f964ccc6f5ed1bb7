#pragma once

#include "metrics/sample_set.hpp"

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/metrics/summary.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>

namespace loadgen::metrics {

/// Counts the measured conversations of a level, and describes their turns. Records in any order, each conversation's
/// in that of its turns. Memory: of the conversations, those that have not ended.
class conversation_counter {
public:
  explicit conversation_counter(sample_keeping keep) : keep_(keep), durations_(keep) {}

  void add(const request_record& record);

  /// To be called once, behind the last record. Unset where none was of a conversation.
  [[nodiscard]] std::optional<conversation_summary> summary(const level_info& level);

private:
  struct turn_samples {
    explicit turn_samples(sample_keeping keep) : ttft(keep), tpot(keep), e2e(keep), input(keep), output(keep) {}

    turn_summary counts;
    sample_set ttft, tpot, e2e, input, output;
    std::uint64_t input_told = 0, cached_told = 0; // tokens, of the requests that told both
    bool any_cached = false;
  };

  void follow(const request_record& record);
  void add_figures(turn_samples& of, const request_record& record);

  sample_keeping keep_;
  conversation_summary counts_;
  sample_set durations_;
  std::map<std::uint32_t, turn_samples> turns_;
  std::unordered_map<std::uint64_t, std::optional<instant>> under_way_; // when each was sent first
};

} // namespace loadgen::metrics
