#include "metrics/request_counts.hpp"

namespace loadgen::metrics {

namespace {

void count_shortfall(const request_record& record, request_counts& counts) {
  const auto why = static_cast<std::size_t>(record.why);
  ++counts.causes[why];
  if (record.why == cause::http_status) ++counts.http_statuses[record.http_status];
  if (counts.first_messages[why].empty()) counts.first_messages[why] = record.message;
}

void count_request(const request_record& record, request_counts& counts) {
  ++counts.issued;
  counts.stale_reconnects += record.stale_reconnects;
  counts.retries += record.retries;
  switch (record.end) {
  case outcome::completed:
    ++counts.completed;
    if (record.chunks.empty()) ++counts.empty;
    return;
  case outcome::failed: ++counts.failed; break;
  case outcome::cancelled: ++counts.cancelled; break;
  }
  count_shortfall(record, counts);
}

} // namespace

request_counts count_requests(const recorded_level& level) {
  request_counts counts;
  counts.planned = level.info.planned;
  for (const request_record& record : level.requests)
    if (!record.warmup) count_request(record, counts);
  if (level.end) {
    counts.dropped_cap = level.end->dropped_cap;
    counts.dropped_not_reached = level.end->dropped_not_reached;
    counts.dropped = counts.dropped_cap + counts.dropped_not_reached;
  }
  return counts;
}

} // namespace loadgen::metrics
