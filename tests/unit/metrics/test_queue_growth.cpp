#include "metrics/queue_growth.hpp"
#include "unit/metrics/support.hpp"

namespace loadgen::metrics {
namespace {

/// Requests planned every 10 ms for one server that takes `service` for each, one after the other.
recorded_level one_server(std::size_t requests, duration service) {
  recorded_level level;
  duration free{};
  for (std::size_t i = 0; i < requests; ++i) {
    const duration planned = 10ms * static_cast<std::int64_t>(i);
    free = std::max(free, planned) + service;
    request_record record = completed(i, planned, {});
    record.planned = at(planned);
    record.ended = at(free);
    level.requests.push_back(record);
  }
  return level;
}

TEST(queue_growth, a_server_half_as_fast_as_its_load_is_saturated) {
  const auto found = measure_queue_growth(one_server(1'000, 20ms));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->saturated);
  // The first 50 requests are served at 1 s: 101 have arrived. At 9.99 s 1,000 have arrived and 499 are served.
  EXPECT_EQ(found->begin, 101U - 50U);
  EXPECT_EQ(found->end, 1'000U - 499U);
  EXPECT_NEAR(found->per_s, (501.0 - 51) / (9.99 - 1), 1e-9);
}

TEST(queue_growth, a_server_that_keeps_up_is_not) {
  const auto found = measure_queue_growth(one_server(1'000, 9ms));
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->saturated);
  EXPECT_LE(found->end, 1U);
}

TEST(queue_growth, a_burst_that_is_worked_off_is_no_saturation) {
  recorded_level level = one_server(1'000, 5ms);
  for (std::size_t i = 400; i < 450; ++i) level.requests[i].ended = *level.requests[i].ended + 500ms;
  EXPECT_FALSE(measure_queue_growth(level)->saturated);
}

TEST(queue_growth, warmup_requests_are_left_out) {
  recorded_level level = one_server(1'000, 20ms);
  const auto expected = measure_queue_growth(level);
  request_record warmup = completed(0, 0ms, {});
  warmup.warmup = true; // without a planned moment, and never ended
  warmup.ended = std::nullopt;
  level.requests.insert(level.requests.begin(), warmup);
  EXPECT_EQ(measure_queue_growth(level)->end, expected->end);
}

TEST(queue_growth, a_closed_loop_has_none) {
  recorded_level level = one_server(1'000, 20ms);
  for (request_record& record : level.requests) record.planned = std::nullopt;
  EXPECT_FALSE(measure_queue_growth(level));
}

TEST(queue_growth, too_few_requests_behind_the_first_answers_do_not_tell) {
  EXPECT_FALSE(measure_queue_growth(one_server(59, 20ms)));
  EXPECT_FALSE(measure_queue_growth(level_of({})));
  recorded_level slow_answers = one_server(200, 1ms);
  for (request_record& record : slow_answers.requests)
    record.ended = *record.ended + 1'500ms; // 150 arrive before one is served
  EXPECT_FALSE(measure_queue_growth(slow_answers));
}

} // namespace
} // namespace loadgen::metrics
