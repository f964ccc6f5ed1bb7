#include <loadgen/search/knee.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace loadgen::search {
namespace {

std::vector<load_point> sweep_of(const std::vector<double>& loads, const std::function<double(double)>& throughput) {
  std::vector<load_point> points;
  for (const double load : loads) points.push_back({load, throughput(load)});
  return points;
}

/// N slots without overhead: each request takes 0.2 s of one.
std::function<double(double)> slots(double count) {
  return [count](double load) { return std::min(load, count) / 0.2; };
}

const std::vector<double> doubling{1, 2, 4, 8, 16, 32, 64};

TEST(knee, of_a_server_with_slots_is_their_number_wherever_it_lies_between_the_loads) {
  for (const double count : {2.0, 3.0, 5.0, 8.0, 11.3, 16.0, 30.0}) {
    const knee found = find_knee(sweep_of(doubling, slots(count)));
    ASSERT_TRUE(found.load) << count << ": " << found.reason;
    EXPECT_NEAR(*found.load, count, 1e-9 * count);
    EXPECT_NEAR(*found.throughput, count / 0.2, 1e-9 * count);
    EXPECT_LT(found.neighbours->low, count);
    EXPECT_GT(found.neighbours->high, count);
  }
}

TEST(knee, its_neighbours_are_the_measured_loads_around_it) {
  const knee between = find_knee(sweep_of(doubling, slots(5)));
  EXPECT_EQ(between.neighbours->low, 4);
  EXPECT_EQ(between.neighbours->high, 8);
  const knee at_a_load = find_knee(sweep_of(doubling, slots(8)));
  EXPECT_EQ(at_a_load.neighbours->low, 4);
  EXPECT_EQ(at_a_load.neighbours->high, 16);
}

TEST(knee, does_not_depend_on_the_order_of_the_loads) {
  std::vector<load_point> points = sweep_of(doubling, slots(6));
  std::reverse(points.begin(), points.end());
  EXPECT_NEAR(find_knee(points).load.value_or(0), 6, 1e-9);
}

TEST(knee, of_an_open_loop_is_the_rate_that_comes_through) {
  const knee found = find_knee(sweep_of({10, 20, 30, 45, 60, 80}, [](double rate) { return std::min(rate, 37.0); }));
  EXPECT_NEAR(found.load.value_or(0), 37, 1e-9);
}

TEST(knee, is_found_through_noise_of_a_few_percent) {
  std::mt19937_64 random{3};
  std::normal_distribution<double> noise{1, 0.03};
  for (int run = 0; run < 200; ++run) {
    const knee found = find_knee(sweep_of(doubling, [&](double load) { return slots(10)(load) * noise(random); }));
    ASSERT_TRUE(found.load) << found.reason;
    EXPECT_NEAR(*found.load, 10, 1);
  }
}

// Throughput load / (1 + load / 8) per unit of time has the asymptotes `load` and 8: they meet at 8.
TEST(knee, of_a_soft_curve_is_near_where_its_asymptotes_meet) {
  const knee found =
      find_knee(sweep_of({1, 2, 4, 8, 16, 32, 64, 128}, [](double load) { return load / (1 + load / 8); }));
  ASSERT_TRUE(found.load) << found.reason;
  EXPECT_NEAR(*found.load, 8, 1.6);
}

TEST(knee, there_is_none_where_throughput_still_grows) {
  const knee found = find_knee(sweep_of(doubling, slots(1000)));
  EXPECT_EQ(found.load, std::nullopt);
  EXPECT_EQ(found.reason, "throughput still grows at the highest loads");
}

TEST(knee, there_is_none_where_throughput_never_grew) {
  const knee found = find_knee(sweep_of(doubling, slots(1)));
  EXPECT_EQ(found.load, std::nullopt);
  EXPECT_EQ(found.reason, "throughput hardly grows even at the lowest loads");
}

TEST(knee, there_is_none_in_a_curve_without_a_bend) {
  for (const double power : {0.4, 0.5, 0.6}) {
    const knee found = find_knee(sweep_of(doubling, [power](double load) { return std::pow(load, power); }));
    EXPECT_EQ(found.load, std::nullopt) << power;
    EXPECT_NE(found.reason, "");
  }
}

TEST(knee, it_takes_four_loads_with_a_throughput) {
  EXPECT_EQ(find_knee(sweep_of({1, 2, 4}, slots(2))).load, std::nullopt);
  EXPECT_EQ(find_knee(sweep_of({1, 2, 4, 8}, slots(2.5))).load.has_value(), true);
  std::vector<load_point> with_nothing = sweep_of({1, 2, 4, 8}, slots(2.5));
  with_nothing[3].throughput = 0;
  EXPECT_EQ(find_knee(with_nothing).reason, "fewer than four loads have a throughput");
}

} // namespace
} // namespace loadgen::search
