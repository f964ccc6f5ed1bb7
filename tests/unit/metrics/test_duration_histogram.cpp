#include "metrics/running_counter.hpp"

#include <loadgen/metrics/duration_histogram.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>
#include <vector>

namespace loadgen::metrics {
namespace {

using namespace std::chrono_literals;

TEST(duration_histogram, buckets_cover_all_durations_without_gap_or_overlap) {
  for (std::size_t i = 0; i + 1 < duration_histogram::bucket_count; ++i) {
    const duration end = duration_histogram::upper_bound(i);
    ASSERT_EQ(duration_histogram::bucket_of(end - 1ns), i);
    ASSERT_EQ(duration_histogram::bucket_of(end), i + 1);
  }
  EXPECT_EQ(duration_histogram::bucket_of(-5s), 0U);
  EXPECT_EQ(duration_histogram::bucket_of(duration::max()), duration_histogram::bucket_count - 1);
  EXPECT_GT(duration_histogram::upper_bound(duration_histogram::bucket_count - 1), 73min);
}

TEST(duration_histogram, percentiles_are_within_the_error_that_it_promises) {
  std::mt19937_64 random{7};
  std::lognormal_distribution<double> draw{std::log(20e6), 1.0};
  duration_histogram histogram;
  std::vector<double> all;
  for (int i = 0; i < 20'000; ++i) {
    all.push_back(std::floor(draw(random)));
    histogram.add(duration{static_cast<duration::rep>(all.back())});
  }
  std::sort(all.begin(), all.end());
  for (const double fraction : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const double truth = all[static_cast<std::size_t>(std::ceil(fraction * 20'000)) - 1];
    EXPECT_NEAR(static_cast<double>(histogram.percentile(fraction)->count()), truth, std::max(0.008 * truth, 512.0));
  }
  EXPECT_EQ(histogram.count(), 20'000U);
}

TEST(duration_histogram, has_no_percentile_where_it_is_empty) {
  EXPECT_FALSE(duration_histogram{}.percentile(0.5));
  EXPECT_EQ(duration_histogram{}.count_at_most(1h), 0U);
}

TEST(duration_histogram, what_came_since_is_the_difference) {
  duration_histogram earlier;
  earlier.add(10ms);
  duration_histogram now = earlier;
  now.add(30ms);
  now.add(30ms);
  now -= earlier;
  EXPECT_EQ(now.count(), 2U);
  EXPECT_EQ(now.sum(), 60ms);
  EXPECT_NEAR(to_ms(*now.percentile(0.01)), 30, 0.3);
  now += earlier;
  EXPECT_EQ(now.count(), 3U);
  EXPECT_NEAR(to_ms(*now.percentile(0.01)), 10, 0.1);
}

TEST(duration_histogram, counts_up_to_a_bound_are_exact_at_the_end_of_a_bucket) {
  duration_histogram histogram;
  const std::size_t bucket = duration_histogram::bucket_of(10ms);
  const duration end = duration_histogram::upper_bound(bucket);
  histogram.add(end - 1ns);
  histogram.add(end);
  EXPECT_EQ(histogram.count_at_most(end), 1U);
  EXPECT_EQ(histogram.count_at_most(end - 1ns), 0U);
  EXPECT_EQ(histogram.count_at_most(1h), 2U);
}

TEST(running_histogram, can_be_read_while_its_writer_adds) {
  running_histogram running;
  std::thread writer{[&running] {
    for (int i = 0; i < 100'000; ++i) running.add(duration{i * 100});
  }};
  std::uint64_t before = 0;
  for (int i = 0; i < 50; ++i) {
    duration_histogram seen;
    running.add_to(seen);
    EXPECT_GE(seen.count(), before);
    before = seen.count();
  }
  writer.join();
  duration_histogram all;
  running.add_to(all);
  EXPECT_EQ(all.count(), 100'000U);
  EXPECT_EQ(all.sum(), duration{100LL * 100'000 * 99'999 / 2});
}

} // namespace
} // namespace loadgen::metrics
