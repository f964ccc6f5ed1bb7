#include "comparison/ratio.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace loadgen::comparison {
namespace {

constexpr double student_t = 2.0930240544; // 97.5 % quantile, 19 degrees of freedom

TEST(find_normal, interval_is_t_standard_errors_to_each_side_on_the_log_scale) {
  const finding found = find_normal(std::log(1.1), 0.02, 19, 0.95);
  EXPECT_NEAR(found.interval->low, 1.1 * std::exp(-student_t * 0.02) - 1, 1e-9);
  EXPECT_NEAR(found.interval->high, 1.1 * std::exp(student_t * 0.02) - 1, 1e-9);
}

TEST(find_normal, p_is_two_sided) {
  EXPECT_NEAR(*find_normal(0.05, 0.02, 19, 0.95).p, 0.0217404, 1e-6); // t = 2.5
  EXPECT_NEAR(*find_normal(-0.05, 0.02, 19, 0.95).p, 0.0217404, 1e-6);
  EXPECT_EQ(find_normal(0, 0, 19, 0.95).p, 1.0);
}

TEST(find_normal, a_higher_confidence_widens) {
  EXPECT_NEAR(find_normal(0, 0.01, 19, 0.99).interval->high, std::expm1(2.8609346 * 0.01), 1e-8);
}

/// 401 samples that grow by a thousandth each: the quantile at rank 200 + k is exp(k / 1000) times the median.
std::vector<double> geometric(double median) {
  std::vector<double> samples;
  for (int rank = -200; rank <= 200; ++rank) samples.push_back(median * std::exp(rank / 1000.0));
  return samples;
}

/// Its median, with a standard error that puts the ends of the 95 % interval `ranks` ranks away.
quantile_side median_of(const std::vector<double>& samples, double ranks) {
  return {samples, 0.5, samples[200], ranks / 400 / student_t};
}

TEST(find_quantiles, independent_sides_add_their_squares_on_the_log_scale) {
  const auto a = geometric(5), b = geometric(5.5);
  const finding found = find_quantiles(median_of(a, 30), median_of(b, 40), 0, 0.95);
  ASSERT_TRUE(found.interval);
  EXPECT_NEAR(found.interval->low, 1.1 * std::exp(-0.050) - 1, 1e-9); // 30, 40 and 50 thousandths
  EXPECT_NEAR(found.interval->high, 1.1 * std::exp(0.050) - 1, 1e-9);
}

TEST(find_quantiles, what_the_sides_share_narrows_it) {
  const auto a = geometric(5), b = geometric(5.5);
  const finding half = find_quantiles(median_of(a, 30), median_of(b, 30), 0.5, 0.95);
  EXPECT_NEAR(half.interval->high, 1.1 * std::exp(0.030) - 1, 1e-9); // 900 + 900 - 900
  const finding all = find_quantiles(median_of(a, 30), median_of(b, 30), 1, 0.95);
  EXPECT_NEAR(all.interval->low, 0.1, 1e-7); // a root of rounding errors
  EXPECT_NEAR(all.interval->high, 0.1, 1e-7);
}

TEST(find_quantiles, p_is_the_level_at_which_the_interval_begins_to_hold_no_change) {
  // The ratio is 50 thousandths on the log scale and its interval takes 50 at t = 2.093: p is 5 %.
  const auto a = geometric(5), b = geometric(5 * std::exp(0.050));
  const finding found = find_quantiles(median_of(a, 30), median_of(b, 40), 0, 0.95);
  EXPECT_NEAR(*found.p, 0.05, 1e-6);
  EXPECT_NEAR(found.interval->low, 0, 1e-9);
}

TEST(find_quantiles, p_is_no_smaller_than_the_samples_can_show) {
  // Far apart, but 200 ranks to each side are all there are: t = 200 / 80 * 2.093, whose p is 0.0000456.
  const auto a = geometric(5), b = geometric(50);
  const double p = *find_quantiles(median_of(a, 80), median_of(b, 80), 0, 0.95).p;
  EXPECT_GT(p, 4e-5);
  EXPECT_LT(p, 6e-5);
}

TEST(find_quantiles, equal_sides_have_p_1) {
  const auto a = geometric(5);
  EXPECT_EQ(find_quantiles(median_of(a, 30), median_of(a, 30), 0, 0.95).p, 1.0);
}

TEST(find_quantiles, an_end_outside_the_samples_leaves_nothing_to_tell) {
  const auto a = geometric(5), b = geometric(5);
  const finding found = find_quantiles(median_of(a, 30), median_of(b, 201), 0, 0.95);
  EXPECT_FALSE(found.interval);
  EXPECT_FALSE(found.p);
  EXPECT_EQ(found.why, obstacle::few_samples);
}

TEST(find_quantiles, an_end_at_zero_has_no_ratio) {
  std::vector<double> a = geometric(5);
  std::fill(a.begin(), a.begin() + 190, 0.0);
  EXPECT_EQ(find_quantiles(median_of(a, 30), median_of(a, 30), 0, 0.95).why, obstacle::no_ratio);
}

metrics::batch_excesses repeated(std::vector<double> pattern) {
  metrics::batch_excesses all{};
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = pattern[i % pattern.size()];
  return all;
}

TEST(errors_of, apart_are_those_of_each_side) {
  const auto errors = errors_of(repeated({3, -3}), repeated({4, -4}), false);
  ASSERT_TRUE(errors);
  EXPECT_NEAR(errors->a, std::sqrt(9.0 * 20 * 20 / 19), 1e-9);
  EXPECT_NEAR(errors->difference, std::sqrt(25.0 * 20 * 20 / 19), 1e-9);
  EXPECT_EQ(errors->correlation, 0);
}

TEST(errors_of, together_leave_out_what_both_have) {
  const auto errors = errors_of(repeated({3, -3}), repeated({4, -4}), true);
  ASSERT_TRUE(errors);
  EXPECT_NEAR(errors->difference, std::sqrt(1.0 * 20 * 20 / 19), 1e-9);
  EXPECT_NEAR(errors->correlation, 1, 1e-9);
}

TEST(errors_of, together_of_unrelated_sides_have_no_correlation) {
  const auto errors = errors_of(repeated({3, -3, 3, -3}), repeated({4, 4, -4, -4}), true);
  ASSERT_TRUE(errors);
  // 20 products of which none is left, but that b's neighbours share 32 and those of the difference nothing.
  EXPECT_NEAR(errors->correlation, 32 / (2 * std::sqrt(180.0 * 352)), 1e-9);
}

TEST(errors_of, lasting_likeness_is_no_guide_unless_both_have_it) {
  metrics::batch_excesses drifting{};
  for (std::size_t i = 0; i < drifting.size(); ++i) drifting[i] = static_cast<double>(i) - 9.5;
  EXPECT_FALSE(errors_of(drifting, repeated({3, -3}), false));
  EXPECT_TRUE(errors_of(drifting, drifting, true));
}

} // namespace
} // namespace loadgen::comparison
