#include "metrics/percentile.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace loadgen::metrics {
namespace {

struct expected_percentiles {
  double p50, p90, p95, p99, p99_9;
};

void expect_percentiles(std::vector<double> samples, const expected_percentiles& expected) {
  percentile_selector percentiles{samples};
  EXPECT_DOUBLE_EQ(percentiles.at(0.50), expected.p50);
  EXPECT_DOUBLE_EQ(percentiles.at(0.90), expected.p90);
  EXPECT_DOUBLE_EQ(percentiles.at(0.95), expected.p95);
  EXPECT_DOUBLE_EQ(percentiles.at(0.99), expected.p99);
  EXPECT_DOUBLE_EQ(percentiles.at(0.999), expected.p99_9);
}

// Expected values of the next three: numpy 2.4.6, numpy.percentile(samples, [50, 90, 95, 99, 99.9]).

TEST(percentile, equals_numpy_for_an_odd_number_of_samples_with_a_tie) {
  expect_percentiles({12.5, 3.25, 7.0, 99.0, 0.5, 41.75, 41.75, 8.125, 63.0, 5.5, 17.0},
                     {12.5, 63.0, 81.0, 95.4, 98.64000000000007});
}

TEST(percentile, equals_numpy_for_four_samples) {
  expect_percentiles({4, 1, 3, 2}, {2.5, 3.7, 3.8499999999999996, 3.9699999999999998, 3.9970000000000003});
}

TEST(percentile, equals_numpy_for_two_thousand_samples) {
  std::vector<double> samples;
  for (int i = 0; i < 2000; ++i) {
    const int residue = (i * 7919) % 2003;
    samples.push_back(residue * residue / 1000.0);
  }
  expect_percentiles(samples,
                     {1005.0065, 3247.564500000001, 3617.7942499999995, 3928.3636500000002, 4000.0040010000007});
}

TEST(percentile, a_single_sample_is_every_percentile) {
  expect_percentiles({7.5}, {7.5, 7.5, 7.5, 7.5, 7.5});
}

TEST(percentile, equal_samples_stay_exact) {
  expect_percentiles({0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1}, {0.1, 0.1, 0.1, 0.1, 0.1});
}

TEST(percentile, ends_are_the_smallest_and_the_largest_sample) {
  std::array samples{3.0, -2.0, 9.0, 4.0};
  percentile_selector percentiles{samples};
  EXPECT_EQ(percentiles.at(0), -2);
  EXPECT_EQ(percentiles.at(1), 9);
}

TEST(percentile, the_same_percentile_twice_is_the_same_value) {
  std::vector<double> samples;
  for (int i = 0; i < 1001; ++i) samples.push_back((i * 389) % 1001); // a permutation of 0..1000
  percentile_selector percentiles{samples};
  EXPECT_DOUBLE_EQ(percentiles.at(0.5), 500);
  EXPECT_DOUBLE_EQ(percentiles.at(0.5), 500);
  EXPECT_DOUBLE_EQ(percentiles.at(0.99), 990);
}

TEST(percentile, is_thin_with_fewer_than_ten_samples_beyond) {
  EXPECT_TRUE(is_thin(99, 100)); // p90
  EXPECT_FALSE(is_thin(100, 100));
  EXPECT_TRUE(is_thin(199, 50)); // p95
  EXPECT_FALSE(is_thin(200, 50));
  EXPECT_TRUE(is_thin(999, 10)); // p99
  EXPECT_FALSE(is_thin(1000, 10));
  EXPECT_TRUE(is_thin(9999, 1)); // p99.9
  EXPECT_FALSE(is_thin(10'000, 1));
  EXPECT_TRUE(is_thin(0, 100));
}

} // namespace
} // namespace loadgen::metrics
