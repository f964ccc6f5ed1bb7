// How often a comparison is right, by simulation: what docs/comparison.md says of it.
#include "unit/comparison/drawn_level.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <iostream>
#include <map>
#include <random>
#include <string>

namespace loadgen::comparison {
namespace {

using random_bits = std::mt19937_64;
using latencies = std::vector<drawn_request>; ///< by place in the plan
/// Draws a run: what belongs to the workload from the first, what belongs to this run alone from the second.
using run_model = std::function<latencies(random_bits& workload, random_bits& run)>;

constexpr std::size_t requests = 400;

summarized_level level_of(const latencies& drawn, double factor = 1) {
  return summarized_level{drawn_level(16, drawn.size(), [&](std::uint64_t index) {
    drawn_request slowed = drawn[index];
    for (double& gap : slowed.gaps) gap *= factor;
    return slowed;
  })};
}

double lognormal(random_bits& random, double middle, double sigma) {
  return std::lognormal_distribution<double>{std::log(middle), sigma}(random);
}

int length(random_bits& random) {
  return std::uniform_int_distribution<int>{1, 19}(random);
}

/// Every latency for itself, and all answers of ten gaps.
latencies independent(random_bits&, random_bits& run) {
  latencies drawn(requests);
  for (drawn_request& request : drawn) {
    request.ttft = lognormal(run, 40, 0.4);
    for (int i = 0; i < 10; ++i) request.gaps.push_back(lognormal(run, 10, 0.4));
  }
  return drawn;
}

/// The gaps of one answer are alike, and how long it is, the workload says.
latencies alike_within_requests(random_bits& workload, random_bits& run) {
  latencies drawn(requests);
  for (drawn_request& request : drawn) {
    request.ttft = lognormal(run, 40, 0.4);
    const double own = lognormal(run, 10, 0.3);
    for (int i = length(workload); i > 0; --i) request.gaps.push_back(own * lognormal(run, 1, 0.3));
  }
  return drawn;
}

/// Neighbours meet the server in the same state, which wanders; how much work a request is, the workload says.
latencies alike_in_time(random_bits& workload, random_bits& run) {
  constexpr double phi = 0.5;
  std::normal_distribution<double> normal;
  double state = normal(run);
  latencies drawn(requests);
  for (drawn_request& request : drawn) {
    state = phi * state + std::sqrt(1 - phi * phi) * normal(run);
    const double load = std::exp(0.2 * state), work = lognormal(workload, 1, 0.5);
    request.ttft = 40 * work * load * lognormal(run, 1, 0.1);
    for (int i = length(workload); i > 0; --i) request.gaps.push_back(10 * load * lognormal(run, 1, 0.3));
  }
  return drawn;
}

/// The share of pairs whose interval excludes no change, by headline figure.
using shares = std::map<std::string, double>;

shares shares_that_differ(const run_model& draw, pairing how, double factor, int pairs) {
  random_bits seeds{20'261'123};
  shares differing;
  for (int i = 0; i < pairs; ++i) {
    const auto workload_seed = seeds();
    random_bits workload_a{workload_seed}, workload_b{how == pairing::none ? seeds() : workload_seed};
    random_bits run_a{seeds()}, run_b{seeds()};
    const summarized_level a = level_of(draw(workload_a, run_a)), b = level_of(draw(workload_b, run_b), factor);
    for (const change& of : compare_one(a, b, how))
      if (of.headline)
        differing[of.figure] += of.interval && (of.interval->low > 0 || of.interval->high < 0) ? 1.0 / pairs : 0;
  }
  std::cout << " ";
  for (const auto& [figure, share] : differing) std::cout << ' ' << figure << ' ' << 100 * share << '%';
  std::cout << '\n';
  return differing;
}

struct situation {
  std::string name;
  run_model draw;
  pairing how;
};

class error_rates : public testing::TestWithParam<situation> {};

TEST_P(error_rates, runs_without_a_difference_seldom_seem_to_have_one) {
  for (const auto& [figure, share] : shares_that_differ(GetParam().draw, GetParam().how, 1, 1'000))
    EXPECT_LE(share, 0.07) << figure;
}

TEST_P(error_rates, gaps_that_are_a_tenth_longer_are_found) {
  const shares found = shares_that_differ(GetParam().draw, GetParam().how, 1.1, 300);
  EXPECT_GE(found.at("itl_p50"), GetParam().name.starts_with("independent") ? 0.98 : 0.8);
}

INSTANTIATE_TEST_SUITE_P(of, error_rates,
                         testing::Values(situation{"independent", independent, pairing::requests},
                                         situation{"independent_apart", independent, pairing::none},
                                         situation{"alike_within_requests", alike_within_requests, pairing::requests},
                                         situation{"alike_within_requests_apart", alike_within_requests, pairing::none},
                                         situation{"alike_in_time", alike_in_time, pairing::requests}),
                         [](const auto& situation) { return situation.param.name; });

} // namespace
} // namespace loadgen::comparison
