#include "metrics/attainment.hpp"
#include "unit/metrics/support.hpp"

namespace loadgen::metrics {
namespace {

slo_attainment measure_attainment(const recorded_level& level, const slo& asked) {
  return counted(attainment_counter{asked}, level).attained();
}

slo limit(metric which, duration most) {
  return {.limits = {{which, most}}};
}

/// Whether the request meets the limit and misses one a nanosecond below it: its figure is just that.
void expect_just_meets(const request_record& record, metric which, duration figure) {
  EXPECT_TRUE(meets(record, limit(which, figure))) << name(which);
  EXPECT_FALSE(meets(record, limit(which, figure - 1ns))) << name(which);
}

/// Cut off by the drain limit `lasted` after it was sent.
request_record cut_off(duration sent, duration lasted, std::vector<chunk_stamp> chunks) {
  request_record record = not_completed(0, sent, outcome::cancelled, cause::drain_limit);
  record.chunks = std::move(chunks);
  record.ended = at(sent + lasted);
  return record;
}

TEST(attainment, of_a_closed_loop_request_counts_from_the_moment_it_was_sent) {
  // Sent at 100 ms; chunks at 150, 160, 180 and 210: TTFT 50, E2E 110, TPOT 60 / 3.
  const request_record record = completed(0, 100ms, {chunk(150ms), chunk(160ms), chunk(180ms), chunk(210ms)});
  expect_just_meets(record, metric::ttft, 50ms);
  expect_just_meets(record, metric::e2e, 110ms);
  expect_just_meets(record, metric::tpot, 20ms);
}

TEST(attainment, of_a_planned_request_counts_from_the_planned_moment) {
  request_record record = completed(0, 100ms, {chunk(150ms), chunk(160ms), chunk(180ms), chunk(210ms)});
  record.planned = at(70ms);
  expect_just_meets(record, metric::ttft, 80ms);
  expect_just_meets(record, metric::e2e, 140ms);
  expect_just_meets(record, metric::tpot, 20ms); // a span within the answer: the plan does not matter
}

TEST(attainment, of_itl_is_the_p99_of_the_requests_own_gaps) {
  // Gaps of 10, 20 and 30 ms: rank 0.99 * 2 = 1.98, so 20 + 0.98 * 10.
  const request_record record = completed(0, 100ms, {chunk(150ms), chunk(160ms), chunk(180ms), chunk(210ms)});
  EXPECT_TRUE(meets(record, limit(metric::itl, 29'800'001ns)));
  EXPECT_FALSE(meets(record, limit(metric::itl, 29'799'999ns)));
  expect_just_meets(completed(0, 0ms, {chunk(5ms), chunk(12ms)}), metric::itl, 7ms); // of one gap, that gap
}

TEST(attainment, a_figure_the_answer_does_not_have_misses_nothing) {
  const request_record one_token = completed(0, 0ms, {chunk(20ms)});
  EXPECT_TRUE(meets(one_token, limit(metric::tpot, 1ns)));
  EXPECT_TRUE(meets(one_token, limit(metric::itl, 1ns)));
  EXPECT_FALSE(meets(one_token, limit(metric::e2e, 1ns)));
}

TEST(attainment, failed_and_empty_requests_miss_every_objective) {
  for (const metric which : {metric::ttft, metric::itl, metric::tpot, metric::e2e}) {
    EXPECT_FALSE(meets(completed(0, 0ms, {}), limit(which, 1h))) << name(which);
    EXPECT_FALSE(meets(not_completed(0, 0ms, outcome::failed, cause::http_status), limit(which, 1h))) << name(which);
    const recorded_level level =
        level_of({completed(0, 0ms, {}), not_completed(1, 0ms, outcome::failed, cause::truncated)});
    EXPECT_EQ(measure_attainment(level, limit(which, 1h)).missed.at(which), 2U) << name(which);
  }
}

TEST(attainment, a_request_meets_the_slo_when_it_meets_every_objective) {
  const slo asked{.limits = {{metric::ttft, 50ms}, {metric::e2e, 100ms}}};
  const recorded_level level = level_of({
      completed(0, 0ms, {chunk(50ms), chunk(100ms)}),                        // meets both, each just
      completed(1, 0ms, {chunk(51ms), chunk(100ms)}),                        // misses ttft
      completed(2, 0ms, {chunk(50ms), chunk(101ms)}),                        // misses e2e
      not_completed(3, 0ms, outcome::failed, cause::closed_before_response), // misses both
  });
  const slo_attainment attained = measure_attainment(level, asked);
  EXPECT_EQ(attained.requests, 4U);
  EXPECT_EQ(attained.met_requests, 1U);
  EXPECT_EQ(attained.attainment(), 0.25);
  EXPECT_EQ(attained.attainment_of(metric::ttft), 0.5);
  EXPECT_EQ(attained.attainment_of(metric::e2e), 0.5);
  EXPECT_EQ(attained.asked.limits, asked.limits);
}

TEST(attainment, warm_up_requests_do_not_count) {
  recorded_level level = level_of({completed(0, 0ms, {chunk(9s)}), completed(0, 0ms, {chunk(20ms)})});
  level.requests[0].warmup = true;
  const slo_attainment attained = measure_attainment(level, limit(metric::ttft, 50ms));
  EXPECT_EQ(attained.requests, 1U);
  EXPECT_EQ(attained.met_requests, 1U);
}

TEST(attainment, a_request_cut_off_counts_only_once_it_is_known_to_miss) {
  const auto missed_of = [](const request_record& record, const slo& asked) {
    const slo_attainment attained = measure_attainment(level_of({record}), asked);
    EXPECT_EQ(attained.met_requests, 0U);
    return attained.requests;
  };
  const request_record silent = cut_off(0ms, 60ms, {});
  EXPECT_EQ(missed_of(silent, limit(metric::ttft, 59ms)), 1U); // no chunk within 60 ms
  EXPECT_EQ(missed_of(silent, limit(metric::ttft, 60ms)), 0U); // it might have come at once
  const request_record talking = cut_off(0ms, 60ms, {chunk(20ms), chunk(55ms)});
  EXPECT_EQ(missed_of(talking, limit(metric::ttft, 19ms)), 1U);
  EXPECT_EQ(missed_of(talking, limit(metric::ttft, 20ms)), 0U); // met, but its fate as a whole is open
  EXPECT_EQ(missed_of(talking, limit(metric::e2e, 59ms)), 1U);
  EXPECT_EQ(missed_of(talking, limit(metric::e2e, 60ms)), 0U);
  EXPECT_EQ(missed_of(talking, limit(metric::itl, 1ms)), 0U);
  EXPECT_EQ(missed_of(talking, limit(metric::tpot, 1ms)), 0U);

  request_record planned = silent;
  planned.planned = at(-40ms);
  EXPECT_EQ(missed_of(planned, limit(metric::ttft, 99ms)), 1U);
  EXPECT_EQ(missed_of(planned, limit(metric::ttft, 100ms)), 0U);

  const slo both{.limits = {{metric::ttft, 20ms}, {metric::e2e, 59ms}}};
  const slo_attainment attained = measure_attainment(level_of({talking}), both);
  EXPECT_EQ(attained.missed.at(metric::ttft), 0U);
  EXPECT_EQ(attained.missed.at(metric::e2e), 1U);
}

} // namespace
} // namespace loadgen::metrics
