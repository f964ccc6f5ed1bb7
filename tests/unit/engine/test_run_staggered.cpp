#include "engine_fixture.hpp"

#include <gtest/gtest.h>

namespace loadgen::engine::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;

workload::level_settings counting(std::uint64_t requests) {
  workload::level_settings level;
  level.requests = requests;
  return level;
}

/// Answers when all lanes have begun.
void answer_late(scripted_connection& client, int) {
  while (client.read_request()) {
    client.pause(400ms);
    client.send(stream_head() + token_chunk("a") + stream_tail());
  }
}

void answer_at_once(scripted_connection& client, int) {
  answer_all(client);
}

class staggered_run : public engine_fixture, public testing::WithParamInterface<std::uint32_t> {};

TEST_P(staggered_run, lanes_begin_evenly_one_after_the_other) {
  scripted_server server{answer_late};
  send_to(server.port());
  settings.threads = GetParam();
  const metrics::recorded_run recorded = run(plan_of(counting(4), {.concurrency = 4, .stagger = 200ms}));
  const metrics::recorded_level& level = recorded.levels.at(0);
  ASSERT_EQ(level.requests.size(), 4U);
  for (int lane = 0; lane < 4; ++lane) // the first to begin takes the first request
    EXPECT_GE(*level.requests.at(static_cast<std::size_t>(lane)).released - level.end->measured_from, 50ms * lane - 1ms)
        << lane;
  EXPECT_LT(*level.requests[3].released, *level.requests[0].done);
}

TEST_P(staggered_run, lanes_that_find_nothing_left_are_not_waited_for) {
  scripted_server server{answer_at_once};
  send_to(server.port());
  settings.threads = GetParam();
  settings.warmup.requests = 2;
  const instant before = clock::now();
  const metrics::recorded_run recorded = run(plan_of(counting(5), {.concurrency = 4, .stagger = 1h}));
  EXPECT_LT(clock::now() - before, 20s);
  EXPECT_EQ(recorded.levels.at(0).requests.size(), 7U);
  EXPECT_TRUE(recorded.complete());
}

TEST_P(staggered_run, lanes_that_have_not_begun_when_the_time_is_over_never_do) {
  scripted_server server{answer_late};
  send_to(server.port());
  settings.threads = GetParam();
  workload::level_settings level;
  level.time = 100ms;
  const metrics::recorded_run recorded = run(plan_of(level, {.concurrency = 4, .stagger = 1h}));
  EXPECT_EQ(recorded.levels.at(0).requests.size(), 1U);
  EXPECT_TRUE(recorded.complete());
}

INSTANTIATE_TEST_SUITE_P(threads, staggered_run, testing::Values(1U, 3U));

TEST_F(engine_fixture, a_stagger_that_does_not_fit_is_refused) {
  settings.client.targets = {parse_target("http://127.0.0.1:1").value()};
  workload::level_settings open = counting(1);
  open.offsets = {0ns};
  const auto refused = [this](const workload::level_settings& level, duration stagger) {
    return engine::run(settings, plan_of(level, {.stagger = stagger}), {}, folder_ / "none").has_error();
  };
  EXPECT_TRUE(refused(counting(1), -1ms));
  EXPECT_TRUE(refused(open, 1ms));
}

} // namespace
} // namespace loadgen::engine::test
