#include "metrics/steady_state.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace loadgen::metrics {
namespace {

/// Swings between 10 and 14 such that any five samples have the mean 12.
std::vector<double> settled(std::size_t count) {
  std::vector<double> series;
  for (std::size_t i = 0; i < count; ++i) series.push_back(10 + static_cast<double>(i * 3 % 5));
  return series;
}

TEST(steady_state, a_settled_series_needs_no_warmup) {
  const auto found = find_settling(settled(200));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->reached);
  EXPECT_EQ(found->transients, 0U);
}

TEST(steady_state, slow_first_samples_are_to_be_left_out) {
  std::vector<double> series = settled(200);
  for (std::size_t i = 0; i < 30; ++i) series[i] += 20;
  const auto found = find_settling(series);
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->reached);
  EXPECT_EQ(found->transients, 30U);
}

TEST(steady_state, a_batch_that_is_slow_in_part_is_left_out_whole) {
  std::vector<double> series = settled(200);
  for (std::size_t i = 0; i < 27; ++i) series[i] += 20;
  EXPECT_EQ(find_settling(series)->transients, 30U);
}

TEST(steady_state, fast_first_samples_too) { // an empty server, before a queue has formed
  std::vector<double> series = settled(200);
  for (std::size_t i = 0; i < 30; ++i) series[i] -= 9;
  EXPECT_EQ(find_settling(series)->transients, 30U);
}

TEST(steady_state, a_single_slow_sample_is_no_transient) {
  std::mt19937 random{1};
  std::vector<double> series;
  for (std::size_t i = 0; i < 200; ++i) series.push_back(10 + static_cast<double>(random() % 100) / 50);
  series[2] = 1'000;
  EXPECT_EQ(find_settling(series)->transients, 0U);
}

TEST(steady_state, a_series_that_rises_throughout_never_settles) {
  std::vector<double> series = settled(200);
  for (std::size_t i = 0; i < series.size(); ++i) series[i] += static_cast<double>(i) / 20;
  EXPECT_FALSE(find_settling(series)->reached);
}

TEST(steady_state, a_series_that_changes_behind_its_middle_is_not_settled) {
  std::vector<double> series = settled(200);
  for (std::size_t i = 120; i < series.size(); ++i) series[i] += 20;
  EXPECT_FALSE(find_settling(series)->reached);
}

TEST(steady_state, a_difference_of_less_than_a_hundredth_is_of_no_consequence) {
  std::vector<double> series = settled(200); // of mean 12
  for (std::size_t i = 0; i < 30; ++i) series[i] += 0.11;
  EXPECT_EQ(find_settling(series)->transients, 0U);
  for (std::size_t i = 0; i < 30; ++i) series[i] += 3.9;
  EXPECT_EQ(find_settling(series)->transients, 30U);
}

TEST(steady_state, equal_samples_are_settled) {
  const auto found = find_settling(std::vector<double>(100, 3.0));
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->reached);
  EXPECT_EQ(found->transients, 0U);
}

TEST(steady_state, fewer_than_a_hundred_samples_do_not_tell) {
  EXPECT_FALSE(find_settling(settled(99)));
  EXPECT_TRUE(find_settling(settled(100)));
  EXPECT_FALSE(find_settling({}));
}

} // namespace
} // namespace loadgen::metrics
