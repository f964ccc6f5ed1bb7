#include "metrics/distribution.hpp"
#include "metrics/quantile_interval.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace loadgen::metrics {
namespace {

constexpr double student_t = 2.0930240544; // scipy.stats.t.ppf(0.975, 19)

/// 20 batches of 20 samples each, all different, 200 of them below 0; batch i has 10 + excesses[i] of these.
sample_series below_zero(const std::vector<int>& excesses) {
  sample_series series;
  double next = 1;
  for (const int excess : excesses)
    for (int i = 0; i < 20; ++i, ++next) series.samples.push_back(i < 10 + excess ? next - 1000 : next);
  return series;
}

std::vector<int> repeated(std::vector<int> pattern) {
  std::vector<int> all;
  while (all.size() < 20) all.insert(all.end(), pattern.begin(), pattern.end());
  return all;
}

percentile_intervals intervals_of(const sample_series& series) {
  std::vector<double> samples = series.samples;
  return find_intervals(series, describe(samples));
}

TEST(quantile_interval, margin_is_the_batch_means_standard_error_times_t) {
  // 20 batches with 2 too many or too few of 20: squares sum to 80, of independent samples to 400 / 4.
  const auto margin = share_margin(below_zero(repeated({2, -2})), 0.5, 0);
  ASSERT_TRUE(margin);
  EXPECT_NEAR(*margin, student_t * std::sqrt(80.0 * 20 / 19) / 400, 1e-9);
}

TEST(quantile_interval, what_neighbouring_batches_share_widens_it) {
  // Pairs of like batches: of the 19 products of neighbours 10 are 4 and 9 are -4.
  const auto margin = share_margin(below_zero(repeated({2, 2, -2, -2})), 0.5, 0);
  ASSERT_TRUE(margin);
  EXPECT_NEAR(*margin, student_t * std::sqrt((80.0 + 2 * 4) * 20 / 19) / 400, 1e-9);
}

TEST(quantile_interval, a_level_too_short_for_its_own_correlations_has_none) {
  std::vector<int> drifting(20, 2);
  std::fill(drifting.begin() + 10, drifting.end(), -2);
  EXPECT_FALSE(share_margin(below_zero(drifting), 0.5, 0));
}

TEST(quantile_interval, equal_batches_are_taken_for_independent_samples) {
  const auto margin = share_margin(below_zero(repeated({0})), 0.5, 0);
  ASSERT_TRUE(margin);
  EXPECT_NEAR(*margin, student_t * 0.5 / 20, 1e-9);
}

TEST(quantile_interval, samples_of_one_request_count_as_one) {
  sample_series alone = below_zero(repeated({2, -2}));
  sample_series tenfold;
  for (const double sample : alone.samples) {
    tenfold.samples.insert(tenfold.samples.end(), 10, sample);
    tenfold.cluster_ends.push_back(tenfold.samples.size());
  }
  EXPECT_NEAR(*share_margin(tenfold, 0.5, 0), *share_margin(alone, 0.5, 0), 1e-12);
}

TEST(quantile_interval, requests_of_unequal_length_weigh_by_their_samples) {
  // 40 requests, one with 61 samples and the others with one: batch 0 has 62 samples, each other batch 2.
  sample_series series;
  for (int request = 0; request < 40; ++request) {
    series.samples.insert(series.samples.end(), request == 0 ? 61 : 1, request < 20 ? -1.0 : 1.0);
    series.cluster_ends.push_back(series.samples.size());
  }
  // 80 of the 100 samples are below 0: 62 - 49.6 too many in batch 0, 0.4 in the next nine, -1.6 in the last ten.
  const double squares = 12.4 * 12.4 + 9 * 0.16 + 10 * 2.56;
  const double neighbours = 12.4 * 0.4 + 8 * 0.16 - 0.4 * 1.6 + 9 * 2.56;
  EXPECT_NEAR(*share_margin(series, 0.5, 0),
              student_t * std::sqrt((squares + 2 * neighbours) * 20 / 19 / (100 * 0.8 * 0.2) * 0.25 / 100), 1e-9);
}

TEST(quantile_interval, ends_are_the_quantiles_that_the_margin_reaches) {
  sample_series series; // 0 to 399, of which each batch has ten of the lower half: in pairs i and 399 - i
  for (int i = 0; i < 200; ++i) {
    series.samples.push_back(i);
    series.samples.push_back(399 - i);
  }
  const percentile_intervals found = intervals_of(series);
  ASSERT_TRUE(found.p50);
  const double margin = student_t * 0.5 / 20;
  EXPECT_NEAR(found.p50->low, 399 * (0.5 - margin), 1e-6);
  EXPECT_NEAR(found.p50->high, 399 * (0.5 + margin), 1e-6);
}

TEST(quantile_interval, equal_samples_have_an_interval_without_width) {
  const percentile_intervals found = intervals_of({std::vector<double>(2'000, 7.5), {}});
  for (const auto& each : {found.p50, found.p90, found.p95, found.p99}) {
    ASSERT_TRUE(each);
    EXPECT_EQ(each->low, 7.5);
    EXPECT_EQ(each->high, 7.5);
  }
}

TEST(quantile_interval, a_percentile_with_too_few_samples_beyond_it_has_none) {
  sample_series series;
  for (int i = 0; i < 400; ++i) series.samples.push_back(i * 37 % 400); // spread evenly: as if independent, or better
  const percentile_intervals found = intervals_of(series);
  EXPECT_TRUE(found.p50);
  EXPECT_TRUE(found.p90);
  EXPECT_TRUE(found.p95);
  EXPECT_FALSE(found.p99_9); // an end would lie beyond the largest sample
}

TEST(quantile_interval, fewer_than_40_requests_have_none) {
  EXPECT_FALSE(intervals_of({std::vector<double>(39, 1.0), {}}).p50);
  EXPECT_TRUE(intervals_of({std::vector<double>(40, 1.0), {}}).p50);
  EXPECT_FALSE(intervals_of({}).p50);

  sample_series clustered{std::vector<double>(390, 1.0), {}};
  for (std::size_t end = 10; end <= 390; end += 10) clustered.cluster_ends.push_back(end);
  EXPECT_FALSE(intervals_of(clustered).p50);
}

} // namespace
} // namespace loadgen::metrics
