#include "metrics/distribution.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace loadgen::metrics {
namespace {

TEST(distribution, no_samples_leave_everything_unset) {
  const distribution result = describe(std::span<double>{});
  EXPECT_EQ(result.count, 0U);
  for (const auto& figure :
       {result.mean, result.std, result.min, result.p50, result.p90, result.p95, result.p99, result.p99_9, result.max})
    EXPECT_FALSE(figure);
}

TEST(distribution, moments_and_ends_equal_numpys) { // numpy 2.4.6: mean(), std(), min(), max()
  std::vector samples{12.5, 3.25, 7.0, 99.0, 0.5, 41.75, 41.75, 8.125, 63.0, 5.5, 17.0};
  const distribution result = describe(samples);
  EXPECT_EQ(result.count, 11U);
  EXPECT_DOUBLE_EQ(*result.mean, 27.21590909090909);
  EXPECT_DOUBLE_EQ(*result.std, 29.710252807756895);
  EXPECT_EQ(result.min, 0.5);
  EXPECT_EQ(result.max, 99.0);
  EXPECT_EQ(result.p50, 12.5);
  EXPECT_DOUBLE_EQ(*result.p90, 63.0);
  EXPECT_DOUBLE_EQ(*result.p95, 81.0);
  EXPECT_DOUBLE_EQ(*result.p99, 95.4);
  EXPECT_DOUBLE_EQ(*result.p99_9, 98.64000000000007);
}

TEST(distribution, standard_deviation_is_the_populations) {
  std::vector samples{2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}; // mean 5, squared deviations sum to 32
  EXPECT_DOUBLE_EQ(*describe(samples).std, 2.0);
}

TEST(distribution, each_percentile_is_marked_thin_by_its_own_count) {
  std::vector<double> samples(200, 1.0);
  const distribution result = describe(samples);
  EXPECT_FALSE(result.thin_p90);
  EXPECT_FALSE(result.thin_p95);
  EXPECT_TRUE(result.thin_p99);
  EXPECT_TRUE(result.thin_p99_9);
  samples.resize(10'000, 1.0);
  EXPECT_FALSE(describe(samples).thin_p99);
  EXPECT_FALSE(describe(samples).thin_p99_9);
}

} // namespace
} // namespace loadgen::metrics
