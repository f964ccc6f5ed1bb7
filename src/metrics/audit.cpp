#include "metrics/audit.hpp"

#include "metrics/request_figures.hpp"
#include "metrics/verdict.hpp"

#include <algorithm>

namespace loadgen::metrics {

namespace {

void take_process_figures(const level_end& end, audit& trust) {
  if (end.tcp_min_rtt) trust.tcp_min_rtt_us = std::chrono::duration<double, std::micro>{*end.tcp_min_rtt}.count();
  trust.tcp_retransmits = end.tcp_retransmits;
  if (end.longest_flush_gap) trust.longest_flush_gap_ms = to_ms(*end.longest_flush_gap);
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

void auditor::add_event(const chunk_stamp& chunk) {
  const bool coalesced = chunk.has(chunk_stamp::coalesced);
  const bool user_stamped = chunk.has(chunk_stamp::user_stamped);
  ++events_.all;
  events_.coalesced += coalesced;
  events_.coalesced_behind += coalesced && chunk.has(chunk_stamp::behind);
  events_.user_stamped += user_stamped;
  if (!user_stamped) receive_lags_.add(to_ms(chunk.receive_lag));
}

void auditor::add(const request_record& record) {
  if (record.warmup) return;
  if (const auto lag = send_lag_ms(record)) send_lags_.add(*lag);
  if (!is_measured_completion(record)) return;
  for (const chunk_stamp& chunk : record.chunks) add_event(chunk);
}

audit auditor::trust(const std::optional<level_end>& end) {
  audit trust;
  trust.kernel_timestamps = events_.user_stamped == 0;
  if (events_.all > 0) {
    const auto all = static_cast<double>(events_.all);
    trust.coalesced_fraction = static_cast<double>(events_.coalesced) / all;
    trust.coalesced_behind_fraction = static_cast<double>(events_.coalesced_behind) / all;
  }
  trust.send_lag_ms = send_lags_.describe();
  trust.receive_lag_ms = receive_lags_.describe();
  if (end) take_process_figures(*end, trust);
  judge(trust);
  return trust;
}

} // namespace loadgen::metrics
