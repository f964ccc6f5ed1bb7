#include <loadgen/metrics/calibrated_range.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace loadgen::metrics {
namespace {

namespace json = boost::json;

const std::vector<calibrated_range> three{{.error_ms = 0.1, .tokens_per_s = std::nullopt, .streams = 100},
                                          {.error_ms = 0.5, .tokens_per_s = 1000, .streams = 200},
                                          {.error_ms = 1, .tokens_per_s = 5000, .streams = 200}};

TEST(calibrated_range, a_load_is_within_the_smallest_error_whose_two_limits_hold_it) {
  EXPECT_EQ(calibrated_error_ms(three, {.streams = 1, .events_per_s = 1}), 0.5); // nothing held 0.1 ms
  EXPECT_EQ(calibrated_error_ms(three, {.streams = 200, .events_per_s = 1000}), 0.5);
  EXPECT_EQ(calibrated_error_ms(three, {.streams = 200, .events_per_s = 1000.5}), 1);
  EXPECT_EQ(calibrated_error_ms(three, {.streams = 200.5, .events_per_s = 10}), std::nullopt);
  EXPECT_EQ(calibrated_error_ms(three, {.streams = 1, .events_per_s = 5001}), std::nullopt);
}

TEST(calibrated_range, json_round_trip) {
  const json::array written = to_json(three);
  EXPECT_EQ(written.at(0), (json::value{{"error_ms", 0.1}, {"tokens_per_s", nullptr}, {"streams", 100}}));
  const auto read = ranges_from_json(json::parse(json::serialize(written)));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(*read, three);
}

TEST(calibrated_range, what_is_no_list_of_ranges_is_refused) {
  for (const char* const text :
       {"null", "{}", "[1]", R"([{"error_ms":0.1,"streams":1}])", R"([{"error_ms":null,"tokens_per_s":1,"streams":1}])",
        R"([{"error_ms":0.1,"tokens_per_s":1,"streams":-1}])", R"([{"error_ms":0.1,"tokens_per_s":1,"streams":1.5}])",
        R"([{"error_ms":1,"tokens_per_s":1,"streams":1},{"error_ms":0.5,"tokens_per_s":1,"streams":1}])"})
    EXPECT_TRUE(ranges_from_json(json::parse(text)).has_error()) << text;
}

level_summary level_with(double requests_per_s, double tokens_per_s) {
  level_summary level;
  level.requests.issued = 40;
  level.rates.requests_per_s = requests_per_s;
  level.rates.output_tokens_per_s = tokens_per_s;
  return level;
}

TEST(client_load, of_a_closed_loop_is_its_concurrency_or_its_fewer_requests) {
  level_summary level = level_with(10, 600);
  level.info.concurrency = 8;
  EXPECT_EQ(load_on_client(level)->streams, 8);
  level.info.concurrency = 64;
  EXPECT_EQ(load_on_client(level)->streams, 40);
}

TEST(client_load, of_an_open_loop_is_the_mean_number_in_flight) {
  level_summary level = level_with(10, 600);
  level.info.rate = 10;
  level.metrics[static_cast<std::size_t>(metric::e2e_done)].mean = 2500;
  EXPECT_DOUBLE_EQ(load_on_client(level)->streams, 25); // 10 a second, each for 2.5 s
}

TEST(client_load, counts_events_where_they_hold_several_tokens) {
  level_summary level = level_with(10, 600);
  level.info.concurrency = 8;
  EXPECT_DOUBLE_EQ(load_on_client(level)->events_per_s, 600);
  level.tokens.per_chunk = 4.0;
  EXPECT_DOUBLE_EQ(load_on_client(level)->events_per_s, 150);
}

TEST(client_load, of_a_level_without_figures_is_unset) {
  level_summary level;
  EXPECT_FALSE(load_on_client(level));
  level.info.concurrency = 8;
  EXPECT_FALSE(load_on_client(level));
}

} // namespace
} // namespace loadgen::metrics
