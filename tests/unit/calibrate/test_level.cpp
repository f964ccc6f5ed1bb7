#include "unit/calibrate/answers.hpp"

#include <gtest/gtest.h>

namespace loadgen::calibrate {
namespace {

using namespace std::chrono_literals;
using namespace samples;

TEST(offered_load, writes_its_tokens_in_the_time_of_its_answers) {
  EXPECT_EQ(small_load().answer_time(), 40ms);
  EXPECT_DOUBLE_EQ(small_load().tokens_per_s(), 150); // 2 streams, 3 tokens each in 40 ms
}

TEST(level_reading, holds_what_was_reported_against_the_truth) {
  const level_reading level = read_level(small_load(), reported_with(0.3), punctual_truth());
  EXPECT_TRUE(level.complete);
  EXPECT_FALSE(level.server_late);
  EXPECT_EQ(level.tokens_per_s, 98);
  EXPECT_EQ(level.coalesced_fraction, 0.25);
  EXPECT_EQ(level.cpu_fraction, 0.5);
  EXPECT_TRUE(level.kernel_stamps);
  for (const figure which : {figure::ttft_p50, figure::ttft_p99}) {
    EXPECT_DOUBLE_EQ(level.of(which).reported_ms, 20.3);
    EXPECT_DOUBLE_EQ(level.of(which).true_ms, 20);
  }
  EXPECT_DOUBLE_EQ(level.of(figure::itl_p50).true_ms, 10);
  for (const figure_reading& one : level.figures) EXPECT_NEAR(one.error_ms, 0.3, 1e-9);
  EXPECT_NEAR(level.worst_error_ms(), 0.3, 1e-9);
}

TEST(level_reading, counts_errors_to_either_side) {
  const level_reading level = read_level(small_load(), reported_with(-0.3), punctual_truth());
  EXPECT_NEAR(level.of(figure::itl_p99).error_ms, -0.3, 1e-9);
  EXPECT_NEAR(level.worst_error_ms(), 0.3, 1e-9);
}

TEST(level_reading, does_not_count_what_the_server_does_not_know_itself) {
  auto truth = punctual_truth();
  for (serve::truth_record& record : truth) record.slow_sends = {{0, 200us}, {1, 200us}, {2, 200us}};
  const level_reading level = read_level(small_load(), reported_with(0.3), truth);
  for (const figure_reading& one : level.figures) EXPECT_NEAR(one.error_ms, 0.1, 1e-9);
  EXPECT_DOUBLE_EQ(level.of(figure::ttft_p99).true_ms, 20);
}

TEST(level_reading, is_not_complete_where_client_or_server_has_not_all_requests) {
  metrics::level_summary failing = reported_with(0);
  failing.requests.completed = 3;
  EXPECT_FALSE(read_level(small_load(), failing, punctual_truth()).complete);

  metrics::level_summary one_gap_short = reported_with(0);
  --one_gap_short.metrics[static_cast<std::size_t>(metrics::metric::itl)].count;
  EXPECT_FALSE(read_level(small_load(), one_gap_short, punctual_truth()).complete);

  auto aborted = punctual_truth();
  aborted.back().done = false;
  EXPECT_FALSE(read_level(small_load(), reported_with(0), aborted).complete);

  auto one_more = punctual_truth();
  one_more.push_back(one_more.back());
  EXPECT_FALSE(read_level(small_load(), reported_with(0), one_more).complete);
}

TEST(level_reading, without_anything_measured_has_no_figures) {
  const level_reading level = read_level(small_load(), {}, {});
  EXPECT_FALSE(level.complete);
  EXPECT_EQ(level.worst_error_ms(), 0);
  EXPECT_FALSE(level.holds(1));
}

TEST(level_reading, knows_a_server_of_which_half_the_answers_were_late) {
  auto truth = punctual_truth();
  truth[0] = answered(0s, 20ms, {10ms, 15ms}); // 45 ms instead of 40
  truth[1] = answered(0s, 20ms, {10ms, 15ms});
  EXPECT_FALSE(read_level(small_load(), reported_with(0), truth).server_late); // the median is between 40 and 45
  truth[2] = answered(0s, 20ms, {10ms, 15ms});
  EXPECT_TRUE(read_level(small_load(), reported_with(0), truth).server_late);
}

TEST(level_reading, holds_an_error_when_it_is_complete_and_the_client_was_not_behind) {
  level_reading level = measured(0.5);
  EXPECT_TRUE(level.holds(0.5));
  EXPECT_FALSE(level.holds(0.49));
  level.verdict = metrics::verdict::degraded;
  EXPECT_TRUE(level.holds(0.5));
  level.verdict = metrics::verdict::client_bound;
  EXPECT_FALSE(level.holds(0.5));
  level.verdict = metrics::verdict::ok;
  level.complete = false;
  EXPECT_FALSE(level.holds(0.5));
}

} // namespace
} // namespace loadgen::calibrate
