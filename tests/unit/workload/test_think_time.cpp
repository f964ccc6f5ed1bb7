#include <loadgen/workload/think_time.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace loadgen::workload {
namespace {

using namespace std::chrono_literals;

std::vector<double> drawn(std::string_view text, std::uint64_t count = 20'000) {
  const auto from = parse_think_time(text);
  EXPECT_TRUE(from.has_value()) << from.error().message;
  std::vector<double> times;
  for (std::uint64_t i = 0; i < count; ++i) times.push_back(to_s(draw_think_time(*from, random_stream{1, "t", i})));
  std::sort(times.begin(), times.end());
  return times;
}

double mean(const std::vector<double>& of) {
  double sum = 0;
  for (const double each : of) sum += each;
  return sum / static_cast<double>(of.size());
}

double deviation(const std::vector<double>& of) {
  double squares = 0;
  for (const double center = mean(of); const double each : of) squares += (each - center) * (each - center);
  return std::sqrt(squares / static_cast<double>(of.size()));
}

TEST(think_time, every_form_is_read) {
  EXPECT_EQ(*parse_think_time("0s"), think_time{});
  EXPECT_EQ(*parse_think_time("1500ms"), (think_time{.first = 1500ms}));
  EXPECT_EQ(*parse_think_time("uniform(1,3)"), (think_time{think_form::uniform, 1s, 3s}));
  EXPECT_EQ(*parse_think_time("uniform(500ms, 3s)"), (think_time{think_form::uniform, 500ms, 3s}));
  EXPECT_EQ(*parse_think_time("normal(5,2.5)"), (think_time{think_form::normal, 5s, 2500ms}));
  EXPECT_EQ(*parse_think_time("lognormal(8,0.8)"), (think_time{think_form::lognormal, 8s, 0s, 0.8}));
  EXPECT_EQ(*parse_think_time("exponential(250ms)"), (think_time{.form = think_form::exponential, .first = 250ms}));
}

TEST(think_time, anything_else_is_refused_with_what_is_expected) {
  for (const char* text : {"", "2", "-1s", "uniform(3,1)", "uniform(1)", "normal(1,2", "normal(1,2)s", "lognormal(0,1)",
                           "lognormal(1,6)", "lognormal(1,1s)", "exponential(0)", "exponential(1,2)", "gamma(1,2)",
                           "uniform(1,x)", "uniform(nan,2)", "normal(1,4000000)"}) {
    const auto read = parse_think_time(text);
    ASSERT_TRUE(read.has_error()) << text;
    EXPECT_TRUE(
        read.error().message.starts_with("'" + std::string{text} + "' is not valid; expected a time such as 2s"))
        << read.error().message;
  }
}

// Each mean is known; its tolerance is five of its standard errors.
TEST(think_time, draws_have_the_moments_of_their_distribution) {
  EXPECT_EQ(drawn("2s", 3), (std::vector<double>{2, 2, 2}));
  const auto uniform = drawn("uniform(1,3)");
  EXPECT_NEAR(mean(uniform), 2, 5 * 0.5774 / 141);
  EXPECT_NEAR(deviation(uniform), 0.5774, 0.01);
  EXPECT_GE(uniform.front(), 1);
  EXPECT_LE(uniform.back(), 3);
  const auto normal = drawn("normal(5,1)");
  EXPECT_NEAR(mean(normal), 5, 5.0 / 141);
  EXPECT_NEAR(deviation(normal), 1, 0.03);
  EXPECT_EQ(drawn("normal(1,2)").front(), 0);
  const auto lognormal = drawn("lognormal(8,0.8)");
  EXPECT_NEAR(lognormal[lognormal.size() / 2], 8, 5 * 8 * 0.8 * 1.2533 / 141);
  EXPECT_NEAR(mean(lognormal), 8 * std::exp(0.32), 5 * 10.4 / 141);
  const auto exponential = drawn("exponential(4)");
  EXPECT_NEAR(mean(exponential), 4, 5 * 4.0 / 141);
  EXPECT_EQ(drawn("lognormal(3000000,5)").back(), 3'600'000);
}

} // namespace
} // namespace loadgen::workload
