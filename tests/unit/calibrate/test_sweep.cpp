#include "unit/calibrate/answers.hpp"

#include <loadgen/calibrate/sweep.hpp>

#include <gtest/gtest.h>

#include <deque>

namespace loadgen::calibrate {
namespace {

using namespace std::chrono_literals;
using metrics::calibrated_range;
using samples::measured;

const std::vector<offered_load> five_loads(5, samples::small_load());

bool always() {
  return true;
}

/// Gives readings in turn, whatever is asked.
class scripted_meter {
public:
  scripted_meter(std::initializer_list<level_reading> readings) : readings_(readings) {}

  result<level_reading> operator()(const offered_load&) {
    const level_reading next = readings_.front();
    readings_.pop_front();
    return next;
  }

  [[nodiscard]] std::size_t left() const { return readings_.size(); }

private:
  std::deque<level_reading> readings_;
};

/// The errors of the levels that counted, in tenths of a millisecond; negative where the level was repeated.
std::vector<int> errors_of(const sweep_reading& sweep) {
  std::vector<int> errors;
  for (const level_reading& level : sweep.levels) {
    const int tenths = static_cast<int>(level.worst_error_ms() * 10 + 0.5);
    errors.push_back(level.repeated ? -tenths : tenths);
  }
  return errors;
}

sweep_reading swept(scripted_meter& meter, std::size_t loads) {
  const auto reading = sweep(std::span{five_loads}.first(loads), std::ref(meter), always);
  EXPECT_TRUE(reading.has_value());
  return reading.has_value() ? *reading : sweep_reading{};
}

TEST(sweep, goes_to_the_end_while_every_limit_holds) {
  scripted_meter meter{measured(0.01), measured(0.1), measured(0.02)};
  const sweep_reading reading = swept(meter, 3);
  EXPECT_EQ(reading.ended_by, sweep_end::all_measured);
  EXPECT_EQ(errors_of(reading), (std::vector{0, 1, 0}));
}

TEST(sweep, repeats_a_level_that_breaks_a_limit_and_takes_the_better) {
  scripted_meter meter{measured(0.01), measured(0.7), measured(0.02), measured(0.01)};
  const sweep_reading reading = swept(meter, 3);
  EXPECT_EQ(meter.left(), 0U);
  EXPECT_EQ(errors_of(reading), (std::vector{0, -0, 0}));
  EXPECT_TRUE(reading.levels[1].repeated);
  EXPECT_FALSE(reading.levels[2].repeated);
}

TEST(sweep, keeps_the_first_measurement_where_the_second_is_worse) {
  scripted_meter meter{measured(0.3), measured(0.8)};
  EXPECT_EQ(errors_of(swept(meter, 1)), (std::vector{-3}));
}

TEST(sweep, does_not_repeat_for_a_limit_that_is_lost_already) {
  scripted_meter meter{measured(0.3), measured(0.4), measured(0.2), measured(0.9), measured(0.8)};
  const sweep_reading reading = swept(meter, 3);
  EXPECT_EQ(meter.left(), 0U);
  EXPECT_EQ(errors_of(reading), (std::vector{-3, 2, -8}));
}

TEST(sweep, a_client_that_was_behind_is_worse_than_any_error) {
  level_reading behind = measured(0.01);
  behind.verdict = metrics::verdict::client_bound;
  scripted_meter meter{behind, measured(0.9)};
  const sweep_reading reading = swept(meter, 1);
  EXPECT_EQ(errors_of(reading), (std::vector{-9}));
  EXPECT_EQ(reading.ended_by, sweep_end::all_measured);
}

TEST(sweep, ends_behind_an_error_above_all_limits) {
  scripted_meter meter{measured(0.01), measured(1.5), measured(1.2), measured(0.01)};
  const sweep_reading reading = swept(meter, 5);
  EXPECT_EQ(reading.ended_by, sweep_end::error);
  EXPECT_EQ(errors_of(reading), (std::vector{0, -12}));
  EXPECT_EQ(meter.left(), 1U);
}

TEST(sweep, ends_where_the_client_was_behind_or_requests_failed) {
  level_reading behind = measured(0.01), failed = measured(0.01);
  behind.verdict = metrics::verdict::client_bound;
  failed.complete = false;
  for (const level_reading& last : {behind, failed}) {
    scripted_meter meter{last, last, measured(0.01)};
    EXPECT_EQ(swept(meter, 5).ended_by, sweep_end::client);
    EXPECT_EQ(meter.left(), 1U);
  }
}

TEST(sweep, ends_where_the_server_was_late) {
  level_reading late = measured(0.01);
  late.server_late = true;
  scripted_meter meter{measured(0.01), late, late, measured(0.01)};
  const sweep_reading reading = swept(meter, 5);
  EXPECT_EQ(reading.ended_by, sweep_end::server);
  EXPECT_EQ(reading.levels.size(), 2U);
}

TEST(sweep, goes_on_where_the_server_was_late_once) {
  level_reading late = measured(0.01);
  late.server_late = true;
  scripted_meter meter{late, measured(0.02), measured(0.01)};
  const sweep_reading reading = swept(meter, 2);
  EXPECT_EQ(reading.ended_by, sweep_end::all_measured);
  EXPECT_FALSE(reading.levels[0].server_late);
}

TEST(sweep, ends_when_there_is_no_time_for_a_level_or_its_repetition) {
  scripted_meter meter{measured(0.3), measured(0.01)};
  int asked = 0;
  const auto reading = sweep(five_loads, std::ref(meter), [&asked] { return ++asked == 1; });
  ASSERT_TRUE(reading.has_value());
  EXPECT_EQ(reading->ended_by, sweep_end::time);
  EXPECT_EQ(errors_of(*reading), (std::vector{3}));
}

TEST(sweep, ends_at_the_descriptor_limit_and_passes_other_errors_on) {
  const auto failing_with = [](errc code) {
    return sweep(
        five_loads,
        [code](const offered_load&) {
          return result<level_reading>{error{code, "why"}};
        },
        always);
  };
  const auto limited = failing_with(errc::resource_limit);
  ASSERT_TRUE(limited.has_value());
  EXPECT_EQ(limited->ended_by, sweep_end::descriptors);
  EXPECT_EQ(failing_with(errc::unreachable).error().message, "why");
}

TEST(ranges, reach_up_to_the_level_before_the_first_that_did_not_hold) {
  const std::vector by_rate{measured(0.05, 200, 1000), measured(0.2, 200, 2000), measured(0.05, 200, 3000),
                            measured(0.9, 200, 4000), measured(2, 200, 5000)};
  const std::vector by_streams{measured(0.01, 50), measured(0.02, 100), measured(0.02, 200)};
  EXPECT_EQ(ranges_of(by_rate, by_streams),
            (std::vector{calibrated_range{.error_ms = 0.1, .tokens_per_s = 1000, .streams = 200},
                         calibrated_range{.error_ms = 0.5, .tokens_per_s = 3000, .streams = 200},
                         calibrated_range{.error_ms = 1, .tokens_per_s = 4000, .streams = 200}}));
}

TEST(ranges, are_unset_where_not_even_the_first_level_held) {
  const std::vector levels{measured(0.7, 50, 1000), measured(0.05, 100, 2000)};
  const auto ranges = ranges_of(levels, levels);
  EXPECT_EQ(ranges[0], (calibrated_range{.error_ms = 0.1, .tokens_per_s = std::nullopt, .streams = std::nullopt}));
  EXPECT_EQ(ranges[1], (calibrated_range{.error_ms = 0.5, .tokens_per_s = std::nullopt, .streams = std::nullopt}));
  EXPECT_EQ(ranges[2], (calibrated_range{.error_ms = 1, .tokens_per_s = 2000, .streams = 100}));
}

TEST(ranges, of_a_rate_that_fell_at_the_end_keep_the_highest) {
  const std::vector saturated{measured(0.01, 200, 3000), measured(0.01, 200, 2900)};
  EXPECT_EQ(ranges_of(saturated, {})[0].tokens_per_s, 3000);
}

TEST(loads, of_rising_rates_offer_them_on_the_same_streams) {
  const auto loads = rising_token_rates(30'000, 1200ms);
  ASSERT_EQ(loads.size(), 4U);
  double expected[] = {2'000, 10'000, 20'000, 30'000};
  for (std::size_t i = 0; i < loads.size(); ++i) {
    EXPECT_EQ(loads[i].streams, 200U);
    EXPECT_EQ(loads[i].requests, 800U);
    EXPECT_NEAR(loads[i].tokens_per_s(), expected[i], 0.001 * expected[i]);
    EXPECT_NEAR(to_ms(loads[i].answer_time()), 300, 0.001); // four rounds of them take the level's time
  }
}

TEST(loads, of_rising_streams_have_one_rate_until_answers_cannot_be_shorter) {
  const auto loads = rising_streams(10'000, 1200ms);
  ASSERT_EQ(loads.size(), 11U);
  EXPECT_EQ(loads.front().streams, 50U);
  EXPECT_EQ(loads.back(),
            (offered_load{.streams = 10'000, .requests = 20'000, .tokens = 2, .ttft = 20ms, .itl = 580ms}));
  for (const offered_load& load : loads) {
    EXPECT_EQ(load.requests, 2 * load.streams);
    EXPECT_NEAR(load.tokens_per_s(), load.streams <= 6000 ? 20'000 : load.streams / 0.3, 1) << load.streams;
  }
}

TEST(loads, are_the_one_asked_for_where_it_is_below_all_steps) {
  ASSERT_EQ(rising_streams(7, 1200ms).size(), 1U);
  EXPECT_EQ(rising_streams(7, 1200ms).front().streams, 7U);
}

} // namespace
} // namespace loadgen::calibrate
