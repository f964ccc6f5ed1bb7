#include "arrival_statistics.hpp"

#include <loadgen/workload/plan.hpp>
#include <loadgen/workload/schedule.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace loadgen::workload {
namespace {

using namespace std::chrono_literals;

std::vector<duration> drawn(std::string_view stages, const arrival_settings& arrivals, std::uint64_t seed = 1) {
  return draw_arrivals_over(parse_stages(stages).value(), arrivals, random_stream{seed, "arrivals"}).value();
}

constexpr arrival_settings constant{.process = arrival_process::constant};

std::ptrdiff_t count_between(const std::vector<duration>& times, duration from, duration to) {
  return std::count_if(times.begin(), times.end(), [&](duration due) { return due >= from && due < to; });
}

// Seconds at which `rate` requests/s held would have brought what has come by each of `times`.
std::vector<duration> in_expected_requests(const std::vector<duration>& times,
                                           const std::function<double(double)>& expected_by) {
  std::vector<duration> changed;
  for (const duration due : times) changed.emplace_back(std::llround(expected_by(to_s(due)) * 1e9));
  return changed;
}

double linear_1_to_20_in_120(double t) {
  return t + 19 * t * t / 240;
}

double exponential_1_to_20_in_120(double t) {
  const double growth = std::log(20.0) / 120;
  return (std::exp(growth * t) - 1) / growth;
}

TEST(rate_shape, adds_up_what_its_stages_bring) {
  const auto held = parse_stages("2@30s,8@1m,2@30s").value();
  EXPECT_EQ(held.length(), 120s);
  EXPECT_DOUBLE_EQ(held.expected_requests(), 600); // 60 + 480 + 60
  EXPECT_DOUBLE_EQ(held.mean_rate(), 5);
  EXPECT_DOUBLE_EQ(parse_stages("1..20@2m")->expected_requests(), 1260); // 10.5/s on average
  EXPECT_NEAR(parse_stages("1..20@2m:exponential")->expected_requests(), 19 * 120 / std::log(20), 1e-9);
  EXPECT_DOUBLE_EQ(parse_stages("20..1@2m")->expected_requests(), 1260);
}

TEST(rate_shape, constant_arrivals_have_equal_gaps_in_each_stage_and_exact_counts) {
  const auto times = drawn("2@30s,8@1m,2@30s", constant);
  ASSERT_EQ(times.size(), 600U);
  EXPECT_EQ(count_between(times, 0s, 30s), 60);
  EXPECT_EQ(count_between(times, 30s, 90s), 480);
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(times[i], i * 500ms);
  for (std::size_t i = 0; i < 480; ++i) EXPECT_EQ(times[60 + i], 30s + i * 125ms);
  for (std::size_t i = 0; i < 60; ++i) EXPECT_EQ(times[540 + i], 90s + i * 500ms);
}

TEST(rate_shape, a_gap_that_a_stage_begins_ends_in_the_next_at_its_rate) {
  // 4.5 requests in the first stage: half a gap is left over, and half of 1 s is to come.
  EXPECT_EQ(drawn("3@1500ms,1@2s", constant),
            (std::vector<duration>{0ns, 333'333'333ns, 666'666'667ns, 1s, 1'333'333'333ns, 2s, 3s}));
}

TEST(rate_shape, a_rate_of_0_is_a_pause) {
  EXPECT_EQ(drawn("2@1s,0@10s,2@1s", constant), (std::vector<duration>{0s, 500ms, 11s, 11500ms}));
  EXPECT_EQ(drawn("0@10s,2@1s", constant), (std::vector<duration>{10s, 10500ms}));
}

TEST(rate_shape, constant_arrivals_on_ramps_come_when_so_many_are_expected) {
  // From 0 to 10/s in 10 s t^2 / 2 are expected by t, back to 0 it is mirrored: 10 t - t^2 / 2.
  const auto up = drawn("0..10@10s", constant);
  const auto down = drawn("10..0@10s", constant);
  ASSERT_EQ(up.size(), 50U);
  ASSERT_EQ(down.size(), 50U);
  for (std::size_t i = 0; i < 50; ++i) {
    const auto n = static_cast<double>(i);
    EXPECT_NEAR(to_s(up[i]), std::sqrt(2 * n), 1e-8);
    EXPECT_NEAR(to_s(down[i]), 10 - std::sqrt(100 - 2 * n), 1e-8);
  }
  const auto steep = drawn("1..20@2m:exponential", constant);
  ASSERT_EQ(steep.size(), 762U); // 761.07 are expected, and the first comes at 0
  for (std::size_t i = 0; i < steep.size(); ++i)
    EXPECT_NEAR(exponential_1_to_20_in_120(to_s(steep[i])), static_cast<double>(i), 1e-6);
}

TEST(rate_shape, bursts_come_as_often_as_the_rate_of_the_moment_has_them) {
  const auto times = drawn("4@2s,8@2s", {.process = arrival_process::burst, .burst = 4});
  std::vector<duration> expected;
  for (const duration burst : {0ms, 1000ms, 2000ms, 2500ms, 3000ms, 3500ms}) expected.insert(expected.end(), 4, burst);
  EXPECT_EQ(times, expected);
}

TEST(rate_shape, poisson_gaps_are_exponential_in_expected_requests) {
  const auto expect = [](const std::vector<duration>& times, const std::function<double(double)>& expected_by) {
    const auto gaps = gaps_s(in_expected_requests(times, expected_by));
    EXPECT_LT(ks_distance(gaps, [](double gap) { return 1 - std::exp(-gap); }), ks_critical(gaps.size()));
  };
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
    expect(drawn("1..20@2m", {}, seed), linear_1_to_20_in_120);
    expect(drawn("1..20@2m:exponential", {}, seed), exponential_1_to_20_in_120);
    expect(drawn("2@100s,20@100s", {}, seed), [](double t) { return t < 100 ? 2 * t : 200 + 20 * (t - 100); });
  }
}

TEST(rate_shape, the_moments_of_poisson_arrivals_follow_the_rate) {
  // What a uniform stretch of expected requests brings is spread evenly over it.
  const auto times = drawn("10..200@60s", {});
  const double all = 105.0 * 60;
  std::vector<double> places;
  for (const duration due : times) places.push_back((10 * to_s(due) + 190 * to_s(due) * to_s(due) / 120) / all);
  EXPECT_LT(ks_distance(places, [](double place) { return place; }), ks_critical(places.size()));
  EXPECT_NEAR(static_cast<double>(times.size()), all, 4 * std::sqrt(all));
}

TEST(rate_shape, gamma_gaps_have_the_variation_asked_for_in_expected_requests) {
  for (const double cv : {0.5, 2.0}) {
    const auto times = drawn("1..20@2h", {.process = arrival_process::gamma, .cv = cv});
    const auto gaps = gaps_s(in_expected_requests(times, [](double t) { return t + 19 * t * t / 14400; }));
    EXPECT_NEAR(mean(gaps), 1, 4 * cv / std::sqrt(75'600.0));
    EXPECT_NEAR(coefficient_of_variation(gaps), cv, 0.03 * cv);
  }
}

TEST(rate_shape, one_held_stage_is_the_rate_over_that_time) {
  const auto shaped = drawn("8@20s", constant);
  const auto plain = draw_arrivals_until({.rate = 8, .process = arrival_process::constant}, 20s, random_stream{1, ""});
  EXPECT_EQ(shaped, plain.value());
}

TEST(rate_shape, the_seed_decides_and_times_ascend) {
  const auto times = drawn("1..20@2m,5@1m", {}, 1);
  EXPECT_EQ(times, drawn("1..20@2m,5@1m", {}, 1));
  EXPECT_NE(times, drawn("1..20@2m,5@1m", {}, 2));
  EXPECT_TRUE(std::is_sorted(times.begin(), times.end()));
  EXPECT_LT(times.back(), 180s);
}

// The first was also computed by a Python program: offsets by hand, the encoding of docs/datasets.md, hashlib. What the
// others add to it is the draws, which the tests above hold to their distributions.
TEST(rate_shape, a_seed_has_had_the_same_workload_since_the_first_version) {
  const auto hash_of = [](std::string_view stages, const arrival_settings& arrivals, std::uint64_t seed) {
    level_settings level{.offsets = drawn(stages, arrivals, seed)};
    level.requests = level.offsets.size();
    return plan::make(single_prompt("Hi"), {}, {level}).value().sha256();
  };
  EXPECT_EQ(hash_of("2@30s,8@1m,2@30s", constant, 1),
            "6770fbd218092fabbf97e0b4cb649d6c21d15bff79dcd4a4e5d5b6d18924c9a9");
  EXPECT_EQ(hash_of("1..20@2m", {}, 1), "1e6442a5b9990fe52511ea2a78e0dcdf367bf1159ad23ca7918a8fda1686dfe5");
  EXPECT_EQ(hash_of("1..20@2m:exponential", {.process = arrival_process::gamma, .cv = 2}, 7),
            "b7cb8a8c042c4cd14c0a75569d753f93ac08e1638dd3f5dbf61d5e4e6f1e455c");
}

TEST(rate_shape, what_is_no_stage_is_refused_with_its_text) {
  for (const std::string_view text : {"", ",", "2", "2@", "@30s", "2@30", "2@30s,", "-1@30s", "2..@30s", "..2@30s",

                                      "nan@30s", "inf@30s", "2@30s:exponential", "2..3@30s:quadratic",
                                      "2..3@30s:", "2@30s:", "2@-30s", "2@2000h", "2 @30s"})
    EXPECT_TRUE(parse_stages(text).has_error()) << text;
  EXPECT_EQ(parse_stages("2@30s,x@1m").error().message,
            "'x@1m' is not valid; expected a stage such as 2@30s, 2..20@1m or 2..20@1m:exponential");
  EXPECT_EQ(parse_stages("0..2@30s:exponential").error().message,
            "'0..2@30s:exponential': an exponential ramp never gets to or from 0; expected rates above it");
  EXPECT_EQ(parse_stages("2@0s").error().message, "'2@0s': a stage takes no time; expected a duration above 0");
}

TEST(rate_shape, what_brings_nothing_or_too_much_is_refused) {
  EXPECT_TRUE(parse_stages("0@30s").has_error());
  EXPECT_TRUE(parse_stages("1@600h,1@600h").has_error());
  EXPECT_TRUE(parse_stages("1e9@2s").has_error());
  EXPECT_TRUE(rate_shape::make({}).has_error());
}

} // namespace
} // namespace loadgen::workload
