#include "metrics/request_figures.hpp"
#include "unit/metrics/support.hpp"

namespace loadgen::metrics {
namespace {

/// Sent at 100 ms after connecting at 99, planned for 90, released at 95: a first byte at 110, events from 112, a
/// reasoning chunk at 120, answer chunks at 140 and 150, done at 155.
request_record open_loop_request() {
  request_record record = completed(0, 100ms, {chunk(120ms, 0), chunk(140ms), chunk(150ms)});
  record.planned = at(90ms);
  record.released = at(95ms);
  record.connected = at(99ms);
  record.first_byte = at(110ms);
  record.first_event = at(112ms);
  record.done = at(155ms);
  return record;
}

TEST(request_figures, each_latency_is_the_difference_of_its_clock_points) {
  const request_record record = open_loop_request();
  EXPECT_EQ(ttft_ms(record), 20);
  EXPECT_EQ(ttfo_ms(record), 40); // the first chunk was reasoning
  EXPECT_EQ(ttfb_ms(record), 10);
  EXPECT_EQ(ttfe_ms(record), 12);
  EXPECT_EQ(ttft_planned_ms(record), 30);
  EXPECT_EQ(e2e_ms(record), 50);
  EXPECT_EQ(e2e_done_ms(record), 55);
  EXPECT_EQ(e2e_planned_ms(record), 60);
}

TEST(request_figures, without_a_planned_moment_the_planned_figures_are_unset) {
  const request_record record = completed(0, 100ms, {chunk(120ms)});
  EXPECT_FALSE(ttft_planned_ms(record));
  EXPECT_FALSE(e2e_planned_ms(record));
  EXPECT_EQ(ttft_ms(record), 20);
}

TEST(request_figures, a_reasoning_only_stream_has_no_first_answer_token) {
  const request_record record = completed(0, 0ms, {chunk(20ms, 0), chunk(30ms, 0)});
  EXPECT_EQ(ttft_ms(record), 20);
  EXPECT_FALSE(ttfo_ms(record));
}

TEST(request_figures, tokens_are_the_usages_where_there_is_one_else_the_chunks) {
  request_record record = open_loop_request();
  EXPECT_EQ(output_tokens(record), 3U);
  record.usage.output = 7;
  EXPECT_EQ(output_tokens(record), 7U);
  record.usage.output = 0;
  EXPECT_EQ(output_tokens(record), 0U);
}

TEST(request_figures, time_per_token_counts_the_tokens_after_the_first) {
  request_record record = open_loop_request(); // 30 ms from first to last chunk
  EXPECT_DOUBLE_EQ(*tpot_ms(record), 15);
  EXPECT_DOUBLE_EQ(*tokens_per_s(record), 2 / 0.030);
  record.usage.output = 7;
  EXPECT_DOUBLE_EQ(*tpot_ms(record), 5);
  EXPECT_DOUBLE_EQ(*tokens_per_s(record), 200);
}

TEST(request_figures, one_chunk_has_no_time_per_token) {
  request_record record = completed(0, 0ms, {chunk(20ms)});
  record.usage.output = 12;
  EXPECT_FALSE(tpot_ms(record));
  EXPECT_FALSE(tokens_per_s(record));
  EXPECT_EQ(e2e_ms(record), 20);
}

TEST(request_figures, two_chunks_of_one_stamp_have_no_time_per_token) {
  const request_record record =
      completed(0, 0ms, {chunk(20ms, chunk_stamp::answer | chunk_stamp::coalesced), chunk(20ms)});
  EXPECT_FALSE(tpot_ms(record));
  EXPECT_FALSE(tokens_per_s(record));
}

TEST(request_figures, several_chunks_of_a_single_counted_token_have_no_time_per_token) {
  request_record record = completed(0, 0ms, {chunk(20ms), chunk(30ms)});
  record.usage.output = 1;
  EXPECT_FALSE(tpot_ms(record));
  EXPECT_FALSE(tokens_per_s(record));
}

TEST(request_figures, a_request_that_was_never_sent_has_no_figure) {
  request_record record;
  record.planned = at(0ms);
  record.released = at(1ms);
  for (const auto& figure :
       {ttft_ms(record), ttfo_ms(record), ttfb_ms(record), ttfe_ms(record), ttft_planned_ms(record), tpot_ms(record),
        e2e_ms(record), e2e_done_ms(record), e2e_planned_ms(record), tokens_per_s(record), send_lag_ms(record)})
    EXPECT_FALSE(figure);
}

TEST(request_figures, send_lag_in_an_open_loop_leaves_out_connecting_and_the_users_cap) {
  request_record record = open_loop_request();
  EXPECT_EQ(send_lag_ms(record), (95 - 90) + (100 - 99));
  record.cap_wait = 4ms;
  EXPECT_EQ(send_lag_ms(record), 2);
}

TEST(request_figures, send_lag_in_a_closed_loop_is_the_time_after_connecting) {
  request_record record = open_loop_request();
  record.planned = std::nullopt;
  EXPECT_EQ(send_lag_ms(record), 1);
}

TEST(request_figures, warm_up_failed_and_cancelled_requests_do_not_count) {
  request_record record = open_loop_request();
  EXPECT_TRUE(is_measured_completion(record));
  record.end = outcome::failed;
  EXPECT_FALSE(is_measured_completion(record));
  record.end = outcome::cancelled;
  EXPECT_FALSE(is_measured_completion(record));
  record.end = outcome::completed;
  record.warmup = true;
  EXPECT_FALSE(is_measured_completion(record));
}

} // namespace
} // namespace loadgen::metrics
