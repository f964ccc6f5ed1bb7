#include <loadgen/metrics/statistics.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace loadgen::metrics {
namespace {

TEST(trial_statistics, of_three_trials_by_students_t) {
  const trial_statistics found = describe_trials(std::array{1.0, 2.0, 3.0});
  EXPECT_EQ(found.trials, 3U);
  EXPECT_EQ(found.mean, 2.0);
  EXPECT_EQ(found.std, 1.0); // divided by trials - 1
  ASSERT_TRUE(found.ci95);
  EXPECT_NEAR(found.ci95->low, 2 - 4.302652729911275 / std::sqrt(3), 1e-9); // scipy.stats.t.ppf(0.975, 2)
  EXPECT_NEAR(found.ci95->high, 2 + 4.302652729911275 / std::sqrt(3), 1e-9);
}

TEST(trial_statistics, two_trials_have_a_wide_interval) {
  const trial_statistics found = describe_trials(std::array{10.0, 12.0});
  ASSERT_TRUE(found.ci95);
  EXPECT_NEAR(found.ci95->high - 11, 12.706204736432095, 1e-9); // t(0.975, 1) * sqrt(2) / sqrt(2)
}

TEST(trial_statistics, one_trial_has_no_spread) {
  const trial_statistics found = describe_trials(std::array{10.0});
  EXPECT_EQ(found.mean, 10.0);
  EXPECT_FALSE(found.std);
  EXPECT_FALSE(found.ci95);
}

TEST(trial_statistics, no_trial_leaves_all_unset) {
  const trial_statistics found = describe_trials({});
  EXPECT_EQ(found.trials, 0U);
  EXPECT_FALSE(found.mean);
}

} // namespace
} // namespace loadgen::metrics
