#include "comparison/batched_rate.hpp"
#include "unit/metrics/support.hpp"

#include <gtest/gtest.h>

namespace loadgen::comparison {
namespace {

using namespace std::chrono_literals;
using metrics::chunk;
using metrics::completed;
using metrics::level_of;

TEST(batched_rate, requests_count_by_the_time_they_take_in_each_slice) {
  // A window of 20 s, so a slice of 1 s: one request over all of it, one over its first half.
  metrics::request_record whole = completed(0, 0s, {chunk(1s)}), half = completed(1, 0s, {chunk(1s)});
  whole.done = metrics::at(20s);
  half.done = metrics::at(10s);
  const auto excesses = rate_excesses(counted::requests, level_of({whole, half}), {});
  ASSERT_TRUE(excesses);
  for (std::size_t i = 0; i < 20; ++i) // 0.05 + 0.1 or 0.05 of 2, where an even share were 0.1
    EXPECT_NEAR((*excesses)[i], ((i < 10 ? 0.15 : 0.05) - 0.1) / 2, 1e-12) << i;
}

TEST(batched_rate, tokens_count_where_they_arrive) {
  metrics::request_record record = completed(0, 0s, {chunk(500ms), chunk(1500ms), chunk(1600ms), chunk(20s)});
  record.usage.output = 8; // two a chunk
  record.done = metrics::at(20s);
  const auto excesses = rate_excesses(counted::output_tokens, level_of({record}), {});
  ASSERT_TRUE(excesses);
  EXPECT_NEAR((*excesses)[0], 0.25 - 0.05, 1e-12);
  EXPECT_NEAR((*excesses)[1], 0.5 - 0.05, 1e-12);
  EXPECT_NEAR((*excesses)[2], -0.05, 1e-12);
  EXPECT_NEAR((*excesses)[19], 0.25 - 0.05, 1e-12);
}

TEST(batched_rate, good_requests_are_those_that_meet_the_objectives) {
  metrics::slo asked;
  asked.limits[metrics::metric::ttft] = 2s;
  metrics::request_record good = completed(0, 0s, {chunk(1s)}), late = completed(1, 0s, {chunk(3s)});
  good.done = metrics::at(10s);
  late.done = metrics::at(20s);
  const auto excesses = rate_excesses(counted::good_requests, level_of({good, late}), asked);
  ASSERT_TRUE(excesses);
  EXPECT_NEAR((*excesses)[0], 0.1 - 0.05, 1e-12);
  EXPECT_NEAR((*excesses)[15], -0.05, 1e-12);
}

TEST(batched_rate, nothing_that_counts_has_no_rate) {
  EXPECT_FALSE(rate_excesses(counted::requests, level_of({}), {}));
  EXPECT_FALSE(rate_excesses(counted::output_tokens, level_of({completed(0, 0s, {})}), {}));
}

} // namespace
} // namespace loadgen::comparison
