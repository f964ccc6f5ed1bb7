// How often the statistics are right, by simulation: what docs/statistics.md says of them.
#include "metrics/distribution.hpp"
#include "metrics/quantile_interval.hpp"
#include "metrics/queue_growth.hpp"
#include "metrics/steady_state.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <iostream>
#include <random>

namespace loadgen::metrics {
namespace {

constexpr double median = 0;                       // of the standard normal distribution
constexpr double quantile_99 = 2.3263478740408408; // its 99th percentile

std::vector<double> independent(std::mt19937_64& random, std::size_t count) {
  std::vector<double> series(count);
  std::normal_distribution<double> normal;
  for (double& sample : series) sample = normal(random);
  return series;
}

/// A stationary series whose samples are standard normal and correlate by phi with the one before.
std::vector<double> autoregressive(std::mt19937_64& random, std::size_t count, double phi) {
  std::vector<double> series = independent(random, count);
  for (std::size_t i = 1; i < count; ++i) series[i] = phi * series[i - 1] + std::sqrt(1 - phi * phi) * series[i];
  return series;
}

percentile_intervals intervals_of(const sample_series& series) {
  std::vector<double> samples = series.samples;
  return find_intervals(series, describe(samples));
}

bool covers(const std::optional<interval>& found, double truth) { // one that was not found covers nothing
  return found && found->low <= truth && truth <= found->high;
}

struct coverage {
  double p50 = 0;
  double p99 = 0;
};

coverage coverage_of(const std::function<sample_series()>& draw, double p50, double p99) {
  constexpr int replications = 2'000;
  int with_p50 = 0, with_p99 = 0;
  for (int i = 0; i < replications; ++i) {
    const percentile_intervals found = intervals_of(draw());
    with_p50 += covers(found.p50, p50) ? 1 : 0;
    with_p99 += covers(found.p99, p99) ? 1 : 0;
  }
  const coverage measured{with_p50 / double{replications}, with_p99 / double{replications}};
  std::cout << "  covered by the interval of p50: " << measured.p50 << ", of p99: " << measured.p99 << '\n';
  return measured;
}

class interval_coverage : public testing::TestWithParam<double> {};

TEST_P(interval_coverage, of_ten_thousand_autoregressive_samples) {
  std::mt19937_64 random{20'240'501};
  const auto draw = [&random] { return sample_series{autoregressive(random, 10'000, GetParam()), {}}; };
  const coverage measured = coverage_of(draw, median, quantile_99);
  EXPECT_GE(measured.p50, 0.92);
  EXPECT_LE(measured.p50, 0.98);
  EXPECT_GE(measured.p99, 0.92);
  EXPECT_LE(measured.p99, 0.98);
}

INSTANTIATE_TEST_SUITE_P(correlation, interval_coverage, testing::Values(0.0, 0.5, 0.9), [](const auto& phi) {
  return phi.param == 0 ? std::string{"none"} : "phi_0_" + std::to_string(std::lround(10 * phi.param));
});

TEST(interval_coverage_of_clusters, requests_whose_gaps_are_alike) {
  // 400 requests of 1 to 49 gaps. Half of the variance of a gap is its request's: all of it standard normal.
  std::mt19937_64 random{7};
  std::normal_distribution<double> normal;
  std::uniform_int_distribution<int> length{1, 49};
  const auto draw = [&] {
    sample_series series;
    for (int request = 0; request < 400; ++request) {
      const double own = normal(random);
      for (int gap = length(random); gap > 0; --gap) series.samples.push_back((own + normal(random)) / std::sqrt(2.0));
      series.cluster_ends.push_back(series.samples.size());
    }
    return series;
  };
  const coverage measured = coverage_of(draw, median, quantile_99);
  EXPECT_GE(measured.p50, 0.92);
  EXPECT_LE(measured.p50, 0.98);
  EXPECT_GE(measured.p99, 0.92);
  EXPECT_LE(measured.p99, 0.98);
}

double false_alarms(std::mt19937_64& random, std::size_t count, double phi) {
  constexpr int replications = 1'000;
  int alarms = 0;
  for (int i = 0; i < replications; ++i) {
    const auto found = find_settling(autoregressive(random, count, phi));
    alarms += !found->reached || found->transients > 0 ? 1 : 0;
  }
  return alarms / double{replications};
}

TEST(steady_state_alarms, are_rare_in_settled_series) {
  std::mt19937_64 random{11};
  EXPECT_LE(false_alarms(random, 100, 0), 0.04);
  EXPECT_LE(false_alarms(random, 1'000, 0), 0.04);
  EXPECT_LE(false_alarms(random, 1'000, 0.5), 0.04);
  EXPECT_LE(false_alarms(random, 1'000, 0.9), 0.05);
}

TEST(steady_state_alarms, are_common_where_the_first_wave_is_slow) {
  constexpr int replications = 1'000;
  std::mt19937_64 random{13};
  int found = 0;
  for (int i = 0; i < replications; ++i) {
    std::vector<double> series = independent(random, 128);
    for (std::size_t cold = 0; cold < 32; ++cold) series[cold] += 2;
    const auto settled = find_settling(series);
    found += settled->transients >= 28 && settled->transients <= 40 ? 1 : 0;
  }
  EXPECT_GE(found, replications * 8 / 10);
}

/// Poisson arrivals, one a second on average, at a server that takes `load` seconds on average for each, one after the
/// other.
recorded_level single_server(std::mt19937_64& random, std::size_t requests, double load) {
  std::exponential_distribution<double> one;
  recorded_level level;
  double arrival = 0, free = 0;
  for (std::size_t i = 0; i < requests; ++i) {
    arrival += one(random);
    free = std::max(free, arrival) + load * one(random);
    request_record record;
    record.planned = instant{std::chrono::duration_cast<duration>(seconds_f{arrival})};
    record.ended = instant{std::chrono::duration_cast<duration>(seconds_f{free})};
    level.requests.push_back(record);
  }
  return level;
}

double saturated_share(std::mt19937_64& random, double load) {
  constexpr int replications = 300;
  int saturated = 0;
  for (int i = 0; i < replications; ++i) {
    const auto found = measure_queue_growth(single_server(random, 1'000, load));
    saturated += found && found->saturated ? 1 : 0;
  }
  return saturated / double{replications};
}

TEST(saturation, is_not_seen_in_queues_that_keep_up) {
  std::mt19937_64 random{17};
  EXPECT_LE(saturated_share(random, 0.7), 0.01);
  EXPECT_LE(saturated_share(random, 0.95), 0.02);
  EXPECT_LE(saturated_share(random, 1.0), 0.05); // between the two: neither in balance nor growing steadily
}

TEST(saturation, is_seen_where_a_third_more_comes_than_is_served) {
  std::mt19937_64 random{19};
  EXPECT_GE(saturated_share(random, 1.3), 0.95);
}

} // namespace
} // namespace loadgen::metrics
