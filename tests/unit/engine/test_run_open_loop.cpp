#include "engine_fixture.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>

namespace loadgen::engine::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::outcome;
using metrics::request_record;

workload::level_settings due_every(duration gap, std::uint64_t requests) {
  workload::level_settings level;
  level.requests = requests;
  for (std::uint64_t i = 0; i < requests; ++i) level.offsets.push_back(gap * i);
  return level;
}

/// Answers each request `delay` after it has come.
auto answering_after(std::chrono::milliseconds delay) {
  return [delay](scripted_connection& client, int) {
    while (client.read_request()) {
      client.pause(delay);
      client.send(stream_head() + token_chunk("a") + stream_tail());
    }
  };
}

TEST_F(engine_fixture, an_open_loop_releases_each_request_when_it_is_due_and_not_before) {
  scripted_server server{answering_after(0ms)};
  send_to(server.port());
  const metrics::recorded_run recorded = run(plan_of(due_every(5ms, 20), {.rate = 200}));
  const metrics::recorded_level& level = recorded.levels.at(0);
  EXPECT_EQ(level.info.rate, 200);
  EXPECT_EQ(level.info.concurrency, std::nullopt);
  EXPECT_EQ(level.info.planned, 20U);
  ASSERT_EQ(level.requests.size(), 20U);
  for (std::uint64_t i = 0; i < 20; ++i) {
    const request_record& record = level.requests[i];
    EXPECT_EQ(record.index, i);
    EXPECT_EQ(record.end, outcome::completed) << record.message;
    EXPECT_EQ(*record.planned - *level.requests[0].planned, 5ms * i);
    EXPECT_GE(*record.released, *record.planned);
    EXPECT_GE(*record.sent, *record.connected);
    EXPECT_EQ(record.cap_wait, 0ns);
  }
  EXPECT_TRUE(recorded.complete());
}

TEST_F(engine_fixture, an_open_loop_does_not_wait_for_a_slow_server) {
  scripted_server server{answering_after(200ms)};
  send_to(server.port());
  const metrics::recorded_run recorded = run(plan_of(due_every(1ms, 12), {.rate = 1000}));
  const auto& requests = recorded.levels.at(0).requests;
  ASSERT_EQ(requests.size(), 12U);
  EXPECT_LT(*requests.back().released, *requests.front().done);
  EXPECT_EQ(server.connections(), 12);
}

TEST_F(engine_fixture, at_the_cap_requests_wait_and_the_wait_is_not_the_clients_lateness) {
  scripted_server server{answering_after(100ms)};
  send_to(server.port());
  const metrics::recorded_run recorded = run(plan_of(due_every(1ms, 8), {.rate = 1000, .max_concurrency = 2}));
  const metrics::recorded_level& level = recorded.levels.at(0);
  ASSERT_EQ(level.requests.size(), 8U);
  EXPECT_LE(server.connections(), 2);
  std::vector<instant> ends;
  for (const request_record& record : level.requests) ends.push_back(*record.done);
  std::sort(ends.begin(), ends.end());
  for (std::uint64_t i = 2; i < 8; ++i) {
    const request_record& record = level.requests[i];
    EXPECT_EQ(record.end, outcome::completed);
    // It goes when all but one of those before it have ended, and all of that but the client's own moments is cap wait.
    const instant freed = ends[i - 2];
    EXPECT_GE(*record.released, freed);
    EXPECT_GE(record.cap_wait, (freed - *record.planned) / 2);
    EXPECT_LE(record.cap_wait, *record.released - *record.planned);
  }
  EXPECT_EQ(level.requests[0].cap_wait, 0ns);
  EXPECT_EQ(level.end->dropped_cap, 0U);
}

