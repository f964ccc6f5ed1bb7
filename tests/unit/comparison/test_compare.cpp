#include "unit/comparison/drawn_level.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace loadgen::comparison {
namespace {

using metrics::request_record;

/// Requests of 1 to 19 gaps around 5 ms and a first token around 20 ms; all of them `factor` times as long.
summarized_level lognormal_level(std::uint64_t seed, std::uint64_t requests, double factor = 1) {
  std::mt19937_64 random{seed};
  std::lognormal_distribution<double> spread{0, 0.3};
  std::uniform_int_distribution<int> length{1, 19};
  return summarized_level{drawn_level(8, requests, [&](std::uint64_t) {
    drawn_request drawn{factor * 20 * spread(random), {}};
    for (int i = length(random); i > 0; --i) drawn.gaps.push_back(factor * 5 * spread(random));
    return drawn;
  })};
}

TEST(compare_level, equal_runs_are_the_same_in_every_figure) {
  const summarized_level a = lognormal_level(1, 2'000);
  const std::vector<change> all = compare_one(a, a, pairing::requests);
  ASSERT_EQ(all.size(), all_figures().size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i].figure, all_figures()[i]);
    if (!all[i].a || !all[i].interval) continue;
    EXPECT_EQ(all[i].verdict, judgement::same) << all[i].figure;
    EXPECT_EQ(all[i].p, 1.0) << all[i].figure;
    EXPECT_NEAR(all[i].interval->low, 0, 1e-7) << all[i].figure; // a root of rounding errors
    EXPECT_NEAR(all[i].interval->high, 0, 1e-7) << all[i].figure;
  }
  EXPECT_TRUE(change_of(all, "itl_p99").interval);
  EXPECT_TRUE(change_of(all, "requests_per_s").interval);
}

TEST(compare_level, an_exact_factor_is_found_in_every_latency) {
  const summarized_level a = lognormal_level(1, 2'000), b = lognormal_level(1, 2'000, 1.05);
  const std::vector<change> all = compare_one(a, b, pairing::requests);
  for (const char* figure : {"ttft_p50", "ttft_p99", "ttft_mean", "itl_p50", "itl_p99", "itl_mean", "tpot_p50"}) {
    const change& of = change_of(all, figure);
    EXPECT_NEAR(*of.relative, 0.05, 1e-4) << figure; // whole nanoseconds
    EXPECT_LE(of.interval->low, *of.relative) << figure;
    EXPECT_GE(of.interval->high, *of.relative) << figure;
    EXPECT_EQ(of.verdict, judgement::worse) << figure;
    EXPECT_EQ(of.why, obstacle::none) << figure;
    EXPECT_LT(*of.p, 0.01) << figure;
  }
  EXPECT_EQ(change_of(all, "tokens_per_s_p50").verdict, judgement::worse); // fewer
  EXPECT_EQ(change_of(all, "output_tokens_per_s").verdict, judgement::worse);
  EXPECT_EQ(change_of(compare_one(b, a, pairing::requests), "itl_p50").verdict, judgement::better);
}

TEST(compare_level, a_difference_below_the_threshold_is_negligible) {
  const summarized_level a = lognormal_level(1, 2'000), b = lognormal_level(1, 2'000, 1.05);
  const change of = change_of(compare_one(a, b, pairing::requests, {.threshold = 0.06}), "itl_p50");
  EXPECT_GT(of.interval->low, 0);
  EXPECT_EQ(of.verdict, judgement::negligible);
}

TEST(compare_level, without_its_pairs_the_interval_is_wider) {
  const summarized_level a = lognormal_level(1, 2'000), b = lognormal_level(1, 2'000, 1.05);
  const metrics::interval paired = *change_of(compare_one(a, b, pairing::requests), "itl_mean").interval;
  const metrics::interval apart = *change_of(compare_one(a, b, pairing::none), "itl_mean").interval;
  EXPECT_LT(paired.high - paired.low, 0.001);
  EXPECT_GT(apart.high - apart.low, 0.005);
}

