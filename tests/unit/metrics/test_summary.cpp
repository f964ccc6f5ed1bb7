#include "unit/metrics/support.hpp"

#include <loadgen/metrics/summary.hpp>

#include <cmath>

namespace loadgen::metrics {
namespace {

TEST(summary, keys_are_those_of_summary_json_in_their_order) {
  const std::vector<std::string_view> expected{"ttft_ms",         "ttfo_ms",        "ttfb_ms",     "ttfe_ms",
                                               "ttft_planned_ms", "itl_ms",         "tpot_ms",     "e2e_ms",
                                               "e2e_done_ms",     "e2e_planned_ms", "tokens_per_s"};
  ASSERT_EQ(expected.size(), metric_count);
  for (std::size_t i = 0; i < metric_count; ++i) EXPECT_EQ(key(static_cast<metric>(i)), expected[i]);
}

TEST(summary, names_are_keys_without_their_unit) {
  EXPECT_EQ(name(metric::ttft), "ttft");
  EXPECT_EQ(name(metric::e2e_planned), "e2e_planned");
  EXPECT_EQ(name(metric::tokens_per_s), "tokens_per_s");
}

/// Two completed requests: one that reasons at 120 ms and answers at 140 and 180; one with 200 and 230 ms. Both sent at
/// 100 ms with the first byte 10 ms later.
recorded_level two_requests() {
  recorded_level level = level_of({
      completed(0, 100ms, {chunk(120ms, 0), chunk(140ms), chunk(180ms)}),
      completed(1, 100ms, {chunk(200ms), chunk(230ms)}),
  });
  level.info.planned = 2;
  level.end = quiet_end(200ms, 300ms);
  return level;
}

void expect_samples(const distribution& metric, std::uint64_t count, double smallest, double mean, double largest) {
  ASSERT_EQ(metric.count, count);
  EXPECT_DOUBLE_EQ(*metric.min, smallest);
  EXPECT_DOUBLE_EQ(*metric.mean, mean);
  EXPECT_DOUBLE_EQ(*metric.max, largest);
}

TEST(summary, every_metric_of_two_requests) {
  const level_summary summary = summarize(two_requests());
  expect_samples(summary.of(metric::ttft), 2, 20, 60, 100);
  expect_samples(summary.of(metric::ttfo), 2, 40, 70, 100);
  expect_samples(summary.of(metric::ttfb), 2, 10, 10, 10);
  expect_samples(summary.of(metric::ttfe), 2, 10, 10, 10);
  expect_samples(summary.of(metric::itl), 3, 20, 30, 40); // 20 and 40 of the first, 30 of the second
  expect_samples(summary.of(metric::tpot), 2, 30, 30, 30);
  expect_samples(summary.of(metric::e2e), 2, 80, 105, 130);
  expect_samples(summary.of(metric::e2e_done), 2, 81, 106, 131);
  expect_samples(summary.of(metric::tokens_per_s), 2, 1000.0 / 30, 1000.0 / 30, 1000.0 / 30);
  EXPECT_EQ(summary.of(metric::ttft_planned).count, 0U);
  EXPECT_EQ(summary.of(metric::e2e_planned).count, 0U);
  EXPECT_DOUBLE_EQ(*summary.window_s, 0.131);
  EXPECT_DOUBLE_EQ(*summary.rates.requests_per_s, 2 / 0.131);
  EXPECT_DOUBLE_EQ(*summary.rates.output_tokens_per_s, 5 / 0.131);
  EXPECT_EQ(summary.tokens.source, "chunks");
  EXPECT_TRUE(summary.complete);
  EXPECT_EQ(summary.trust.judgement, verdict::ok);
}

TEST(summary, planned_moments_give_the_planned_latencies) {
  recorded_level level = two_requests();
  level.requests[0].planned = at(95ms);
  level.requests[1].planned = at(100ms);
  const level_summary summary = summarize(level);
  expect_samples(summary.of(metric::ttft_planned), 2, 25, 62.5, 100);
  expect_samples(summary.of(metric::e2e_planned), 2, 85, 107.5, 130);
}

TEST(summary, goodput_and_attainment_are_those_of_the_slo) {
  const slo asked{.limits = {{metric::ttft, 50ms}}, .required_attainment = 0.5};
  const level_summary summary = summarize(two_requests(), asked); // TTFT 20 and 100 ms, window 131 ms
  EXPECT_DOUBLE_EQ(*summary.rates.goodput_per_s, 1 / 0.131);
  ASSERT_TRUE(summary.attainment);
  EXPECT_EQ(summary.attainment->attainment(), 0.5);
  EXPECT_TRUE(summary.attainment->holds());
}

TEST(summary, without_an_slo_there_is_neither_goodput_nor_attainment) {
  const level_summary summary = summarize(two_requests());
  EXPECT_FALSE(summary.rates.goodput_per_s);
  EXPECT_FALSE(summary.attainment);
}

TEST(summary, coalesced_events_keep_their_one_stamp_and_so_a_gap_of_zero) {
  const recorded_level level =
      level_of({completed(0, 0ms, {chunk(20ms), chunk(50ms, chunk_stamp::coalesced), chunk(50ms)})});
  expect_samples(summarize(level).of(metric::itl), 2, 0, 15, 30);
}

TEST(summary, gaps_are_within_one_request_only) {
  const recorded_level level = level_of({completed(0, 0ms, {chunk(20ms)}), completed(1, 0ms, {chunk(70ms)})});
  EXPECT_EQ(summarize(level).of(metric::itl).count, 0U);
  EXPECT_EQ(summarize(level).of(metric::tpot).count, 0U);
  EXPECT_EQ(summarize(level).of(metric::e2e).count, 2U);
}

TEST(summary, an_empty_completed_request_is_counted_and_is_in_no_latency) {
  recorded_level level = two_requests();
  level.requests.push_back(completed(2, 100ms, {}));
  const level_summary summary = summarize(level);
  EXPECT_EQ(summary.requests.completed, 3U);
  EXPECT_EQ(summary.requests.empty, 1U);
  for (const metric which : {metric::ttft, metric::ttfb, metric::ttfe, metric::e2e, metric::e2e_done})
    EXPECT_EQ(summary.of(which).count, 2U);
}

TEST(summary, failed_cancelled_and_warm_up_requests_are_in_no_latency) {
  recorded_level level = two_requests();
  for (const auto& [end, warmup] :
       {std::pair{outcome::failed, false}, {outcome::cancelled, false}, {outcome::completed, true}}) {
    request_record record = completed(2, 100ms, {chunk(120ms), chunk(5s), chunk(9s)});
    record.end = end;
    record.why = end == outcome::failed ? cause::truncated : cause::drain_limit;
    record.warmup = warmup;
    record.done = at(150ms);
    level.requests.push_back(record);
  }
  const level_summary summary = summarize(level);
  EXPECT_EQ(summary.requests.issued, 4U);
  for (const metric which : {metric::ttft, metric::ttfo, metric::ttfb, metric::ttfe, metric::tpot, metric::e2e,
                             metric::e2e_done, metric::tokens_per_s})
    EXPECT_EQ(summary.of(which).count, 2U);
  EXPECT_EQ(summary.of(metric::itl).count, 3U);
  EXPECT_EQ(summary.tokens.output, 5U);
}

TEST(summary, in_duration_mode_latencies_include_requests_drained_after_the_window) {
  recorded_level level = two_requests();
  level.end->issuing_ended = at(181ms); // the first request is done, one chunk of the second is still to come
  level.end->duration_mode = true;
  level.requests[1].chunks[0] = chunk(150ms);
  const level_summary summary = summarize(level);
  EXPECT_EQ(summary.of(metric::e2e).count, 2U);
  EXPECT_DOUBLE_EQ(*summary.window_s, 0.081);
  EXPECT_DOUBLE_EQ(*summary.rates.requests_per_s, 1 / 0.081);
  EXPECT_DOUBLE_EQ(*summary.rates.output_tokens_per_s, 4 / 0.081);
}

TEST(summary, figures_the_server_reported_are_described_by_name) {
  recorded_level level = two_requests();
  level.requests[0].server_figures = {{"prompt_ms", 10}, {"predicted_ms", 100}};
  level.requests[1].server_figures = {{"prompt_ms", 30}, {"predicted_ms", std::nan("")}};
  request_record failed = not_completed(2, 0ms, outcome::failed, cause::truncated);
  failed.server_figures = {{"prompt_ms", 1000}};
  level.requests.push_back(failed);
  const level_summary summary = summarize(level);
  ASSERT_EQ(summary.server_reported.size(), 2U);
  expect_samples(summary.server_reported.at("prompt_ms"), 2, 10, 20, 30);
  expect_samples(summary.server_reported.at("predicted_ms"), 1, 100, 100, 100);
}

TEST(summary, a_killed_level_gives_what_its_records_hold) {
  recorded_level level = two_requests();
  level.end = std::nullopt;
  const level_summary summary = summarize(level);
  EXPECT_FALSE(summary.complete);
  EXPECT_DOUBLE_EQ(*summary.window_s, 0.131);
  EXPECT_EQ(summary.of(metric::ttft).count, 2U);
  EXPECT_EQ(summary.trust.judgement, verdict::degraded);
}

TEST(summary, an_interrupted_level_is_not_complete) {
  recorded_level not_reached = two_requests();
  not_reached.end->dropped_not_reached = 1;
  EXPECT_FALSE(summarize(not_reached).complete);
  recorded_level cut = two_requests();
  cut.requests.push_back(not_completed(2, 0ms, outcome::cancelled, cause::interrupt));
  EXPECT_FALSE(summarize(cut).complete);
}

TEST(summary, a_level_without_requests_has_no_window_and_no_rates) {
  const level_summary summary = summarize(level_of({}));
  EXPECT_FALSE(summary.window_s);
  EXPECT_FALSE(summary.rates.requests_per_s);
  EXPECT_EQ(summary.requests.issued, 0U);
  for (const distribution& each : summary.metrics) EXPECT_EQ(each.count, 0U);
}

} // namespace
} // namespace loadgen::metrics