TEST_F(engine_fixture, at_the_cap_requests_are_dropped_where_the_user_wants_that) {
  std::atomic<bool> answer{false};
  scripted_server server{[&answer](scripted_connection& client, int) {
    while (client.read_request()) {
      while (!answer) client.pause(1ms);
      client.send(stream_head() + token_chunk("a") + stream_tail());
    }
  }};
  send_to(server.port());
  settings.progress_interval = 1ms;
  settings.on_progress = [&answer](const progress& now) { answer = answer || now.issued + now.dropped == 10; };
  const workload::plan plan =
      plan_of(due_every(1ms, 10), {.rate = 1000, .max_concurrency = 3, .on_cap = cap_policy::drop});
  const metrics::recorded_run recorded = run(plan);
  const metrics::recorded_level& level = recorded.levels.at(0);
  EXPECT_EQ(level.requests.size(), 3U);
  EXPECT_EQ(level.end->dropped_cap, 7U);
  EXPECT_EQ(level.end->dropped_not_reached, 0U);
  EXPECT_TRUE(recorded.complete());
}

TEST_F(engine_fixture, workers_share_the_arrivals_and_the_cap) {
  std::atomic<int> in_flight{0}, most{0};
  scripted_server server{[&](scripted_connection& client, int) {
    while (client.read_request()) {
      const int now = ++in_flight;
      for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
      }
      client.pause(3ms);
      --in_flight;
      client.send(stream_head() + token_chunk("a") + stream_tail());
    }
  }};
  send_to(server.port());
  settings.threads = 3;
  const metrics::recorded_run recorded = run(plan_of(due_every(200us, 60), {.rate = 5000, .max_concurrency = 4}));
  const auto& requests = recorded.levels.at(0).requests;
  ASSERT_EQ(requests.size(), 60U);
  for (std::uint64_t i = 0; i < 60; ++i) {
    EXPECT_EQ(requests[i].index, i);
    EXPECT_EQ(*requests[i].planned - *requests[0].planned, 200us * i);
  }
  EXPECT_LE(most, 4);
}

TEST_F(engine_fixture, the_warm_up_of_an_open_loop_has_arrivals_of_its_own) {
  scripted_server server{answering_after(0ms)};
  send_to(server.port());
  workload::level_settings level = due_every(1ms, 5);
  level.warmup_offsets = {0ms, 2ms, 4ms};
  settings.warmup.requests = 3;
  const metrics::recorded_run recorded = run(plan_of(std::move(level), {.rate = 1000}));
  const auto& requests = recorded.levels.at(0).requests;
  ASSERT_EQ(requests.size(), 8U);
  EXPECT_TRUE(requests[2].warmup);
  EXPECT_EQ(*requests[2].planned - *requests[0].planned, 4ms);
  EXPECT_FALSE(requests[3].warmup);
}

TEST_F(engine_fixture, an_interrupt_ends_an_open_loop_that_waits_for_its_next_arrival) {
  scripted_server server{[](scripted_connection& client, int) {
    while (client.read_request()) {
      client.send(stream_head() + token_chunk("a") + stream_tail());
      kill(getpid(), SIGINT);
    }
  }};
  send_to(server.port());
  settings.handle_signals = true;
  workload::level_settings level;
  level.requests = 3;
  level.offsets = {0s, 3600s, 7200s};
  const metrics::recorded_run recorded = run(plan_of(std::move(level), {.rate = 1}));
  EXPECT_EQ(recorded.levels.at(0).requests.size(), 1U);
  EXPECT_EQ(recorded.levels.at(0).end->dropped_not_reached, 2U);
  EXPECT_EQ(recorded.end->interrupted_by, SIGINT);
}

TEST_F(engine_fixture, a_cap_is_refused_where_it_means_nothing) {
  send_to(1);
  const workload::plan closed = plan_of({{1, 1}});
  settings.loads = {{.concurrency = 1, .max_concurrency = 3}};
  EXPECT_EQ(engine::run(settings, closed, {}, folder_ / "none.bin").error().code, errc::invalid_input);
  const workload::plan open = plan_of(due_every(1ms, 1), {.rate = 1, .max_concurrency = 0});
  EXPECT_EQ(engine::run(settings, open, {}, folder_ / "none.bin").error().code, errc::invalid_input);
}

} // namespace
} // namespace loadgen::engine::test
