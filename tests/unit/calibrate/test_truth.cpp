#include "unit/calibrate/answers.hpp"

#include <loadgen/calibrate/truth.hpp>

#include <gtest/gtest.h>

namespace loadgen::calibrate {
namespace {

using namespace std::chrono_literals;
using samples::answered;

TEST(true_span, an_error_is_the_distance_to_the_nearer_end) {
  constexpr true_span span{2, 3};
  EXPECT_DOUBLE_EQ(span.error_of(1.5), -0.5);
  EXPECT_DOUBLE_EQ(span.error_of(2), 0);
  EXPECT_DOUBLE_EQ(span.error_of(2.9), 0);
  EXPECT_DOUBLE_EQ(span.error_of(3.25), 0.25);
}

TEST(true_latencies, of_quick_sends_are_the_times_of_the_truth_file) {
  const std::vector truth{answered(1s, 20ms, {10ms, 12ms}), answered(2s, 22ms, {})};
  true_latencies latencies = true_latencies_of(truth, 0ns);
  EXPECT_EQ(latencies.ttft.count(), 2U);
  EXPECT_EQ(latencies.itl.count(), 2U);
  const true_span ttft = latencies.ttft.percentile(0.5), itl = latencies.itl.percentile(1);
  EXPECT_DOUBLE_EQ(ttft.least, 21);
  EXPECT_DOUBLE_EQ(ttft.most, 21);
  EXPECT_DOUBLE_EQ(itl.least, 12);
  EXPECT_DOUBLE_EQ(itl.most, 12);
}

// The second chunk left up to 4 ms later than its stamp: the gap before it may be longer, the one behind it shorter.
TEST(true_latencies, of_a_slow_send_have_room_on_both_sides_of_it) {
  serve::truth_record record = answered(1s, 20ms, {10ms, 3ms});
  record.slow_sends = {{1, 4ms}};
  true_latencies latencies = true_latencies_of(std::vector{record}, 0ns);
  const true_span first_gap = latencies.itl.percentile(1), second_gap = latencies.itl.percentile(0);
  EXPECT_DOUBLE_EQ(first_gap.least, 10);
  EXPECT_DOUBLE_EQ(first_gap.most, 14);
  EXPECT_DOUBLE_EQ(second_gap.least, 0); // never negative
  EXPECT_DOUBLE_EQ(second_gap.most, 3);
  EXPECT_DOUBLE_EQ(latencies.ttft.percentile(0.5).most, 20);
}

TEST(true_latencies, give_every_unlisted_send_the_ordinary_time) {
  true_latencies latencies = true_latencies_of(std::vector{answered(1s, 20ms, {10ms})}, 50us);
  EXPECT_DOUBLE_EQ(latencies.ttft.percentile(0.5).most, 20.05);
  const true_span gap = latencies.itl.percentile(0.5);
  EXPECT_DOUBLE_EQ(gap.least, 9.95);
  EXPECT_DOUBLE_EQ(gap.most, 10.05);
}

TEST(true_latencies, are_of_answers_that_were_done) {
  serve::truth_record aborted = answered(1s, 20ms, {10ms});
  aborted.done = false;
  EXPECT_EQ(true_latencies_of(std::vector{aborted}, 0ns).ttft.count(), 0U);
}

} // namespace
} // namespace loadgen::calibrate
