#include "metrics/audit.hpp"
#include "unit/metrics/support.hpp"

namespace loadgen::metrics {
namespace {

audit audit_level(const recorded_level& level) {
  return counted(auditor{sample_keeping::all}, level).trust(level.end);
}

constexpr std::uint8_t coalesced = chunk_stamp::answer | chunk_stamp::coalesced;
constexpr std::uint8_t coalesced_behind = coalesced | chunk_stamp::behind;
constexpr std::uint8_t behind = chunk_stamp::answer | chunk_stamp::behind;
constexpr std::uint8_t user_stamped = chunk_stamp::answer | chunk_stamp::user_stamped;

TEST(audit, coalesced_shares_are_of_the_content_events_of_completed_requests) {
  recorded_level level = level_of({
      completed(0, 0ms, {chunk(20ms, coalesced), chunk(20ms), chunk(30ms, coalesced_behind), chunk(30ms, behind)}),
      completed(1, 0ms, {chunk(20ms), chunk(30ms), chunk(40ms), chunk(50ms)}),
      not_completed(2, 0ms, outcome::failed, cause::truncated),
      completed(0, 0ms, {chunk(20ms, coalesced_behind)}),
  });
  level.requests[2].chunks = {chunk(20ms, coalesced_behind), chunk(20ms)};
  level.requests[3].warmup = true;
  level.end = quiet_end(1s, 2s);
  const audit trust = audit_level(level);
  EXPECT_EQ(trust.coalesced_fraction, 2.0 / 8);
  EXPECT_EQ(trust.coalesced_behind_fraction, 1.0 / 8);
}

TEST(audit, without_content_events_there_are_no_shares) {
  const audit trust = audit_level(level_of({completed(0, 0ms, {})}));
  EXPECT_FALSE(trust.coalesced_fraction);
  EXPECT_FALSE(trust.coalesced_behind_fraction);
  EXPECT_TRUE(trust.kernel_timestamps);
  EXPECT_EQ(trust.receive_lag_ms.count, 0U);
}

TEST(audit, one_content_event_without_a_kernel_stamp_is_told_and_has_no_receive_lag) {
  recorded_level level = level_of({completed(
      0, 0ms, {chunk(20ms, chunk_stamp::answer, 30'000), chunk(30ms, user_stamped, 900'000), chunk(40ms, 0, 50'000)})});
  level.end = quiet_end(1s, 2s);
  const audit trust = audit_level(level);
  EXPECT_FALSE(trust.kernel_timestamps);
  EXPECT_EQ(trust.receive_lag_ms.count, 2U);
  EXPECT_DOUBLE_EQ(*trust.receive_lag_ms.min, 0.03);
  EXPECT_DOUBLE_EQ(*trust.receive_lag_ms.max, 0.05);
  EXPECT_EQ(trust.judgement, verdict::degraded);
}

TEST(audit, send_lag_is_of_every_measured_request_that_was_sent_whatever_became_of_it) {
  recorded_level level = level_of({
      completed(0, 10ms, {chunk(20ms)}),
      not_completed(1, 20ms, outcome::failed, cause::timeout),
      not_completed(2, 30ms, outcome::failed, cause::connect),
      completed(0, 40ms, {chunk(50ms)}),
  });
  level.requests[0].connected = at(8ms);
  level.requests[1].connected = at(16ms);
  level.requests[2].connected = level.requests[2].sent = std::nullopt;
  level.requests[3].warmup = true;
  const audit trust = audit_level(level);
  EXPECT_EQ(trust.send_lag_ms.count, 2U);
  EXPECT_EQ(trust.send_lag_ms.min, 2);
  EXPECT_EQ(trust.send_lag_ms.max, 4);
}

TEST(audit, process_figures_are_shares_of_the_measured_phase_and_of_the_worst_worker) {
  recorded_level level = level_of({completed(0, 0ms, {chunk(20ms)})});
  level.end = quiet_end(4s, 5s);
  level.end->measured_from = at(1s);
  level.end->cpu_time = 6s;
  level.end->workers = {{0, 20ms, 3ms}, {1, 100ms, 1ms}, {2, 0ms, 8ms}};
  level.end->tcp_min_rtt = 42us;
  level.end->tcp_retransmits = 3;
  level.end->longest_flush_gap = 612ms;
  const audit trust = audit_level(level);
  EXPECT_DOUBLE_EQ(*trust.client_cpu_fraction, 1.5);
  EXPECT_DOUBLE_EQ(*trust.busy_fraction, 0.025);
  EXPECT_DOUBLE_EQ(*trust.longest_stall_ms, 8);
  EXPECT_DOUBLE_EQ(*trust.tcp_min_rtt_us, 42);
  EXPECT_EQ(trust.tcp_retransmits, 3U);
  EXPECT_EQ(trust.longest_flush_gap_ms, 612);
  EXPECT_EQ(trust.judgement, verdict::degraded); // for the busy share of 2.5 %
  EXPECT_EQ(trust.reasons.size(), 1U);
}

TEST(audit, a_quiet_level_is_ok) {
  recorded_level level = level_of({completed(0, 0ms, {chunk(20ms)})});
  level.end = quiet_end(1s, 2s);
  const audit trust = audit_level(level);
  EXPECT_EQ(trust.judgement, verdict::ok);
  EXPECT_TRUE(trust.reasons.empty());
}

TEST(audit, a_killed_level_says_that_the_worker_figures_are_missing) {
  const audit trust = audit_level(level_of({completed(0, 0ms, {chunk(20ms)})}));
  EXPECT_FALSE(trust.client_cpu_fraction);
  EXPECT_FALSE(trust.busy_fraction);
  EXPECT_FALSE(trust.longest_stall_ms);
  EXPECT_EQ(trust.judgement, verdict::degraded);
  ASSERT_EQ(trust.reasons.size(), 1U);
  EXPECT_NE(trust.reasons[0].find("worker figures"), std::string::npos);
}

} // namespace
} // namespace loadgen::metrics
