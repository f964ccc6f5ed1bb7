// What a server sees of the load that was asked for.

#include "reference_run.hpp"

#include <loadgen/serve/truth.hpp>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace loadgen::test {
namespace {

using namespace std::chrono_literals;

struct seen_load {
  std::vector<duration> arrivals; ///< ascending, after the first
  std::vector<serve::truth_record> truth;
  boost::json::object summary;

  [[nodiscard]] std::ptrdiff_t between(duration from, duration to) const {
    return std::count_if(arrivals.begin(), arrivals.end(), [&](duration at) { return at >= from && at < to; });
  }
};

seen_load run_with(const std::vector<std::string>& options) {
  reference_server server{{"--ttft", "1ms", "--itl", "0ms"}};
  const temporary_folder results;
  const auto ended = run_process(run_command(server.url(), results, options));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  seen_load seen;
  seen.truth = serve::read_truth(server.stop()).value();
  std::vector<instant> received;
  for (const serve::truth_record& request : seen.truth) received.push_back(request.received);
  std::sort(received.begin(), received.end());
  for (const instant one : received) seen.arrivals.push_back(one - received.front());
  seen.summary = summary_of(run_folder_in(results));
  return seen;
}

// The pauses at the end are for a client that is late: what has not gone out by the end of the stages never does.
// Counts are off by as many as a first request that is late itself moves over a boundary.
TEST(load_shapes, stages_arrive_as_they_were_asked_for) {
  const seen_load seen =
      run_with({"--stages", "25@1s,100@1s,25@1s,0@200ms", "--arrival", "constant", "--max-tokens", "1", "--quiet"});
  EXPECT_EQ(seen.arrivals.size(), 150U);
  EXPECT_NEAR(static_cast<double>(seen.between(0s, 990ms)), 25, 6);
  EXPECT_NEAR(static_cast<double>(seen.between(990ms, 1990ms)), 100, 8);
  EXPECT_NEAR(static_cast<double>(seen.between(1990ms, 10s)), 25, 6);
  const auto& level = seen.summary.at("levels").at(0);
  EXPECT_EQ(level.at("rate").to_number<double>(), 46.875);
  EXPECT_TRUE(level.at("concurrency").is_null());
  // 149 gaps: 24 and 24 of 40 ms and 101 of 10 ms, or less where the last ones were late.
  EXPECT_NEAR(level.at("arrivals").at("planned").at("rate").to_number<double>(), 149 / 2.96, 2);
  EXPECT_NEAR(level.at("arrivals").at("achieved").at("rate").to_number<double>(), 149 / 2.96, 5);
}

TEST(load_shapes, a_ramp_brings_three_quarters_of_its_requests_in_its_second_half) {
  const seen_load seen =
      run_with({"--stages", "0..100@2s,0@200ms", "--arrival", "constant", "--max-tokens", "1", "--quiet"});
  EXPECT_EQ(seen.arrivals.size(), 100U);
  EXPECT_NEAR(static_cast<double>(seen.between(1s, 10s)), 75, 8);
}

TEST(load_shapes, bursts_arrive_together) {
  const seen_load seen =
      run_with({"--rate", "40", "--arrival", "burst:20", "--requests", "60", "--max-tokens", "1", "--quiet"});
  EXPECT_EQ(seen.arrivals.size(), 60U);
  for (const duration burst : {0ms, 500ms, 1000ms})
    EXPECT_EQ(seen.between(burst - 200ms, burst + 250ms), 20) << to_ms(burst);
}

// Requests at 0, 0, 150 and 600 ms for 9, 3, 5 and 2 tokens, at half the speed and less the last.
TEST(load_shapes, a_trace_arrives_at_its_own_moments_and_asks_for_its_own_lengths) {
  const seen_load seen = run_with({"--trace", LOADGEN_TEST_DATA "/traces/mooncake.jsonl", "--trace-speed", "0.5",
                                   "--trace-window", "..600ms", "--quiet"});
  ASSERT_EQ(seen.arrivals.size(), 3U);
  EXPECT_LT(seen.arrivals[1], 100ms);
  EXPECT_NEAR(to_ms(seen.arrivals[2]), 300, 100);
  std::multiset<std::uint32_t> tokens;
  for (const serve::truth_record& request : seen.truth) tokens.insert(request.tokens);
  EXPECT_EQ(tokens, (std::multiset<std::uint32_t>{3, 5, 9}));
  const auto& level = seen.summary.at("levels").at(0);
  EXPECT_NEAR(level.at("rate").to_number<double>(), 2 / 0.3, 1e-9);
  EXPECT_EQ(level.at("requests").at("planned"), 3);
  EXPECT_EQ(level.at("tokens").at("asked_output"), 17);
  EXPECT_EQ(level.at("tokens").at("output"), 17);
}

} // namespace
} // namespace loadgen::test
