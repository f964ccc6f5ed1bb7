#include "serve/stream_schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace loadgen::serve {
namespace {

using namespace std::chrono_literals;

constexpr instant start{1000s};
constexpr int gap_count = 100'000;
constexpr double mean = 10e6; // ns

/// Gaps in ns, as the differences of due times.
std::vector<double> draw_gaps(const server_settings& settings) {
  stream_schedule schedule{settings, 0, start};
  std::vector<double> gaps;
  for (int i = 0; i < gap_count; ++i) {
    const instant before = schedule.due();
    schedule.advance();
    gaps.push_back(static_cast<double>((schedule.due() - before).count()));
  }
  return gaps;
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double deviation_of(const std::vector<double>& values) {
  const double center = mean_of(values);
  double sum = 0;
  for (const double value : values) sum += (value - center) * (value - center);
  return std::sqrt(sum / static_cast<double>(values.size()));
}

/// Kolmogorov-Smirnov distance between the sample and a distribution function.
double distance(std::vector<double> values, const std::function<double(double)>& distribution) {
  std::sort(values.begin(), values.end());
  const auto count = static_cast<double>(values.size());
  double greatest = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = distribution(values[i]);
    greatest =
        std::max({greatest, expected - static_cast<double>(i) / count, static_cast<double>(i + 1) / count - expected});
  }
  return greatest;
}

double normal_cdf(double z) {
  return std::erfc(-z / std::sqrt(2.0)) / 2;
}

// The distance stays below 1.95 / sqrt(n) in 99.9 % of samples of that distribution.
const double ks_bound = 1.95 / std::sqrt(static_cast<double>(gap_count));

TEST(stream_schedule, constant_gaps_add_up_exactly) {
  stream_schedule schedule{{.ttft = 50ms, .itl = 10ms}, 7, start};
  EXPECT_EQ(schedule.due(), start + 50ms);
  schedule.advance();
  EXPECT_EQ(schedule.due(), start + 60ms);
  schedule.advance(98);
  EXPECT_EQ(schedule.due(), start + 50ms + 99 * 10ms);
}

TEST(stream_schedule, zero_gap_makes_all_due_with_the_first_whatever_the_distribution) {
  for (const auto kind : {gap_distribution::constant, gap_distribution::normal, gap_distribution::lognormal,
                          gap_distribution::exponential}) {
    stream_schedule schedule{{.ttft = 5ms, .itl = 0ms, .itl_distribution = kind}, 0, start};
    schedule.advance(1000);
    EXPECT_EQ(schedule.due(), start + 5ms);
  }
}

TEST(stream_schedule, advancing_by_many_equals_advancing_one_by_one) {
  const server_settings settings{.itl_distribution = gap_distribution::lognormal};
  stream_schedule one{settings, 3, start}, many{settings, 3, start};
  for (int i = 0; i < 10; ++i) one.advance();
  many.advance(10);
  EXPECT_EQ(one.due(), many.due());
}

TEST(stream_schedule, gaps_depend_on_seed_and_request_and_nothing_else) {
  const auto after_one = [](std::uint64_t seed, std::uint64_t request) {
    stream_schedule schedule{{.itl_distribution = gap_distribution::exponential, .seed = seed}, request, start};
    schedule.advance();
    return schedule.due();
  };
  EXPECT_EQ(after_one(1, 0), after_one(1, 0));
  EXPECT_NE(after_one(1, 0), after_one(2, 0));
  EXPECT_NE(after_one(1, 0), after_one(1, 1));
}

TEST(stream_schedule, exponential_gaps) {
  const auto gaps = draw_gaps({.itl_distribution = gap_distribution::exponential});
  EXPECT_NEAR(mean_of(gaps), mean, 0.015 * mean); // 4.7 standard errors
  EXPECT_LT(distance(gaps, [](double gap) { return 1 - std::exp(-gap / mean); }), ks_bound);
}

TEST(stream_schedule, lognormal_gaps) {
  const double cv = 0.8;
  const auto gaps = draw_gaps({.itl_distribution = gap_distribution::lognormal, .itl_cv = cv});
  EXPECT_NEAR(mean_of(gaps), mean, 0.012 * mean);
  EXPECT_NEAR(deviation_of(gaps) / mean_of(gaps), cv, 0.04);
  const double sigma = std::sqrt(std::log(1 + cv * cv));
  const double mu = std::log(mean) - sigma * sigma / 2;
  EXPECT_LT(distance(gaps, [&](double gap) { return normal_cdf((std::log(gap) - mu) / sigma); }), ks_bound);
}

TEST(stream_schedule, normal_gaps_far_from_zero) {
  const double cv = 0.1;
  const auto gaps = draw_gaps({.itl_distribution = gap_distribution::normal, .itl_cv = cv});
  EXPECT_NEAR(mean_of(gaps), mean, 0.0015 * mean);
  EXPECT_NEAR(deviation_of(gaps), cv * mean, 0.01 * cv * mean);
  EXPECT_LT(distance(gaps, [&](double gap) { return normal_cdf((gap - mean) / (cv * mean)); }), ks_bound);
}

TEST(stream_schedule, normal_gaps_below_zero_become_zero) {
  const auto gaps = draw_gaps({.itl_distribution = gap_distribution::normal, .itl_cv = 1});
  EXPECT_EQ(*std::min_element(gaps.begin(), gaps.end()), 0);
  // Of max(0, X) with X of mean m and deviation m: P(0) = Phi(-1), E = m (Phi(1) + phi(1)).
  const auto zeros = static_cast<double>(std::count(gaps.begin(), gaps.end(), 0));
  EXPECT_NEAR(zeros / gap_count, 0.158655, 0.006);
  EXPECT_NEAR(mean_of(gaps), mean * (0.841345 + 0.241971), 0.015 * mean);
}

} // namespace
} // namespace loadgen::serve
