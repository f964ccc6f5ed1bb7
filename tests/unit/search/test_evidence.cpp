#include "simulated_servers.hpp"

#include <gtest/gtest.h>

namespace loadgen::search::test {
namespace {

using namespace std::chrono_literals;
using metrics::outcome;

constexpr double t = 2.0930240544; // Student's, 97.5 % with 19 degrees of freedom

metrics::slo ttft_within(duration limit) {
  metrics::slo asked;
  asked.limits[metrics::metric::ttft] = limit;
  return asked;
}

metrics::request_record answered(std::uint64_t index, duration ttft) {
  metrics::request_record record;
  record.index = index;
  record.end = outcome::completed;
  record.sent = instant{1s} + 1ms * index;
  record.chunks.emplace_back().arrival = *record.sent + ttft;
  record.done = record.ended = record.chunks.back().arrival;
  return record;
}

metrics::request_record ended_as(outcome how, std::uint64_t index) {
  metrics::request_record record = answered(index, 1ms);
  record.end = how;
  return record;
}

TEST(evidence, every_request_that_was_due_counts_and_only_those_that_met_the_slo_are_met) {
  metrics::recorded_level level;
  level.info.concurrency = 4;
  level.info.planned = 10;
  for (std::uint64_t i = 0; i < 4; ++i) level.requests.push_back(answered(i, 5ms));
  level.requests.push_back(answered(4, 11ms));
  level.requests.push_back(ended_as(outcome::failed, 5));
  level.requests.push_back(ended_as(outcome::cancelled, 6)); // fast as far as it went, and never through
  metrics::request_record warm = answered(0, 1ms);
  warm.warmup = true;
  level.requests.push_back(warm);
  const trial_evidence evidence = evidence_of(level, ttft_within(10ms)); // 7, 8 and 9 were dropped
  EXPECT_EQ(evidence.requests(), 10U);
  EXPECT_EQ(evidence.met(), 4U);
  EXPECT_EQ(evidence.queue_grew, std::nullopt);
}

TEST(evidence, a_level_that_a_time_ended_has_as_many_as_were_sent) {
  metrics::recorded_level level;
  level.info.concurrency = 4;
  for (std::uint64_t i = 0; i < 45; ++i) level.requests.push_back(answered(i, i < 40 ? 5ms : 50ms));
  const trial_evidence evidence = evidence_of(level, ttft_within(10ms));
  EXPECT_EQ(evidence.requests(), 45U);
  EXPECT_EQ(evidence.met(), 40U);
}

TEST(evidence, batches_are_even_parts_of_the_plan) {
  for (const std::uint64_t due : {1U, 7U, 19U, 20U, 21U, 40U, 99U, 1000U}) {
    metrics::recorded_level level;
    level.info.concurrency = 4;
    level.info.planned = due;
    for (std::uint64_t i = 0; i < due; ++i) level.requests.push_back(answered(due - 1 - i, 1ms)); // in any order
    const trial_evidence evidence = evidence_of(level, ttft_within(10ms));
    std::uint64_t least = due, most = 0;
    for (const request_batch& batch : evidence.batches) {
      least = std::min(least, batch.requests);
      most = std::max(most, batch.requests);
      EXPECT_EQ(batch.missed, 0U);
    }
    EXPECT_LE(most - least, 1U) << due;
    EXPECT_EQ(evidence.requests(), due);
  }
  metrics::recorded_level level;
  level.info.concurrency = 4;
  level.info.planned = 40;
  for (std::uint64_t i = 0; i < 40; ++i) level.requests.push_back(answered(i, i == 39 || i == 6 ? 1s : 1ms));
  const trial_evidence evidence = evidence_of(level, ttft_within(10ms));
  for (std::size_t i = 0; i < batches_a_trial; ++i) EXPECT_EQ(evidence.batches[i].missed, i == 3 || i == 19 ? 1U : 0U);
}

TEST(evidence, the_first_quarter_of_an_open_loop_is_not_judged) {
  metrics::recorded_level level;
  level.info.rate = 100;
  level.info.planned = 80;
  for (std::uint64_t i = 0; i < 80; ++i) level.requests.push_back(answered(i, i < 20 || i == 79 ? 1s : 1ms));
  const trial_evidence evidence = evidence_of(level, ttft_within(10ms));
  EXPECT_EQ(evidence.requests(), 60U);
  EXPECT_EQ(evidence.met(), 59U);
  EXPECT_EQ(evidence.batches.back().missed, 1U);
}

TEST(evidence, a_queue_that_grows_is_seen_and_so_is_how_long_requests_came) {
  single_server_queue server{0.01, 1000, 1};
  const trial_evidence overloaded = server.trial(200, 1000);
  EXPECT_EQ(overloaded.queue_grew, true);
  EXPECT_EQ(overloaded.met(), 750U);
  EXPECT_NEAR(to_s(overloaded.arrival_span), 5, 0.7);
  EXPECT_EQ(server.trial(50, 1000).queue_grew, false);
}

TEST(evidence, a_trial_must_be_long_beside_the_widest_limit_that_a_queue_breaks) {
  metrics::slo asked;
  asked.limits[metrics::metric::itl] = 10s;
  EXPECT_EQ(time_to_see_queue(asked, 0.05), std::nullopt);
  asked.limits[metrics::metric::ttft] = 500ms;
  EXPECT_NEAR(to_s(*time_to_see_queue(asked, 0.05)), 60, 1e-6);
  asked.limits[metrics::metric::e2e] = 2s;
  EXPECT_NEAR(to_s(*time_to_see_queue(asked, 0.05)), 240, 1e-6);
}

// By the definition of Wilson's interval: its ends are the shares that are just t standard errors off what was seen.
TEST(attainment_interval, ends_where_the_share_seen_is_t_standard_errors_away) {
  for (const std::uint64_t missed : {5U, 60U, 195U}) {
    std::vector<bool> misses(200);
    for (std::uint64_t i = 0; i < missed; ++i) misses[i * 200 / missed] = true; // evenly: no clustering
    const trial_evidence trial = trial_of(200, [&](std::uint64_t i) { return !misses[i]; });
    const metrics::interval found = attainment_interval({&trial, 1});
    const double share = 1 - static_cast<double>(missed) / 200;
    EXPECT_NEAR(share - found.low, t * std::sqrt(found.low * (1 - found.low) / 200), 1e-9);
    EXPECT_NEAR(found.high - share, t * std::sqrt(found.high * (1 - found.high) / 200), 1e-9);
  }
}

TEST(attainment_interval, of_all_requests_reaches_what_their_number_allows) {
  for (const double required : {0.5, 0.9, 0.95, 0.99, 0.999}) {
    const std::uint64_t fewest = fewest_requests_to_hold(required);
    const auto low_of = [](std::uint64_t requests) {
      const trial_evidence trial = trial_of(requests, [](std::uint64_t) { return true; });
      return attainment_interval({&trial, 1}).low;
    };
    EXPECT_GE(low_of(fewest), required);
    EXPECT_LT(low_of(fewest - 1), required);
  }
  EXPECT_EQ(fewest_requests_to_hold(0.99), 434U);
  EXPECT_EQ(fewest_requests_to_hold(0.9), 40U);
}

// 40 misses in 2 of 20 batches of 20 requests are worth as many independent requests as there are batches: 20 times
// fewer.
TEST(attainment_interval, misses_that_come_together_count_as_few) {
  const auto together = trial_of(400, [](std::uint64_t i) { return i / 20 != 3 && i / 20 != 11; });
  const auto apart = trial_of(400, [](std::uint64_t i) { return i % 10 != 0; });
  const metrics::interval wide = attainment_interval({&together, 1});
  const metrics::interval narrow = attainment_interval({&apart, 1});
  const double independent = 400 * 0.9 * 0.1;
  const double squares = 18 * 2.0 * 2.0 + 2 * 18.0 * 18.0; // of missed - 0.1 * 20
  const double neighbours = 15 * 4.0 - 4 * 36.0;           // negative: what neighbours do not share is not subtracted
  ASSERT_LT(neighbours, 0);
  const double effective = 400 / (squares * 20 / 19 / independent);
  EXPECT_NEAR(0.9 - wide.low, t * std::sqrt(wide.low * (1 - wide.low) / effective), 1e-9);
  EXPECT_NEAR(0.9 - narrow.low, t * std::sqrt(narrow.low * (1 - narrow.low) / 400), 1e-9);
}

TEST(attainment_interval, more_trials_make_it_narrower_and_none_leaves_all_open) {
  const auto trial = trial_of(400, [](std::uint64_t i) { return i % 50 != 0; });
  const std::vector<trial_evidence> four(4, trial);
  const metrics::interval one = attainment_interval({&trial, 1}), all = attainment_interval(four);
  EXPECT_LT(all.high - all.low, (one.high - one.low) * 0.55);
  EXPECT_EQ(attainment_interval({}).low, 0);
  EXPECT_EQ(attainment_interval({}).high, 1);
}

} // namespace
} // namespace loadgen::search::test
