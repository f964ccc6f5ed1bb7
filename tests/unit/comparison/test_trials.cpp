#include "comparison/trials.hpp"

#include <gtest/gtest.h>

#include <array>

namespace loadgen::comparison {
namespace {

constexpr std::array a{10.0, 12.0, 11.0};
constexpr std::array b{13.0, 15.0, 14.5, 16.0};

// Expected values: the formulas of Welch and Student, Student's distribution integrated numerically, in Python.
TEST(over_trials, is_welchs_test_on_logarithms) {
  const finding found = find_over_trials(a, b, 0.95);
  EXPECT_NEAR(found.interval->low, 0.105896, 1e-5);
  EXPECT_NEAR(found.interval->high, 0.598322, 1e-5);
  EXPECT_NEAR(*found.p, 0.0119345, 1e-6);
}

TEST(over_trials, is_the_paired_test_where_trials_ran_together) {
  constexpr std::array before{10.0, 12.0, 11.0, 13.0};
  const finding found = find_over_paired_trials(before, b, 0.95);
  EXPECT_NEAR(found.interval->low, 0.210464, 1e-5);
  EXPECT_NEAR(found.interval->high, 0.341376, 1e-5);
  EXPECT_NEAR(*found.p, 0.00064046, 1e-7);
}

TEST(over_trials, that_are_all_equal_differ_for_certain_or_not_at_all) {
  constexpr std::array ten{10.0, 10.0}, eleven{11.0, 11.0};
  EXPECT_EQ(find_over_trials(ten, ten, 0.95).p, 1.0);
  EXPECT_EQ(find_over_trials(ten, eleven, 0.95).p, 0.0);
  EXPECT_NEAR(find_over_trials(ten, eleven, 0.95).interval->low, 0.1, 1e-12);
}

TEST(over_trials, the_figure_is_the_geometric_mean) {
  EXPECT_NEAR(geometric_mean(a), 10.9696131, 1e-6);
}

} // namespace
} // namespace loadgen::comparison
