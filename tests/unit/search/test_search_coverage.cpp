// How often a search is right, by simulation: what docs/search.md says of it.
#include "simulated_servers.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iostream>
#include <random>

namespace loadgen::search::test {
namespace {

struct tally_of_searches {
  int searches = 0, bracketed = 0, right = 0, too_high = 0, too_low = 0, as_precise = 0;
  double steps = 0, width = 0;

  void add(const search_result& found, double truth, double precision) {
    ++searches;
    steps += static_cast<double>(found.steps.size());
    if (!found.bracketed()) return;
    ++bracketed;
    too_high += *found.highest_held > truth ? 1 : 0;
    too_low += *found.lowest_failed <= truth ? 1 : 0;
    right += *found.highest_held <= truth && truth < *found.lowest_failed ? 1 : 0;
    const double wide = *found.lowest_failed / *found.highest_held - 1;
    width += wide;
    as_precise += wide <= precision ? 1 : 0;
  }

  void print(const char* what) const {
    std::cout << "  " << what << ": " << searches << " searches, bracketed " << 100.0 * bracketed / searches
              << " %, truth inside " << 100.0 * right / searches << " %, interval too high "
              << 100.0 * too_high / searches << " %, too low " << 100.0 * too_low / searches << " %, levels "
              << steps / searches << ", width " << 100 * width / bracketed << " %, as precise as asked "
              << 100.0 * as_precise / searches << " %\n";
  }
};

/// Independent requests, each of which meets the SLO with a chance that falls with the load: half way between all and
/// none at `middle`, the steeper the larger `steepness`.
double chance_of(double load, double middle, double steepness) {
  return 1 / (1 + std::pow(load / middle, steepness));
}

double load_with_chance(double chance, double middle, double steepness) {
  return middle * std::pow(1 / chance - 1, 1 / steepness);
}

tally_of_searches on_independent_requests(const search_settings& settings, double steepness, std::uint64_t requests,
                                          int searches) {
  std::mt19937_64 random{11};
  tally_of_searches tally;
  for (int i = 0; i < searches; ++i) {
    const double middle = std::exp(std::uniform_real_distribution<double>{std::log(20.0), std::log(40.0)}(random));
    const search_result found = search_on(settings, [&](const search_step& step) {
      std::bernoulli_distribution meets{chance_of(step.load, middle, steepness)};
      return trial_of(
          requests * step.size, [&](std::uint64_t) { return meets(random); }, false);
    });
    tally.add(found, load_with_chance(settings.required_attainment, middle, steepness), settings.precision);
  }
  return tally;
}

TEST(search_coverage, independent_requests_and_a_slope_from_flat_to_steep) {
  for (const double required : {0.9, 0.99})
    for (const double steepness : {5.0, 20.0, 100.0}) {
      const search_settings settings{.required_attainment = required};
      const std::uint64_t requests = std::max<std::uint64_t>(100, fewest_requests_to_hold(required));
      const tally_of_searches tally = on_independent_requests(settings, steepness, requests, 400);
      tally.print(fmt::format("required {}, steepness {}", required, steepness).c_str());
      EXPECT_GE(tally.right, tally.searches * 0.93);
    }
}

/// A search as `loadgen run` makes it, on one server with a queue, whose capacity is known by Erlang's formula.
/// `limit`: waiting that is allowed, in service times.
tally_of_searches on_a_queue(double required, double limit, int searches) {
  const search_settings settings{.required_attainment = required};
  std::mt19937_64 random{23};
  tally_of_searches tally;
  for (int i = 0; i < searches; ++i) {
    const double service = std::exp(std::uniform_real_distribution<double>{std::log(0.02), std::log(0.04)}(random));
    single_server_queue server{service, limit * service, random()};
    const double to_see_queue = 6 * limit * service / settings.precision;
    const search_result found = search_on(settings, [&](const search_step& step) {
      const std::uint64_t requests =
          std::max<std::uint64_t>(600, static_cast<std::uint64_t>(std::ceil(step.load * to_see_queue)));
      return server.trial(step.load, requests * step.size);
    });
    tally.add(found, server.capacity(required), settings.precision);
  }
  tally.print(fmt::format("M/D/1, required {}, limit {} services", required, limit).c_str());
  return tally;
}

TEST(search_coverage, a_queue_with_poisson_arrivals_against_erlangs_formula) {
  for (const double required : {0.9, 0.99})
    for (const double limit : {0.9, 4.5, 20.0}) {
      const tally_of_searches tally = on_a_queue(required, limit, 100);
      EXPECT_GE(tally.right, tally.searches * 0.8);
      EXPECT_EQ(tally.bracketed, tally.searches);
    }
}

} // namespace
} // namespace loadgen::search::test
