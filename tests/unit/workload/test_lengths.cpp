// Each distribution of lengths, against its own formula.

#include "unit/workload/arrival_statistics.hpp"

#include <loadgen/workload/lengths.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

namespace loadgen::workload {
namespace {

std::vector<double> drawn(std::string_view text, std::size_t count, std::uint64_t seed = 1) {
  const auto lengths = parse_length(text);
  EXPECT_TRUE(lengths) << text;
  std::vector<double> values;
  for (std::size_t i = 0; i < count; ++i) values.push_back(draw_length(*lengths, {seed, "test-length", i}));
  return values;
}

double normal_cdf(double z) {
  return 0.5 * std::erfc(-z / std::sqrt(2.0));
}

TEST(lengths, a_number_is_every_length) {
  for (const double value : drawn("512", 100)) EXPECT_EQ(value, 512);
}

TEST(lengths, uniform_has_both_ends_and_all_between_equally_often) {
  const std::vector<double> values = drawn("uniform(8,64)", 57'000);
  std::map<double, double> counts;
  for (const double value : values) ++counts[value];
  ASSERT_EQ(counts.size(), 57U);
  EXPECT_EQ(counts.begin()->first, 8);
  EXPECT_EQ(counts.rbegin()->first, 64);
  double chi_squared = 0;
  for (const auto& [value, count] : counts) chi_squared += (count - 1000) * (count - 1000) / 1000;
  EXPECT_LT(chi_squared, 83.5); // 56 degrees of freedom, 1 %
}

TEST(lengths, normal_has_the_mean_and_the_deviation_that_it_names) {
  const std::vector<double> values = drawn("normal(512,64)", 20'000);
  EXPECT_NEAR(mean(values), 512, 3 * 64 / std::sqrt(20'000.0));
  EXPECT_NEAR(coefficient_of_variation(values) * mean(values), 64, 1);
  for (const double value : {384.0, 448.0, 512.0, 576.0, 640.0}) {
    const auto below = std::count_if(values.begin(), values.end(), [value](double each) { return each <= value; });
    EXPECT_NEAR(static_cast<double>(below) / 20'000, normal_cdf((value + 0.5 - 512) / 64), 0.012) << value;
  }
}

TEST(lengths, a_normal_draw_below_one_is_drawn_again) {
  const std::vector<double> values = drawn("normal(10,20)", 20'000);
  EXPECT_EQ(*std::min_element(values.begin(), values.end()), 1);
  // The mean of a normal distribution that ends at 0.5.
  const double a = (0.5 - 10) / 20;
  const double density = std::exp(-a * a / 2) / std::sqrt(2 * std::acos(-1.0));
  EXPECT_NEAR(mean(values), 10 + 20 * density / (1 - normal_cdf(a)), 0.35);
}

TEST(lengths, lognormal_has_the_median_and_the_sigma_that_it_names) {
  std::vector<double> values = drawn("lognormal(512,0.5)", 20'000);
  const auto middle = values.begin() + 10'000;
  std::nth_element(values.begin(), middle, values.end());
  EXPECT_NEAR(*middle, 512, 6);
  const auto cdf = [](double value) { return normal_cdf(std::log(value / 512) / 0.5); };
  EXPECT_LT(ks_distance(values, cdf), ks_critical(20'000) + 0.001); // of rounding
  EXPECT_NEAR(mean(values), 512 * std::exp(0.125), 6);
}

TEST(lengths, the_same_stream_gives_the_same_length_and_another_one_another) {
  EXPECT_EQ(drawn("normal(512,64)", 50), drawn("normal(512,64)", 50));
  EXPECT_NE(drawn("normal(512,64)", 50), drawn("normal(512,64)", 50, 2));
}

TEST(lengths, are_written_as_they_are_read) {
  for (const std::string text : {"512", "uniform(8,64)", "normal(512,64)", "lognormal(512,0.5)", "normal(512.5,0)"})
    EXPECT_EQ(format_length(*parse_length(text)), text);
}

TEST(lengths, what_is_no_distribution_is_quoted) {
  for (const std::string text : {"", "0", "-1", "1.5", "ten", "1e8", "uniform(8)", "uniform(64,8)", "uniform(0,8)",
                                 "uniform(1.5,8)", "normal(512,-1)", "normal(0,1)", "lognormal(512,6)", "zipf(1,2)",
                                 "uniform(8,64", "uniform(8,64)x", "normal(nan,1)", "512 "}) {
    const auto parsed = parse_length(text);
    ASSERT_TRUE(parsed.has_error()) << text;
    EXPECT_NE(parsed.error().message.find("'" + text + "' is not a length; expected"), std::string::npos) << text;
  }
}

} // namespace
} // namespace loadgen::workload
