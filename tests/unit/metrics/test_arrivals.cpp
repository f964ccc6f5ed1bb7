#include "metrics/arrivals.hpp"
#include "unit/metrics/support.hpp"

#include <cmath>
#include <vector>

namespace loadgen::metrics {
namespace {

recorded_level sent_late(const std::vector<duration>& planned, const std::vector<duration>& late) {
  recorded_level level;
  for (std::size_t i = 0; i < planned.size(); ++i) {
    request_record record = completed(i, planned[i] + late[i], {});
    record.planned = at(planned[i]);
    level.requests.push_back(record);
  }
  return level;
}

recorded_level sent_on_time(const std::vector<duration>& planned) {
  return sent_late(planned, std::vector<duration>(planned.size()));
}

TEST(arrivals, equal_gaps_have_a_rate_and_no_variation) {
  const auto found = compare_arrivals(sent_on_time({1s, 1250ms, 1500ms, 1750ms}));
  ASSERT_TRUE(found);
  EXPECT_DOUBLE_EQ(found->planned.rate, 4);
  EXPECT_NEAR(found->planned.cv, 0, 1e-12);
  EXPECT_DOUBLE_EQ(found->achieved.rate, 4);
}

TEST(arrivals, lateness_shows_in_what_was_achieved_alone) {
  // Sent at 0, 1.5 and 4 s: gaps of 1.5 and 2.5 s, 0.5 s away from their mean.
  const auto found = compare_arrivals(sent_late({0s, 1s, 2s}, {0s, 500ms, 2s}));
  EXPECT_DOUBLE_EQ(found->planned.rate, 1);
  EXPECT_DOUBLE_EQ(found->planned.cv, 0);
  EXPECT_DOUBLE_EQ(found->achieved.rate, 0.5);
  EXPECT_DOUBLE_EQ(found->achieved.cv, 0.25);
}

TEST(arrivals, bursts_vary_by_how_many_come_at_once) {
  // Gaps of 0, 0, 3, 0, 0 s: mean 0.6, variance (4 * 0.36 + 5.76) / 5 = 1.44.
  const auto found = compare_arrivals(sent_on_time({0s, 0s, 0s, 3s, 3s, 3s}));
  EXPECT_DOUBLE_EQ(found->planned.rate, 5.0 / 3);
  EXPECT_DOUBLE_EQ(found->planned.cv, 2);
}

TEST(arrivals, requests_that_overtook_one_another_are_put_in_order) {
  const auto found = compare_arrivals(sent_late({0s, 1s, 2s}, {3s, 0s, 0s})); // sent at 3, 1 and 2 s
  EXPECT_DOUBLE_EQ(found->achieved.rate, 1);
  EXPECT_DOUBLE_EQ(found->achieved.cv, 0);
}

TEST(arrivals, warmup_requests_and_those_never_sent_are_left_out) {
  recorded_level level = sent_on_time({0s, 1s, 2s, 7s, 9s});
  level.requests[3].warmup = true;
  level.requests[4].sent = std::nullopt;
  EXPECT_DOUBLE_EQ(compare_arrivals(level)->planned.rate, 1);
}

TEST(arrivals, a_closed_loop_too_few_requests_and_a_single_moment_have_none) {
  recorded_level closed = sent_on_time({0s, 1s, 2s});
  for (request_record& record : closed.requests) record.planned = std::nullopt;
  EXPECT_FALSE(compare_arrivals(closed));
  EXPECT_FALSE(compare_arrivals(sent_on_time({0s, 1s})));
  EXPECT_FALSE(compare_arrivals(sent_on_time({})));
  EXPECT_FALSE(compare_arrivals(sent_on_time({1s, 1s, 1s})));
}

} // namespace
} // namespace loadgen::metrics
