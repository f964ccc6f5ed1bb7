#include "metrics/request_counts.hpp"

namespace loadgen::metrics {

void request_counter::count_shortfall(const request_record& record) {
  const auto why = static_cast<std::size_t>(record.why);
  ++counts_.causes[why];
  if (record.why == cause::http_status) ++counts_.http_statuses[record.http_status];
  std::string& first = counts_.first_messages[why];
  if (record.message.empty() || (!first.empty() && record.index >= first_message_index_[why])) return;
  first = record.message;
  first_message_index_[why] = record.index;
}

void request_counter::add(const request_record& record) {
  if (record.warmup) return;
  ++counts_.issued;
  counts_.stale_reconnects += record.stale_reconnects;
  counts_.retries += record.retries;
  switch (record.end) {
  case outcome::completed:
    ++counts_.completed;
    if (record.chunks.empty()) ++counts_.empty;
    return;
  case outcome::failed: ++counts_.failed; break;
  case outcome::cancelled: ++counts_.cancelled; break;
  }
  count_shortfall(record);
}

request_counts request_counter::counts(const level_info& level, const std::optional<level_end>& end) const {
  request_counts counts = counts_;
  counts.planned = level.planned;
  if (end) {
    counts.dropped_cap = end->dropped_cap;
    counts.dropped_conversation = end->dropped_conversation;
    counts.dropped_not_reached = end->dropped_not_reached;
    counts.dropped = counts.dropped_cap + counts.dropped_conversation + counts.dropped_not_reached;
  }
  return counts;
}

} // namespace loadgen::metrics
