#include "metrics/instrument_error.hpp"
#include "unit/metrics/support.hpp"

namespace loadgen::metrics {
namespace {

constexpr std::uint8_t answer = chunk_stamp::answer;
constexpr std::uint8_t joined = chunk_stamp::answer | chunk_stamp::coalesced;
constexpr std::uint8_t late = joined | chunk_stamp::behind;

request_record sent_in(duration send_time, request_record record) {
  record.send_time = send_time;
  return record;
}

TEST(instrument_error, a_placed_event_has_no_error_but_that_of_its_stamp) {
  const request_record record = completed(0, 0ms, {chunk(50ms), chunk(60ms)});
  EXPECT_EQ(possible_delay(record, 0), 0us);
  EXPECT_EQ(possible_delay(record, 1), 0us);
}

TEST(instrument_error, a_joined_event_may_have_come_any_time_since_the_read_before) {
  // Two reads of the stream: at 50 ms, and at 90 ms with three events.
  const request_record record =
      completed(0, 0ms, {chunk(50ms), chunk(90ms, late), chunk(90ms, late), chunk(90ms, answer)});
  EXPECT_EQ(possible_delay(record, 1), 40ms);
  EXPECT_EQ(possible_delay(record, 2), 40ms);
  EXPECT_EQ(possible_delay(record, 3), 0us);
}

TEST(instrument_error, where_the_client_was_not_behind_an_event_waited_no_longer_than_its_sleep) {
  const request_record record = completed(0, 0ms, {chunk(50ms), chunk(90ms, joined), chunk(90ms), chunk(93ms, joined)});
  EXPECT_EQ(possible_delay(record, 1), 7ms);
  EXPECT_EQ(possible_delay(record, 3), 3ms);
}

TEST(instrument_error, a_first_event_may_have_come_any_time_since_the_first_of_any_kind) {
  const request_record record = completed(0, 0ms, {chunk(50ms, late), chunk(50ms)}); // first event at 10 ms
  EXPECT_EQ(possible_delay(record, 0), 40ms);
}

TEST(instrument_error, without_a_kernel_stamp_an_event_may_have_waited_for_the_read) {
  const request_record record = completed(0, 0ms, {chunk(50ms), chunk(90ms, answer | chunk_stamp::user_stamped)});
  EXPECT_EQ(possible_delay(record, 1), 7ms);
}

TEST(instrument_error, a_request_may_have_left_until_its_system_call_returned) {
  const request_record record = sent_in(300us, completed(0, 0ms, {chunk(50ms), chunk(60ms)}));
  const auto ttft = figure_with_error(metric::ttft, record);
  ASSERT_TRUE(ttft);
  EXPECT_DOUBLE_EQ(ttft->value, 50);
  EXPECT_DOUBLE_EQ(ttft->below, 0.3);
  EXPECT_DOUBLE_EQ(ttft->above, 0);
  EXPECT_FALSE(figure_with_error(metric::ttft, completed(0, 0ms, {chunk(50ms)}))); // format version 1
}

TEST(instrument_error, time_per_token_divides_its_errors_among_the_tokens) {
  // 40 ms over 4 tokens; the first event may have come 30 ms earlier than its read (the first event of all at 10 ms).
  request_record record = completed(0, 0ms, {chunk(40ms, late), chunk(40ms), chunk(80ms)});
  record.usage.output = 5;
  const auto tpot = figure_with_error(metric::tpot, record);
  ASSERT_TRUE(tpot);
  EXPECT_DOUBLE_EQ(tpot->value, 10);
  EXPECT_DOUBLE_EQ(tpot->below, 0.02 / 4);
  EXPECT_DOUBLE_EQ(tpot->above, (30 + 0.02) / 4);
}

TEST(instrument_error, gaps_of_placed_events_have_two_stamp_errors_at_every_percentile) {
  const recorded_level level = level_of({completed(0, 0ms, {chunk(50ms), chunk(60ms), chunk(90ms)})});
  const level_summary summary = summarize(level);
  const instrument_error& bound = summary.error_of(metric::itl);
  for (const auto& figure : {bound.mean, bound.p50, bound.p90, bound.p95, bound.p99, bound.p99_9})
    EXPECT_DOUBLE_EQ(figure.value(), 0.02);
}

TEST(instrument_error, percentiles_of_the_gaps_are_enclosed) {
  // Gaps as stamped: 20, 0, 10 ms. The middle event of the read at 70 ms came between 50 and 70: the first gap is 0 to
  // 20 ms, and so is the second; the third is 10 ms. Each has 0.02 ms of stamps besides.
  const recorded_level level =
      level_of({completed(0, 0ms, {chunk(50ms), chunk(70ms, late), chunk(70ms), chunk(80ms)})});
  const level_summary summary = summarize(level);
  ASSERT_DOUBLE_EQ(summary.of(metric::itl).p50.value(), 10);
  // Sorted lowest 0, 0, 10; sorted highest 10, 20, 20.
  EXPECT_NEAR(summary.error_of(metric::itl).p50.value(), 10.02, 1e-9);
  // The p99 lies at 98 % of the way from the second to the third: 19.8 reported, 9.8 lowest, 20 highest.
  ASSERT_NEAR(summary.of(metric::itl).p99.value(), 19.8, 1e-9);
  EXPECT_NEAR(summary.error_of(metric::itl).p99.value(), 10.02, 1e-9);
}

TEST(instrument_error, a_record_with_joined_events_is_enclosed_with_all_that_came_before) {
  // Nine gaps of 10 ms in the first request, then one of 20 and one of 0 in the second: the first of the two was lost
  // to the other's read.
  std::vector<chunk_stamp> even;
  for (int i = 0; i < 10; ++i) even.push_back(chunk(50ms + i * 10ms));
  const level_summary summary =
      summarize(level_of({completed(0, 0ms, even), completed(1, 0ms, {chunk(50ms), chunk(70ms, late), chunk(70ms)})}));
  ASSERT_EQ(summary.of(metric::itl).count, 11U);
  EXPECT_NEAR(summary.error_of(metric::itl).p50.value(), 0.02, 1e-9);
  // Sums: 110 reported; lowest 90, highest 130.
  EXPECT_NEAR(summary.error_of(metric::itl).mean.value(), 20 / 11.0 + 0.02, 1e-9);
}

TEST(instrument_error, one_slow_write_moves_only_the_tail) {
  std::vector<request_record> requests;
  for (std::uint64_t i = 0; i < 101; ++i) {
    const duration first = 50ms + std::chrono::milliseconds{i};
    requests.push_back(sent_in(i == 100 ? 4ms : 20us, completed(i, 0ms, {chunk(first)})));
  }
  const level_summary summary = summarize(level_of(requests));
  const instrument_error& bound = summary.error_of(metric::ttft);
  EXPECT_NEAR(bound.p50.value(), 0.03, 1e-9);
  // The largest of 150 ms may have been 145.99 ms: four below it would then be above it, and p99 is the second largest.
  EXPECT_NEAR(bound.p99.value(), 149 - (148 - 0.03), 1e-9);
}

TEST(instrument_error, what_has_no_bound_and_what_old_records_do_not_tell_is_unset) {
  const level_summary old = summarize(level_of({completed(0, 0ms, {chunk(50ms), chunk(60ms)})}));
  EXPECT_FALSE(old.error_of(metric::ttft).p50);
  EXPECT_FALSE(old.error_of(metric::e2e).p50);
  EXPECT_TRUE(old.error_of(metric::itl).p50);
  const level_summary now = summarize(level_of({sent_in(8us, completed(0, 0ms, {chunk(50ms), chunk(60ms)}))}));
  EXPECT_TRUE(now.error_of(metric::e2e).p50);
  EXPECT_FALSE(now.error_of(metric::ttfb).p50);
  EXPECT_FALSE(now.error_of(metric::tokens_per_s).p50);
  EXPECT_FALSE(summarize(level_of({})).error_of(metric::itl).p50);
}

} // namespace
} // namespace loadgen::metrics
