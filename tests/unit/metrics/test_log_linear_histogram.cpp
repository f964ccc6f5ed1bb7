#include "metrics/distribution.hpp"
#include "metrics/log_linear_histogram.hpp"

#include <loadgen/base/random.hpp>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/lognormal_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <vector>

namespace loadgen::metrics {
namespace {

log_linear_histogram histogram_of(const std::vector<double>& numbers) {
  log_linear_histogram histogram;
  for (const double number : numbers) histogram.add(number);
  return histogram;
}

void expect_within(double share, std::optional<double> actual, std::optional<double> exact, const std::string& what) {
  ASSERT_TRUE(actual && exact) << what;
  EXPECT_NEAR(*actual, *exact, std::abs(*exact) * share) << what;
}

/// Every figure that is taken from both, the percentiles within half of the 0.1 % that is promised.
void expect_same_distribution(std::vector<double> numbers, const std::string& what) {
  const distribution counted = describe(histogram_of(numbers));
  const distribution exact = describe(numbers);
  EXPECT_EQ(counted.count, exact.count) << what;
  EXPECT_EQ(counted.min, exact.min) << what;
  EXPECT_EQ(counted.max, exact.max) << what;
  EXPECT_EQ(counted.thin_p90, exact.thin_p90) << what;
  EXPECT_EQ(counted.thin_p99_9, exact.thin_p99_9) << what;
  expect_within(1e-12, counted.mean, exact.mean, what + " mean");
  expect_within(1e-9, counted.std, exact.std, what + " std");
  expect_within(0.0005, counted.p50, exact.p50, what + " p50");
  expect_within(0.0005, counted.p90, exact.p90, what + " p90");
  expect_within(0.0005, counted.p95, exact.p95, what + " p95");
  expect_within(0.0005, counted.p99, exact.p99, what + " p99");
  expect_within(0.0005, counted.p99_9, exact.p99_9, what + " p99_9");
}

struct named_draw {
  const char* name;
  std::function<double(random_stream&)> draw;
};

const std::vector<named_draw> draws{
    {"uniform", boost::random::uniform_real_distribution<double>{0.001, 500}},
    {"lognormal", boost::random::lognormal_distribution<double>{3, 1.5}},
    {"exponential", boost::random::exponential_distribution<double>{0.01}},
    {"bimodal",
     [](random_stream& bits) {
       const bool slow = boost::random::uniform_real_distribution<double>{0, 1}(bits) < 0.05;
       return boost::random::normal_distribution<double>{slow ? 900.0 : 20.0, 2}(bits);
     }},
    {"pareto",
     [](random_stream& bits) {
       return std::pow(1 - boost::random::uniform_real_distribution<double>{0, 1}(bits), -1 / 0.7);
     }},
    {"whole nanoseconds",
     [](random_stream& bits) { return std::floor(boost::random::exponential_distribution<double>{1e-4}(bits)) / 1e6; }},
};

TEST(log_linear_histogram, percentiles_are_close_to_those_of_all_samples_of_any_shape_and_count) {
  for (const named_draw& each : draws)
    for (const std::size_t count : {1U, 2U, 3U, 10U, 99U, 1'000U, 50'000U}) {
      random_stream bits{count, each.name};
      std::vector<double> numbers(count);
      for (double& number : numbers) number = each.draw(bits);
      expect_same_distribution(numbers, std::string{each.name} + " of " + std::to_string(count));
    }
}

TEST(log_linear_histogram, every_number_is_within_the_error_of_its_bin_at_any_size) {
  for (int exponent = -900; exponent <= 900; exponent += 7)
    for (const double mantissa : {1.0, 1.0009, 1.4999, 1.5, 1.99999}) {
      const double number = std::ldexp(mantissa, exponent);
      const log_linear_histogram histogram = histogram_of({number, number * 0.5, number * 2});
      EXPECT_NEAR(histogram.at_rank(1), number, number * log_linear_histogram::relative_error);
      const log_linear_histogram negative = histogram_of({-number, -number * 0.5, -number * 2});
      EXPECT_NEAR(negative.at_rank(1), -number, number * log_linear_histogram::relative_error);
    }
}

TEST(log_linear_histogram, zero_is_zero_and_stands_between_negative_and_positive_numbers) {
  const log_linear_histogram histogram = histogram_of({5, 0, -3, 0, -0.0});
  EXPECT_NEAR(histogram.at_rank(0), -3, 0.002);
  for (const std::uint64_t rank : {1U, 2U, 3U}) EXPECT_EQ(histogram.at_rank(rank), 0);
  EXPECT_NEAR(histogram.at_rank(4), 5, 0.003);
}

TEST(log_linear_histogram, never_gives_a_number_beyond_its_ends) {
  const log_linear_histogram histogram = histogram_of({10, 10, 10});
  EXPECT_EQ(histogram.percentile(0.5), 10); // the middle of its bin is above
  EXPECT_EQ(histogram.percentile(0.999), 10);
}

TEST(log_linear_histogram, ranks_between_two_samples_are_interpolated) {
  const log_linear_histogram histogram = histogram_of({100, 200});
  EXPECT_NEAR(histogram.percentile(0.9), 190, 0.1);
}

TEST(log_linear_histogram, a_small_spread_far_from_zero_keeps_its_deviation) {
  std::vector<double> numbers; // 1e9 and 1e9 + 1 by turns: deviation 0.5, squares near 1e18
  for (int i = 0; i < 1'000; ++i) numbers.push_back(1e9 + i % 2);
  EXPECT_NEAR(histogram_of(numbers).standard_deviation(), 0.5, 1e-9);
}

TEST(log_linear_histogram, bins_are_visited_in_ascending_order_with_the_end_that_is_in_them) {
  std::vector<std::pair<double, std::uint64_t>> bins;
  histogram_of({2048, 2049, 2050, 1, 1, -7}).for_each_bin([&bins](double lowest, std::uint64_t count) {
    bins.emplace_back(lowest, count);
  });
  const std::vector<std::pair<double, std::uint64_t>> expected{{-7, 1}, {1, 2}, {2048, 2}, {2050, 1}};
  EXPECT_EQ(bins, expected);
}

TEST(log_linear_histogram, of_nothing_describes_nothing) {
  const distribution nothing = describe(log_linear_histogram{});
  EXPECT_EQ(nothing.count, 0U);
  EXPECT_FALSE(nothing.mean || nothing.std || nothing.min || nothing.p50 || nothing.p99_9 || nothing.max);
}

} // namespace
} // namespace loadgen::metrics