TEST(compare_level, too_few_requests_tell_nothing) {
  const std::vector<change> all = compare_one(lognormal_level(1, 39), lognormal_level(2, 2'000), pairing::none);
  for (const char* figure : {"ttft_p50", "itl_p50", "itl_mean", "requests_per_s"}) {
    EXPECT_EQ(change_of(all, figure).verdict, judgement::cannot_tell) << figure;
    EXPECT_EQ(change_of(all, figure).why, obstacle::few_requests) << figure;
    EXPECT_TRUE(change_of(all, figure).relative) << figure;
  }
}

TEST(compare_level, a_percentile_without_samples_beyond_it_tells_nothing) {
  const std::vector<change> all = compare_one(lognormal_level(1, 200), lognormal_level(2, 200), pairing::requests);
  EXPECT_EQ(change_of(all, "ttft_p99").why, obstacle::few_samples);
  EXPECT_TRUE(change_of(all, "ttft_p50").interval);
}

TEST(compare_level, a_wide_interval_around_no_change_cannot_tell_for_chance) {
  const change of =
      change_of(compare_one(lognormal_level(1, 100), lognormal_level(2, 100), pairing::requests), "ttft_p50");
  ASSERT_TRUE(of.interval);
  EXPECT_EQ(of.verdict, judgement::cannot_tell);
  EXPECT_EQ(of.why, obstacle::chance);
}

TEST(compare_level, what_one_side_lacks_is_not_measured) {
  const change of =
      change_of(compare_one(lognormal_level(1, 100), lognormal_level(2, 100), pairing::requests), "ttft_planned_p50");
  EXPECT_EQ(of.why, obstacle::not_measured);
  EXPECT_FALSE(of.a);
  EXPECT_FALSE(of.instrument);
}

TEST(compare_level, zero_has_no_ratio) {
  const summarized_level zero{drawn_level(4, 100, [](std::uint64_t) { return drawn_request{20, {0, 0, 0}}; })};
  const change of = change_of(compare_one(zero, lognormal_level(2, 100), pairing::none), "itl_p50");
  EXPECT_EQ(of.a, 0.0);
  EXPECT_FALSE(of.relative);
  EXPECT_EQ(of.why, obstacle::no_ratio);
}

TEST(compare_level, what_the_instrument_may_have_added_is_no_ones_difference) {
  summarized_level a = lognormal_level(1, 2'000), b = lognormal_level(1, 2'000, 1.05);
  constexpr auto itl = static_cast<std::size_t>(metrics::metric::itl);
  a.figures.instrument[itl].p50 = 0.2;
  b.figures.instrument[itl].p50 = 0.1; // 0.3 ms together, of 0.25 ms difference and 5 ms
  const change of = change_of(compare_one(a, b, pairing::requests), "itl_p50");
  EXPECT_NEAR(*of.instrument, 0.3 / *of.a, 1e-12);
  EXPECT_EQ(of.verdict, judgement::cannot_tell);
  EXPECT_EQ(of.why, obstacle::instrument);
}

TEST(compare_level, histograms_have_a_change_and_no_interval) {
  summarized_level a = lognormal_level(1, 2'000), b = lognormal_level(1, 2'000, 1.05);
  b.figures.samples = metrics::sample_keeping::histogram;
  b.records.requests.clear();
  const change of = change_of(compare_one(a, b, pairing::requests), "itl_p50");
  EXPECT_NEAR(*of.relative, 0.05, 1e-4);
  EXPECT_FALSE(of.interval);
  EXPECT_EQ(of.why, obstacle::histograms);
}

TEST(compare_level, rates_of_targets_that_took_turns_are_not_theirs) {
  const std::vector<change> all =
      compare_one(lognormal_level(1, 2'000), lognormal_level(1, 2'000, 1.05), pairing::interleaved);
  EXPECT_EQ(change_of(all, "requests_per_s").why, obstacle::common_loop);
  EXPECT_EQ(change_of(all, "itl_p50").verdict, judgement::worse);
}

TEST(compare_level, trials_are_the_observations_where_both_have_several) {
  const std::array levels{lognormal_level(1, 100), lognormal_level(2, 100), lognormal_level(3, 100, 1.3),
                          lognormal_level(4, 100, 1.3)};
  const std::array a{levels[0].as_trial(), levels[1].as_trial()}, b{levels[2].as_trial(), levels[3].as_trial()};
  const change of = change_of(compare_level(a, b, pairing::requests, {}), "itl_p50");
  const auto p50 = [&levels](std::size_t i) { return *levels[i].figures.of(metrics::metric::itl).p50; };
  EXPECT_NEAR(*of.a, std::sqrt(p50(0) * p50(1)), 1e-9);
  EXPECT_NEAR(*of.b, std::sqrt(p50(2) * p50(3)), 1e-9);
  ASSERT_TRUE(of.interval);
  EXPECT_EQ(of.verdict, judgement::worse);
}

TEST(headlines, of_an_open_loop_count_from_the_planned_moment) {
  summarized_level a = lognormal_level(1, 100);
  EXPECT_TRUE(change_of(compare_one(a, a, pairing::requests), "ttft_p50").headline);
  a.figures.info.rate = 10;
  const std::vector<change> open = compare_one(a, a, pairing::requests);
  EXPECT_FALSE(change_of(open, "ttft_p50").headline);
  EXPECT_TRUE(change_of(open, "ttft_planned_p99").headline);
  EXPECT_EQ(std::count_if(open.begin(), open.end(), [](const change& of) { return of.headline; }), 9);
}

TEST(adjust_for_many, steps_down_as_holm_does) {
  std::array<change, 5> changes;
  changes[0].p = 0.01;
  changes[1].p = 0.04;
  changes[2].p = 0.03;
  changes[3].p = 0.005;
  std::array<change*, 5> family{&changes[0], &changes[1], &changes[2], &changes[3], &changes[4]};
  adjust_for_many(family);
  EXPECT_NEAR(*changes[3].adjusted_p, 0.02, 1e-12);
  EXPECT_NEAR(*changes[0].adjusted_p, 0.03, 1e-12);
  EXPECT_NEAR(*changes[2].adjusted_p, 0.06, 1e-12);
  EXPECT_NEAR(*changes[1].adjusted_p, 0.06, 1e-12); // no smaller than the one before it
  EXPECT_FALSE(changes[4].adjusted_p);
}

} // namespace
} // namespace loadgen::comparison
