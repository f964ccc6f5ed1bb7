#include "metrics/audit.hpp"

#include "metrics/distribution.hpp"
#include "metrics/request_figures.hpp"
#include "metrics/verdict.hpp"

#include <algorithm>

namespace loadgen::metrics {

namespace {

struct event_counts {
  std::uint64_t all = 0, coalesced = 0, coalesced_behind = 0, user_stamped = 0;
};

event_counts count_events(const recorded_level& level) noexcept {
  event_counts counts;
  for (const request_record& record : level.requests) {
    if (!is_measured_completion(record)) continue;
    counts.all += record.chunks.size();
    for (const chunk_stamp& chunk : record.chunks) {
      const bool coalesced = chunk.has(chunk_stamp::coalesced);
      counts.coalesced += coalesced;
      counts.coalesced_behind += coalesced && chunk.has(chunk_stamp::behind);
      counts.user_stamped += chunk.has(chunk_stamp::user_stamped);
    }
  }
  return counts;
}

void judge_events(const recorded_level& level, audit& trust) {
  const event_counts events = count_events(level);
  trust.kernel_timestamps = events.user_stamped == 0;
  if (events.all == 0) return;
  const auto all = static_cast<double>(events.all);
  trust.coalesced_fraction = static_cast<double>(events.coalesced) / all;
  trust.coalesced_behind_fraction = static_cast<double>(events.coalesced_behind) / all;
}

distribution send_lags(const recorded_level& level) {
  std::vector<double> lags;
  for (const request_record& record : level.requests) {
    if (record.warmup) continue;
    if (const auto lag = send_lag_ms(record)) lags.push_back(*lag);
  }
  return describe(lags);
}

distribution receive_lags(const recorded_level& level) {
  std::vector<double> lags;
  for (const request_record& record : level.requests) {
    if (!is_measured_completion(record)) continue;
    for (const chunk_stamp& chunk : record.chunks)
      if (!chunk.has(chunk_stamp::user_stamped)) lags.push_back(to_ms(chunk.receive_lag));
  }
  return describe(lags);
}

void take_process_figures(const recorded_level& level, audit& trust) {
  const level_end& end = *level.end;
  if (end.tcp_min_rtt) trust.tcp_min_rtt_us = std::chrono::duration<double, std::micro>{*end.tcp_min_rtt}.count();
  trust.tcp_retransmits = end.tcp_retransmits;
  duration busiest{}, longest_stall{};
  for (const worker_audit& worker : end.workers) {
    busiest = std::max(busiest, worker.busy);
    longest_stall = std::max(longest_stall, worker.longest_stall);
  }
  if (!end.workers.empty()) trust.longest_stall_ms = to_ms(longest_stall);
  const double phase = to_s(end.ended - end.measured_from);
  if (phase <= 0) return;
  trust.client_cpu_fraction = to_s(end.cpu_time) / phase;
  if (!end.workers.empty()) trust.busy_fraction = to_s(busiest) / phase;
}

} // namespace

audit audit_level(const recorded_level& level) {
  audit trust;
  judge_events(level, trust);
  trust.send_lag_ms = send_lags(level);
  trust.receive_lag_ms = receive_lags(level);
  if (level.end) take_process_figures(level, trust);
  judge(trust);
  return trust;
}

} // namespace loadgen::metrics
