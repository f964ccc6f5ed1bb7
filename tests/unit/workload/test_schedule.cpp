#include "arrival_statistics.hpp"

#include <loadgen/workload/schedule.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace loadgen::workload {
namespace {

using namespace std::chrono_literals;

std::vector<duration> drawn(const arrival_settings& arrivals, std::uint64_t count, std::uint64_t seed = 1) {
  return draw_arrivals(arrivals, count, random_stream{seed, "arrivals"}).value();
}

TEST(schedule, constant_arrivals_are_the_multiples_of_the_gap) {
  const auto times = drawn({.rate = 8, .process = arrival_process::constant}, 5);
  EXPECT_EQ(times, (std::vector<duration>{0ns, 125ms, 250ms, 375ms, 500ms}));
}

TEST(schedule, constant_arrivals_do_not_drift_in_a_million_gaps_that_are_no_whole_number_of_nanoseconds) {
  const auto times = drawn({.rate = 3, .process = arrival_process::constant}, 3'000'001);
  EXPECT_EQ(times.back(), 1'000'000s);
}

TEST(schedule, bursts_come_together_and_as_far_apart_as_their_requests_would_be) {
  const arrival_settings bursts{.rate = 8, .process = arrival_process::burst, .burst = 4};
  EXPECT_EQ(drawn(bursts, 10),
            (std::vector<duration>{0ns, 0ns, 0ns, 0ns, 500ms, 500ms, 500ms, 500ms, 1s, 1s})); // the last one cut short
  const auto long_run = drawn({.rate = 3, .process = arrival_process::burst, .burst = 5}, 3'000'000);
  EXPECT_EQ(long_run[2'999'995], long_run.back());
  EXPECT_EQ(long_run[2'999'994], 999'996'666'666'667ns); // (2,999,990 / 3) s
  EXPECT_EQ(long_run.back(), 999'998'333'333'333ns);
}

TEST(schedule, bursts_of_one_are_constant) {
  EXPECT_EQ(drawn({.rate = 3, .process = arrival_process::burst}, 100),
            drawn({.rate = 3, .process = arrival_process::constant}, 100));
}

TEST(schedule, poisson_gaps_are_exponential) {
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    const auto gaps = gaps_s(drawn({.rate = 400}, 5000, seed));
    EXPECT_LT(ks_distance(gaps, [](double gap) { return 1 - std::exp(-400 * gap); }), ks_critical(gaps.size()));
  }
}

TEST(schedule, poisson_gaps_do_not_depend_on_the_ones_before) {
  const auto gaps = gaps_s(drawn({.rate = 400}, 20'000));
  const double middle = mean(gaps);
  double product = 0, square = 0;
  for (std::size_t i = 1; i < gaps.size(); ++i) {
    product += (gaps[i] - middle) * (gaps[i - 1] - middle);
    square += (gaps[i] - middle) * (gaps[i] - middle);
  }
  EXPECT_LT(std::abs(product / square), 3 / std::sqrt(20'000.0)); // three standard errors of no correlation
}

TEST(schedule, a_gamma_process_of_cv_1_is_poisson) {
  const auto gaps = gaps_s(drawn({.rate = 50, .process = arrival_process::gamma, .cv = 1}, 5000));
  EXPECT_LT(ks_distance(gaps, [](double gap) { return 1 - std::exp(-50 * gap); }), ks_critical(gaps.size()));
}

TEST(schedule, gamma_gaps_have_the_mean_and_the_variation_asked_for) {
  for (const double cv : {0.5, 2.0}) {
    const auto gaps = gaps_s(drawn({.rate = 10, .process = arrival_process::gamma, .cv = cv}, 100'000));
    EXPECT_NEAR(mean(gaps), 0.1, 4 * cv * 0.1 / std::sqrt(100'000.0));
    EXPECT_NEAR(coefficient_of_variation(gaps), cv, 0.03 * cv);
  }
}

TEST(schedule, arrivals_until_a_time_are_the_first_of_those_counted) {
  const arrival_settings arrivals{.rate = 100};
  const auto until = draw_arrivals_until(arrivals, 2s, random_stream{7, "arrivals"}).value();
  const auto counted = draw_arrivals(arrivals, until.size() + 1, random_stream{7, "arrivals"}).value();
  EXPECT_TRUE(std::equal(until.begin(), until.end(), counted.begin()));
  EXPECT_LT(until.back(), 2s);
  EXPECT_GE(counted.back(), 2s);
}

TEST(schedule, a_constant_rate_leaves_out_what_is_due_at_the_end) {
  const auto times =
      draw_arrivals_until({.rate = 10, .process = arrival_process::constant}, 500ms, random_stream{1, "arrivals"});
  EXPECT_EQ(times->size(), 5U);
}

TEST(schedule, the_seed_decides) {
  EXPECT_EQ(drawn({.rate = 5}, 100, 1), drawn({.rate = 5}, 100, 1));
  EXPECT_NE(drawn({.rate = 5}, 100, 1), drawn({.rate = 5}, 100, 2));
}

TEST(schedule, what_cannot_be_drawn_is_refused) {
  const random_stream draws{1, "arrivals"};
  EXPECT_TRUE(draw_arrivals({.rate = 0}, 1, draws).has_error());
  EXPECT_TRUE(draw_arrivals({.rate = -1}, 1, draws).has_error());
  EXPECT_TRUE(draw_arrivals({.rate = std::nan("")}, 1, draws).has_error());
  EXPECT_TRUE(draw_arrivals({.rate = 1, .process = arrival_process::gamma, .cv = 0}, 1, draws).has_error());
  EXPECT_TRUE(draw_arrivals({.rate = 1, .process = arrival_process::burst, .burst = 0}, 1, draws).has_error());
  EXPECT_TRUE(draw_arrivals({.rate = 1e-6}, 100, draws).has_error());
  EXPECT_TRUE(draw_arrivals({.rate = 1e9}, 2'000'000'000, draws).has_error());
  EXPECT_TRUE(draw_arrivals_until({.rate = 1e9}, 10s, draws).has_error());
}

TEST(schedule, arrival_names_are_read_and_written_back) {
  for (const std::string_view text : {"constant", "poisson", "gamma:2.5", "gamma:0.25", "burst:1", "burst:32"})
    EXPECT_EQ(format_arrival(parse_arrival(text).value()), text);
  for (const std::string_view text : {"", "uniform", "gamma", "gamma:", "gamma:0", "gamma:-1", "gamma:x", "gamma:2x",
                                      "burst", "burst:", "burst:0", "burst:-1", "burst:1.5", "burst:x", "poisson:1"})
    EXPECT_TRUE(parse_arrival(text).has_error()) << text;
}

} // namespace
} // namespace loadgen::workload
