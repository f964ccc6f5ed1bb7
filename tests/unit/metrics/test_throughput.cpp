#include "metrics/throughput.hpp"
#include "unit/metrics/support.hpp"

namespace loadgen::metrics {
namespace {

throughput measure_throughput(const recorded_level& level, const window& in, const slo& asked = {}) {
  return counted(throughput_meter{in, asked}, level).rates();
}

token_totals total_tokens(const recorded_level& level, const window& in) {
  return counted(token_counter{in}, level).totals();
}

constexpr window one_second{at(0ms), at(1s), true};
constexpr window two_seconds{at(0ms), at(2s), false};

request_record with_usage(request_record record, std::uint32_t input, std::uint32_t output) {
  record.usage.input = input;
  record.usage.output = output;
  return record;
}

TEST(throughput, in_count_mode_is_over_all_completed_requests) {
  const recorded_level level = level_of({
      with_usage(completed(0, 0ms, {chunk(20ms), chunk(40ms)}), 100, 4),
      with_usage(completed(1, 0ms, {chunk(20ms)}), 50, 6),
      not_completed(2, 0ms, outcome::failed, cause::truncated),
  });
  const throughput rates = measure_throughput(level, two_seconds);
  EXPECT_EQ(rates.requests_per_s, 1);
  EXPECT_EQ(rates.output_tokens_per_s, 5);
  EXPECT_EQ(rates.total_tokens_per_s, 80);
  EXPECT_FALSE(rates.goodput_per_s);
}

TEST(throughput, in_duration_mode_counts_tokens_by_arrival_and_requests_by_end) {
  const recorded_level level = level_of({
      with_usage(completed(0, 0ms, {chunk(200ms), chunk(400ms)}), 100, 4), // all inside: 4 tokens
      // Three of four chunks inside, the last at the window's last moment; done after it: 6 tokens, no request.
      with_usage(completed(1, 0ms, {chunk(800ms), chunk(900ms), chunk(1s), chunk(1100ms)}), 70, 8),
      with_usage(completed(2, 900ms, {chunk(1500ms)}), 60, 9), // nothing inside
  });
  const throughput rates = measure_throughput(level, one_second);
  EXPECT_EQ(rates.requests_per_s, 1);
  EXPECT_EQ(rates.output_tokens_per_s, 10);
  EXPECT_EQ(rates.total_tokens_per_s, 110);
}

TEST(throughput, in_duration_mode_tokens_of_requests_cut_off_by_the_drain_limit_arrived_too) {
  request_record cut = not_completed(0, 0ms, outcome::cancelled, cause::drain_limit);
  cut.chunks = {chunk(500ms), chunk(900ms), chunk(5s)};
  request_record failed = not_completed(1, 0ms, outcome::failed, cause::truncated);
  failed.chunks = {chunk(500ms)};
  const throughput rates = measure_throughput(level_of({cut, failed}), one_second);
  EXPECT_EQ(rates.requests_per_s, 0);
  EXPECT_EQ(rates.output_tokens_per_s, 2);
}

TEST(throughput, without_every_requests_input_there_is_no_total) {
  const recorded_level level = level_of({
      with_usage(completed(0, 0ms, {chunk(20ms)}), 100, 4),
      completed(1, 0ms, {chunk(20ms), chunk(30ms)}),
  });
  const throughput rates = measure_throughput(level, two_seconds);
  EXPECT_EQ(rates.output_tokens_per_s, 3); // 4 by usage and 2 by chunks
  EXPECT_FALSE(rates.total_tokens_per_s);
}

TEST(throughput, goodput_is_of_completed_requests_that_meet_the_slo) {
  const slo asked{.limits = {{metric::ttft, 30ms}}};
  const recorded_level level = level_of({
      completed(0, 0ms, {chunk(20ms)}),
      completed(1, 0ms, {chunk(30ms), chunk(900ms)}),
      completed(2, 0ms, {chunk(31ms)}), // too late
      completed(3, 0ms, {}),            // gave nothing
      not_completed(4, 0ms, outcome::failed, cause::truncated),
      not_completed(5, 0ms, outcome::cancelled, cause::drain_limit),
  });
  EXPECT_EQ(measure_throughput(level, two_seconds, asked).goodput_per_s, 1);
  EXPECT_EQ(measure_throughput(level, two_seconds, asked).requests_per_s, 2);
  EXPECT_FALSE(measure_throughput(level, {at(1s), at(1s), false}, asked).goodput_per_s);
}

TEST(throughput, in_duration_mode_goodput_is_of_requests_that_ended_inside) {
  const slo asked{.limits = {{metric::ttft, 30ms}}};
  const recorded_level level = level_of({
      completed(0, 0ms, {chunk(20ms), chunk(400ms)}),
      completed(1, 900ms, {chunk(920ms), chunk(1100ms)}), // good, and done after the window
      completed(2, 0ms, {chunk(500ms)}),                  // inside, and too late
  });
  EXPECT_EQ(measure_throughput(level, one_second, asked).goodput_per_s, 1);
}

TEST(throughput, of_an_empty_window_is_unset) {
  const throughput rates = measure_throughput(level_of({completed(0, 0ms, {})}), {at(1s), at(1s), false});
  EXPECT_FALSE(rates.requests_per_s);
  EXPECT_FALSE(rates.output_tokens_per_s);
  EXPECT_FALSE(rates.total_tokens_per_s);
}

TEST(token_totals, are_sums_over_completed_requests) {
  recorded_level level = level_of({
      with_usage(completed(0, 0ms, {chunk(20ms), chunk(40ms)}), 100, 5),
      with_usage(completed(1, 0ms, {chunk(20ms), chunk(40ms)}), 20, 1),
      with_usage(not_completed(2, 0ms, outcome::failed, cause::truncated), 1000, 1000),
      with_usage(completed(0, 0ms, {chunk(20ms)}), 1000, 1000),
  });
  level.requests[0].usage.cached = 64;
  level.requests[0].asked_output = 128;
  level.requests[1].asked_output = 16;
  level.requests[3].warmup = true;
  const token_totals totals = total_tokens(level, two_seconds);
  EXPECT_EQ(totals.input, 120U);
  EXPECT_EQ(totals.cached_input, 64U);
  EXPECT_EQ(totals.output, 6U);
  EXPECT_EQ(totals.asked_output, 144U);
  EXPECT_EQ(totals.source, "usage");
  EXPECT_EQ(totals.per_chunk, 1.5);
}

TEST(token_totals, in_duration_mode_leave_out_requests_that_ended_after_the_window) {
  const recorded_level level = level_of({
      with_usage(completed(0, 0ms, {chunk(20ms)}), 100, 5),
      with_usage(completed(1, 0ms, {chunk(5s)}), 20, 3),
  });
  const token_totals totals = total_tokens(level, one_second);
  EXPECT_EQ(totals.input, 100U);
  EXPECT_EQ(totals.output, 5U);
  EXPECT_EQ(totals.per_chunk, 4); // qualifies the inter-token latencies, which all completed requests are in
}

TEST(token_totals, name_where_the_counts_come_from) {
  const request_record counted = with_usage(completed(0, 0ms, {chunk(20ms)}), 100, 5);
  const request_record uncounted = completed(1, 0ms, {chunk(20ms), chunk(30ms)});
  EXPECT_EQ(total_tokens(level_of({counted}), two_seconds).source, "usage");
  EXPECT_EQ(total_tokens(level_of({uncounted}), two_seconds).source, "chunks");
  EXPECT_EQ(total_tokens(level_of({counted, uncounted}), two_seconds).source, "mixed");
  EXPECT_EQ(total_tokens(level_of({}), two_seconds).source, "");
}

TEST(token_totals, without_usage_are_chunks_and_input_is_unknown) {
  const token_totals totals = total_tokens(level_of({completed(0, 0ms, {chunk(20ms), chunk(30ms)})}), two_seconds);
  EXPECT_EQ(totals.output, 2U);
  EXPECT_EQ(totals.per_chunk, 1);
  EXPECT_FALSE(totals.input);
  EXPECT_FALSE(totals.cached_input);
}

} // namespace
} // namespace loadgen::metrics
