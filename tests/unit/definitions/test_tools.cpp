// Every expected number was worked out by hand from the level in sample_level.hpp and the rules in docs/definitions.md.
// Percentiles of n samples: rank (n - 1) p, interpolated, where nothing else is said.

#include "unit/definitions/sample_level.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace loadgen::definitions {
namespace {

constexpr double tolerance = 1e-9;

tool_figures figures_of(tool which) {
  return recompute(which, sample_level(), {});
}

void expect_latency(const tool_figures& figures, latency which, double p50, double p99, double mean) {
  const auto& found = figures.of(which);
  ASSERT_TRUE(found);
  ASSERT_TRUE(found->mean);
  EXPECT_NEAR(*found->p50, p50, tolerance);
  EXPECT_NEAR(*found->p99, p99, tolerance);
  EXPECT_NEAR(*found->mean, mean, tolerance);
}

void expect_counts(const tool_figures& figures, std::uint64_t completed, std::uint64_t failed,
                   std::uint64_t output_tokens) {
  EXPECT_EQ(figures.completed, completed);
  EXPECT_EQ(figures.failed, failed);
  EXPECT_EQ(figures.output_tokens, output_tokens);
}

void expect_rates(const tool_figures& figures, double duration_s, double requests, double output_tokens,
                  std::optional<double> total_tokens) {
  ASSERT_TRUE(figures.duration_s);
  EXPECT_NEAR(*figures.duration_s, duration_s, tolerance);
  EXPECT_NEAR(*figures.requests_per_s, requests, tolerance);
  EXPECT_NEAR(*figures.output_tokens_per_s, output_tokens, tolerance);
  ASSERT_EQ(figures.total_tokens_per_s.has_value(), total_tokens.has_value());
  if (!total_tokens) return;
  EXPECT_NEAR(*figures.total_tokens_per_s, *total_tokens, tolerance);
}

TEST(vllm, takes_blanks_and_names_of_calls_for_tokens_and_a_broken_stream_for_a_success) {
  // Tokens: A 115 125 145 155 195, B 380, C 450 460, F 740 750 770; D and E fail. Each starts where it began to
  // connect.
  const tool_figures figures = figures_of(tool::vllm);
  expect_counts(figures, 4, 2, 12 + 5 + 2 + 6); // C told no usage: its two events
  // 40 50 80 115
  expect_latency(figures, latency::ttft, 65, 80 + 0.97 * 35, 285.0 / 4);
  // A 10 20 10 40, C 10, F 10 20
  expect_latency(figures, latency::itl, 10, 20 + 0.94 * 20, 120.0 / 7);
  // (E2E - TTFT) / (tokens - 1): B 0 / 4, F 30 / 5, A 80 / 11, C 10 / 1
  expect_latency(figures, latency::tpot, (6 + 80.0 / 11) / 2, 80.0 / 11 + 0.97 * (10 - 80.0 / 11), 64.0 / 11);
  // Until the last token: 60 70 80 195
  expect_latency(figures, latency::e2e, 75, 80 + 0.97 * 115, 405.0 / 4);
  // From 0 to F's end at 780. C told no input.
  expect_rates(figures, 0.78, 4 / 0.78, 25 / 0.78, std::nullopt);
}

TEST(vllm, takes_every_event_with_a_choice_for_a_token_on_completions) {
  // Tokens: A 105 115 125 145 155 195 205, B 380, C 450 460, E 620 640, F 740 750 770 775; D alone fails.
  const tool_figures figures = recompute(tool::vllm, sample_level(), {.completions = true, .asked = {}});
  expect_counts(figures, 5, 1, 12 + 5 + 2 + 1 + 6);
  // 20 40 50 80 105
  expect_latency(figures, latency::ttft, 50, 80 + 0.96 * 25, 295.0 / 5);
  // A 10 10 20 10 40 10, C 10, E 20, F 10 20 5
  expect_latency(figures, latency::itl, 10, 20 + 0.9 * 20, 165.0 / 11);
  // E 40, C 60, F 75, B 80, A 205
  expect_latency(figures, latency::e2e, 75, 80 + 0.96 * 125, 460.0 / 5);
}

TEST(vllm, does_not_see_reasoning_under_the_name_reasoning_content) {
  metrics::recorded_level level;
  level.requests = {request(0, 0ms, {reasoning_at(10ms), text_at(50ms), text_at(60ms)}, 70ms)};
  level.requests.front().chunks.front().flags |= chunk_stamp::reasoning_content;
  EXPECT_EQ(recompute(tool::vllm, level, {}).of(latency::ttft)->p50, 50);
  for (const tool sees : {tool::sglang, tool::guidellm, tool::aiperf, tool::genai_bench, tool::mlperf})
    EXPECT_EQ(recompute(sees, level, {}).of(latency::ttft)->p50, 10) << describe(sees).name;
}

TEST(sglang, lasts_until_done_and_keeps_answers_without_text_as_zeros) {
  // Tokens: A 115 125 155 195, B 380, C 450 460; E and F have none, and a TTFT of 0.
  const tool_figures figures = figures_of(tool::sglang);
  expect_counts(figures, 5, 1, 12 + 5 + 9 + 1 + 6); // C told no usage: the 9 tokens asked for
  // 0 0 50 80 115
  expect_latency(figures, latency::ttft, 50, 80 + 0.96 * 35, 49);
  // A 10 30 40, C 10
  expect_latency(figures, latency::itl, 20, 30 + 0.97 * 10, 22.5);
  // A 100 / 11, B 10 / 4, C 20 / 8, F 80 / 5; E has one token
  expect_latency(figures, latency::tpot, (2.5 + 100.0 / 11) / 2, 100.0 / 11 + 0.97 * (16 - 100.0 / 11),
                 (100.0 / 11 + 21) / 4);
  // 50 70 80 90 215
  expect_latency(figures, latency::e2e, 80, 90 + 0.96 * 125, 101);
  expect_rates(figures, 0.78, 5 / 0.78, 33 / 0.78, std::nullopt);
}

TEST(guidellm, weighs_by_tokens_and_takes_samples_for_percentiles) {
  // Starts when sent: A at 5. Tokens: A 115 125 155 195, B 380, F 740 750 770; E has an output token, so it is a
  // success without TTFT; C and D fail.
  const tool_figures figures = figures_of(tool::guidellm);
  expect_counts(figures, 4, 2, 12 + 5 + 1 + 6);
  // 40 80 110, a third of the weight each
  expect_latency(figures, latency::ttft, 80, 110, 230.0 / 3);
  // B 0 for 4 tokens, F 6 for 5, A 80 / 11 for 11: up to 6 there are 9 of 20
  expect_latency(figures, latency::itl, 80.0 / 11, 80.0 / 11, (30 + 80) / 20.0);
  // (last - start) / tokens: F 70 / 6 for 6, A 190 / 12 for 12, B 80 / 5 for 5, E 50 / 1 for 1: 6 18 23 24 of 24
  expect_latency(figures, latency::tpot, 190.0 / 12, 50, (70 + 190 + 80 + 50) / 24.0);
  // 50 80 90 210
  expect_latency(figures, latency::e2e, 80, 210, 430.0 / 4);
  expect_rates(figures, 0.78, 4 / 0.78, 24 / 0.78, (250 + 24) / 0.78);
}

TEST(aiperf, has_one_itl_a_request_and_no_tpot) {
  // Tokens: A 115 125 155 195, B 380, F 740 750 770; C, D and E fail.
  const tool_figures figures = figures_of(tool::aiperf);
  expect_counts(figures, 3, 3, 12 + 5 + 6);
  // 40 80 115
  expect_latency(figures, latency::ttft, 80, 80 + 0.98 * 35, 235.0 / 3);
  // B 0 / 4, F 30 / 5, A 80 / 11
  expect_latency(figures, latency::itl, 6, 6 + 0.98 * (80.0 / 11 - 6), (6 + 80.0 / 11) / 3);
  EXPECT_FALSE(figures.of(latency::tpot));
  // 70 80 195
  expect_latency(figures, latency::e2e, 80, 80 + 0.98 * 115, 115);
  // To the last token, F's at 770.
  expect_rates(figures, 0.77, 3 / 0.77, 23 / 0.77, (200 + 23) / 0.77);
}

TEST(inference_perf, spreads_the_tokens_of_an_event_at_its_time_and_sees_text_alone) {
  // Text: A 155 195 with 12 - 4 tokens, B 380 with 5, C 450 460 with 2. E and F succeed without TTFT; D fails.
  const tool_figures figures = figures_of(tool::inference_perf);
  expect_counts(figures, 5, 1, 8 + 5 + 2);
  // 50 80 155
  expect_latency(figures, latency::ttft, 80, 80 + 0.98 * 75, 95);
  // A 40 and 6 zeros, B 4 zeros, C 10: 12 samples, p99 at rank 10.89
  expect_latency(figures, latency::itl, 0, 10 + 0.89 * 30, 50.0 / 12);
  // B 0 / 4, A 40 / 7, C 10 / 1
  expect_latency(figures, latency::tpot, 40.0 / 7, 40.0 / 7 + 0.98 * (10 - 40.0 / 7), (40.0 / 7 + 10) / 3);
  // 50 70 80 90 215
  expect_latency(figures, latency::e2e, 80, 90 + 0.96 * 125, 101);
  expect_rates(figures, 0.78, 5 / 0.78, 15 / 0.78, std::nullopt);
}

TEST(inference_perf, gives_an_answer_of_one_token_no_ttft) {
  metrics::recorded_level level;
  level.requests = {request(0, 0ms, {text_at(10ms)}, 20ms)};
  level.requests.front().usage.output = 1;
  const tool_figures figures = recompute(tool::inference_perf, level, {});
  EXPECT_EQ(figures.completed, 1U);
  EXPECT_EQ(figures.of(latency::ttft)->count, 0U);
  EXPECT_EQ(figures.of(latency::e2e)->p50, 20);
}

TEST(inference_perf, shares_tokens_to_events_where_the_server_does_not_tell_reasoning) {
  metrics::recorded_level level;
  level.requests = {request(0, 0ms, {reasoning_at(10ms), reasoning_at(20ms), text_at(30ms)}, 40ms)};
  level.requests.front().usage.output = 30;
  EXPECT_EQ(recompute(tool::inference_perf, level, {}).output_tokens, 10U); // one event of three
}

TEST(genai_bench, leaves_out_generation_too_short_to_time) {
  // Tokens: A 115 125 155 195, B 380; F has 6 tokens and no text: its first token is its end. C, D and E fail.
  const tool_figures figures = figures_of(tool::genai_bench);
  expect_counts(figures, 3, 3, 12 + 5 + 6);
  // 80 80 115
  expect_latency(figures, latency::ttft, 80, 80 + 0.98 * 35, 275.0 / 3);
  EXPECT_FALSE(figures.of(latency::itl));
  // B 10 / 4, A 100 / 11; F took 0 ms
  expect_latency(figures, latency::tpot, (2.5 + 100.0 / 11) / 2, 2.5 + 0.99 * (100.0 / 11 - 2.5),
                 (2.5 + 100.0 / 11) / 2);
  // 80 90 215
  expect_latency(figures, latency::e2e, 90, 90 + 0.98 * 125, 385.0 / 3);
  expect_rates(figures, 0.78, 3 / 0.78, 23 / 0.78, (200 + 23) / 0.78);
}

TEST(llmperf, has_the_time_to_the_first_token_in_itl) {
  // Text: A 155 195 with 8 tokens, B 380 with 5. E and F have zeros; C and D fail.
  const tool_figures figures = figures_of(tool::llmperf);
  expect_counts(figures, 4, 2, 8 + 5);
  // 0 0 80 155
  expect_latency(figures, latency::ttft, 40, 80 + 0.97 * 75, 235.0 / 4);
  // 0 0, B 80 / 5, A 195 / 8
  expect_latency(figures, latency::itl, 8, 16 + 0.97 * (24.375 - 16), 40.375 / 4);
  EXPECT_FALSE(figures.of(latency::tpot));
  // 50 80 90 215
  expect_latency(figures, latency::e2e, 85, 90 + 0.97 * 125, 435.0 / 4);
  // From the mean 108.75: 58.75^2 + 28.75^2 + 18.75^2 + 106.25^2 = 15918.75, over n - 1
  EXPECT_NEAR(*figures.of(latency::e2e)->std, std::sqrt(15918.75 / 3), tolerance);
  expect_rates(figures, 0.78, 4 / 0.78, 13 / 0.78, std::nullopt);
}

TEST(mlperf, takes_the_next_higher_sample_and_counts_one_request_less) {
  // Tokens: A 115 125 155 195, B 380, F 750 770; C, D and E fail. Of 3 samples p50 is number 1, p99 number 2, from 0.
  const tool_figures figures = figures_of(tool::mlperf);
  expect_counts(figures, 3, 3, 12 + 5 + 6);
  expect_latency(figures, latency::ttft, 80, 115, (50 + 80 + 115) / 3.0);
  EXPECT_FALSE(figures.of(latency::itl));
  // B 10 / 4, F 30 / 5, A 100 / 11
  expect_latency(figures, latency::tpot, 6, 100.0 / 11, (2.5 + 6 + 100.0 / 11) / 3);
  expect_latency(figures, latency::e2e, 90, 215, (80 + 90 + 215) / 3.0);
  expect_rates(figures, 0.78, 2 / 0.78, 23 / 0.78, std::nullopt);
}

TEST(mlperf, counts_from_the_planned_moment_and_ends_with_the_request_that_was_issued_last) {
  metrics::recorded_level level;
  level.requests = {request(0, 10ms, {text_at(60ms), text_at(100ms)}, 500ms),
                    request(1, 120ms, {text_at(150ms), text_at(180ms)}, 200ms)};
  level.requests[0].planned = at(0ms);
  level.requests[1].planned = at(100ms);
  const tool_figures figures = recompute(tool::mlperf, level, {});
  EXPECT_EQ(figures.of(latency::ttft)->min, 50); // 150 - 100
  EXPECT_EQ(figures.of(latency::ttft)->max, 60); // 60 - 0
  EXPECT_EQ(figures.of(latency::e2e)->max, 500);
  EXPECT_EQ(figures.duration_s, 0.2); // until 200 ms, although the first request lasted longer
  EXPECT_EQ(figures.requests_per_s, 1 / 0.2);
}

TEST(every_tool, has_no_figures_without_requests) {
  for (const tool which : all_tools) {
    const tool_figures figures = recompute(which, metrics::recorded_level{}, {});
    EXPECT_EQ(figures.completed + figures.failed, 0U);
    EXPECT_FALSE(figures.duration_s);
    EXPECT_FALSE(figures.requests_per_s);
    EXPECT_FALSE(figures.of(latency::e2e)->mean);
  }
}

TEST(every_tool, is_found_by_its_name) {
  for (const tool which : all_tools) EXPECT_EQ(tool_named(describe(which).name), which);
  EXPECT_FALSE(tool_named("wrk"));
}

} // namespace
} // namespace loadgen::definitions
