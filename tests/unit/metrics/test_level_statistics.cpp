#include "unit/metrics/support.hpp"

#include <loadgen/metrics/summary.hpp>

namespace loadgen::metrics {
namespace {

/// `requests` one after the other, one a second: TTFT 100 to 104 ms, or `slow` for the first `slow_ones`, and then gaps
/// of 10, 11, ... 14 ms in turn.
recorded_level paced(std::size_t requests, std::size_t slow_ones = 0, duration slow = 100ms) {
  std::vector<request_record> records;
  for (std::size_t i = 0; i < requests; ++i) {
    const duration sent = 1s * static_cast<std::int64_t>(i);
    const duration first = sent + (i < slow_ones ? slow : 100ms) + 1ms * static_cast<std::int64_t>(i * 3 % 5);
    records.push_back(completed(i, sent, {chunk(first), chunk(first + 10ms + 1ms * static_cast<std::int64_t>(i % 5))}));
  }
  return level_of(std::move(records));
}

TEST(level_statistics, each_metric_that_has_samples_has_intervals) {
  const level_summary summary = summarize(paced(200));
  for (const metric which : {metric::ttft, metric::ttfo, metric::ttfb, metric::itl, metric::e2e, metric::tpot}) {
    const auto& found = summary.of(which);
    ASSERT_TRUE(found.ci95.p50) << name(which);
    EXPECT_LE(found.ci95.p50->low, *found.p50) << name(which);
    EXPECT_GE(found.ci95.p50->high, *found.p50) << name(which);
  }
  EXPECT_FALSE(summary.of(metric::ttft_planned).ci95.p50);
}

TEST(level_statistics, samples_are_taken_in_the_order_they_were_sent) {
  recorded_level level = paced(400, 200, 300ms); // so alike are neighbours that nothing can be told of the median
  EXPECT_FALSE(summarize(level).of(metric::ttft).ci95.p50);
  for (std::size_t i = 0; i < 400; ++i) { // the same requests, the slow ones sent in turn with the others
    const duration later =
        2s * static_cast<std::int64_t>(i % 200) + (i < 200 ? 0s : 1s) - 1s * static_cast<std::int64_t>(i);
    request_record& record = level.requests[i];
    record.sent = *record.sent + later;
    for (chunk_stamp& each : record.chunks) each.arrival += later;
  }
  EXPECT_TRUE(summarize(level).of(metric::ttft).ci95.p50);
}

TEST(level_statistics, a_cold_start_asks_for_a_longer_warmup) {
  const level_summary summary = summarize(paced(200, 30, 900ms));
  ASSERT_EQ(summary.steadiness.size(), 3U);
  const steady_state& ttft = summary.steadiness[0];
  EXPECT_EQ(ttft.which, metric::ttft);
  EXPECT_TRUE(ttft.reached);
  EXPECT_EQ(ttft.warmup_requests, 30U);
  EXPECT_DOUBLE_EQ(*ttft.warmup_s, 30);
  EXPECT_DOUBLE_EQ(*ttft.p50, 102);
  EXPECT_DOUBLE_EQ(*ttft.p99, 104);
  EXPECT_EQ(summary.steadiness[1].which, metric::itl);
  EXPECT_EQ(summary.steadiness[1].warmup_requests, 0U);
  EXPECT_EQ(summary.steadiness[1].p50, std::nullopt);
  EXPECT_EQ(summary.steadiness[2].which, metric::e2e);
  EXPECT_EQ(summary.steadiness[2].warmup_requests, 30U);
}

TEST(level_statistics, requests_without_the_figure_count_for_the_warmup_all_the_same) {
  recorded_level level = paced(200, 30, 900ms);
  for (std::size_t i = 0; i < 30; ++i) // slow gaps as well, but every second of these requests has none
    if (i % 2 == 0)
      level.requests[i].chunks.pop_back();
    else
      level.requests[i].chunks.back().arrival += 500ms;
  const level_summary summary = summarize(level);
  EXPECT_EQ(summary.steadiness[1].warmup_requests, 30U);
}

TEST(level_statistics, a_metric_that_grows_throughout_reaches_no_steady_state) {
  recorded_level level = paced(200);
  for (std::size_t i = 0; i < 200; ++i)
    for (chunk_stamp& each : level.requests[i].chunks) each.arrival += 1ms * static_cast<std::int64_t>(i);
  const steady_state ttft = summarize(level).steadiness.front();
  EXPECT_FALSE(ttft.reached);
  EXPECT_FALSE(ttft.warmup_requests);
  EXPECT_NEAR(*ttft.p50, 102 + 149.5, 2); // of the second half
}

TEST(level_statistics, a_short_level_tells_nothing) {
  const level_summary summary = summarize(paced(39));
  EXPECT_FALSE(summary.of(metric::ttft).ci95.p50);
  EXPECT_TRUE(summary.steadiness.empty());
  EXPECT_FALSE(summary.queue);
}

} // namespace
} // namespace loadgen::metrics
