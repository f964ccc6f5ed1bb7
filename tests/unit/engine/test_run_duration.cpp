#include "engine_fixture.hpp"

#include <loadgen/metrics/summary.hpp>

#include <gtest/gtest.h>

#include <csignal>

namespace loadgen::engine::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::outcome;

workload::level_settings lasting(duration time) {
  workload::level_settings level;
  level.time = time;
  return level;
}

TEST_F(engine_fixture, in_duration_mode_issuing_stops_on_time_and_what_is_in_flight_ends) {
  scripted_server server{[](scripted_connection& client, int) {
    while (client.read_request()) {
      client.pause(10ms);
      client.send(stream_head() + token_chunk("a") + stream_tail());
    }
  }};
  send_to(server.port());
  const workload::plan plan = plan_of(lasting(100ms), {.concurrency = 2});
  const metrics::recorded_run recorded = run(plan);
  const metrics::recorded_level& level = recorded.levels.at(0);
  EXPECT_EQ(level.info.planned, std::nullopt);
  EXPECT_TRUE(level.end->duration_mode);
  EXPECT_EQ(level.end->dropped_not_reached, 0U);
  EXPECT_TRUE(recorded.complete());
  ASSERT_GT(level.requests.size(), 2U);
  for (const auto& record : level.requests) {
    EXPECT_EQ(record.end, outcome::completed);
    EXPECT_LT(*record.released, level.end->issuing_ended);
  }
  EXPECT_GE(level.end->issuing_ended - level.end->measured_from, 100ms - 1ms);
  EXPECT_EQ(recorded.end->manifest.at("workload").at("sha256").as_string(), plan.sha256({level.requests.size()}));
}

TEST_F(engine_fixture, what_still_runs_when_the_drain_time_is_over_is_cancelled_for_that) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send(stream_head() + token_chunk("a"));
    client.wait_for_close();
  }};
  send_to(server.port());
  const metrics::recorded_run recorded = run(plan_of(lasting(50ms), {.concurrency = 3, .drain = 30ms}));
  const metrics::recorded_level& level = recorded.levels.at(0);
  ASSERT_EQ(level.requests.size(), 3U);
  for (const auto& record : level.requests) {
    EXPECT_EQ(record.end, outcome::cancelled);
    EXPECT_EQ(record.why, metrics::cause::drain_limit);
    EXPECT_EQ(record.chunks.size(), 1U);
    EXPECT_GE(*record.ended - level.end->issuing_ended, 30ms);
  }
  EXPECT_TRUE(recorded.complete());
}

TEST_F(engine_fixture, a_level_after_a_cancelled_drain_runs_as_if_nothing_had_been) {
  scripted_server server{[](scripted_connection& client, int number) {
    if (number > 0) return answer_all(client);
    client.read_request();
    client.wait_for_close();
  }};
  send_to(server.port());
  workload::request_settings request;
  request.model = "m";
  workload::level_settings second;
  second.level = 1;
  second.requests = 5;
  settings.loads = {{.concurrency = 1, .drain = 0ms}, {.concurrency = 1}};
  const workload::plan plan =
      workload::plan::make(workload::builtin_dataset("default").value(), request, {lasting(20ms), second}).value();
  const metrics::recorded_run recorded = run(plan);
  ASSERT_EQ(recorded.levels.size(), 2U);
  EXPECT_EQ(recorded.levels[0].requests.at(0).why, metrics::cause::drain_limit);
  ASSERT_EQ(recorded.levels[1].requests.size(), 5U);
  for (const auto& record : recorded.levels[1].requests) EXPECT_EQ(record.end, outcome::completed) << record.message;
}

TEST_F(engine_fixture, requests_that_wait_at_the_cap_when_the_time_is_over_are_not_issued) {
  scripted_server server{[](scripted_connection& client, int) {
    while (client.read_request()) {
      client.pause(80ms);
      client.send(stream_head() + token_chunk("a") + stream_tail());
    }
  }};
  send_to(server.port());
  workload::level_settings level = lasting(50ms);
  for (int i = 0; i < 40; ++i) level.offsets.push_back(1ms * i);
  const metrics::recorded_run recorded = run(plan_of(std::move(level), {.rate = 1000, .max_concurrency = 1}));
  EXPECT_EQ(recorded.levels.at(0).requests.size(), 1U);
  EXPECT_TRUE(recorded.complete());
}

TEST_F(engine_fixture, an_interrupt_ends_the_window_of_duration_mode_there) {
  scripted_server server{[](scripted_connection& client, int) {
    int served = 0;
    while (client.read_request()) {
      client.send(stream_head() + token_chunk("a") + stream_tail());
      if (++served == 5) kill(getpid(), SIGTERM);
    }
  }};
  send_to(server.port());
  settings.handle_signals = true;
  const metrics::recorded_run recorded = run(plan_of(lasting(3600s), {.concurrency = 1}));
  const metrics::recorded_level& level = recorded.levels.at(0);
  EXPECT_EQ(recorded.end->interrupted_by, SIGTERM);
  EXPECT_FALSE(recorded.complete());
  EXPECT_TRUE(level.end->cut_short);
  EXPECT_FALSE(metrics::summarize(level).complete);
  EXPECT_GE(level.requests.size(), 5U);
  EXPECT_LT(level.end->issuing_ended - level.end->measured_from, 60s);
}

} // namespace
} // namespace loadgen::engine::test
