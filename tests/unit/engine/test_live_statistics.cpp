#include "engine_fixture.hpp"

#include <loadgen/engine/live_statistics.hpp>

#include <atomic>
#include <chrono>
#include <functional>
#include <thread>

namespace loadgen::engine {
namespace {

using namespace loadgen::test;
using namespace std::chrono_literals;
using test::engine_fixture;

/// Waits, for at most ten seconds, until the run is as asked.
live_snapshot awaited(const live_statistics& live, const std::function<bool(const live_snapshot&)>& as_asked) {
  const instant limit = clock::now() + 10s;
  live_snapshot shown = live.snapshot();
  while (!as_asked(shown) && clock::now() < limit) {
    std::this_thread::sleep_for(1ms);
    shown = live.snapshot();
  }
  return shown;
}

class live_statistics_test : public engine_fixture {
protected:
  live_statistics_test() { settings.live = &live; }

  live_statistics live;
};

TEST_F(live_statistics_test, shows_tokens_of_a_stream_that_is_still_under_way) {
  std::atomic<bool> let_go{false};
  scripted_server server{[&](scripted_connection& client, int) {
    client.read_request();
    client.send(stream_head() + token_chunk("a"));
    client.pause(30ms);
    client.send(token_chunk("b"));
    while (!let_go) client.pause(1ms);
    client.send(token_chunk("c") + stream_tail());
  }};
  send_to(server.port());
  std::thread runner{[this] { static_cast<void>(run(plan_of({{1, 1}}))); }};
  const live_snapshot during = awaited(live, [](const auto& now) { return now.in_phase.content_events == 2; });
  let_go = true;
  runner.join();

  EXPECT_TRUE(during.running);
  EXPECT_EQ(during.in_phase.in_flight(), 1U);
  EXPECT_EQ(during.in_phase.ttft.count(), 1U);
  EXPECT_EQ(during.in_phase.itl.count(), 1U);
  EXPECT_GE(during.in_phase.itl.sum(), 25ms); // the pause, however busy the machine is
  EXPECT_EQ(during.in_phase.e2e.count(), 0U);
  EXPECT_TRUE(during.trust.has_value());
}

TEST_F(live_statistics_test, ends_with_the_counts_of_the_records) {
  scripted_server server{[](scripted_connection& client, int) {
    for (int i = 0; client.read_request(); ++i) {
      if (i % 4 == 3)
        client.send("HTTP/1.1 429 Too Many Requests\r\nContent-Length: 0\r\n\r\n");
      else
        client.send(stream_head() + token_chunk("a") + token_chunk("b") + token_chunk("c") + stream_tail());
    }
  }};
  send_to(server.port());
  settings.threads = 2;
  const metrics::recorded_run recorded = run(plan_of({{2, 40}}));
  const live_snapshot shown = live.snapshot();

  std::uint64_t completed = 0, events = 0;
  for (const metrics::request_record& record : recorded.levels.at(0).requests) {
    completed += record.end == metrics::outcome::completed;
    events += record.chunks.size();
  }
  EXPECT_FALSE(shown.running);
  EXPECT_EQ(shown.in_run.issued, 40U);
  EXPECT_EQ(shown.in_run.in_flight(), 0U);
  EXPECT_EQ(shown.in_run.completed, completed);
  EXPECT_EQ(shown.in_run.failed, 40 - completed);
  EXPECT_EQ(shown.in_run.causes[static_cast<std::size_t>(metrics::cause::http_status)], 40 - completed);
  EXPECT_EQ(shown.in_run.content_events, events);
  EXPECT_EQ(shown.in_run.ttft.count(), completed);
  EXPECT_EQ(shown.in_run.itl.count(), 2 * completed);
  EXPECT_EQ(shown.in_run.e2e.count(), completed);
  EXPECT_EQ(shown.in_run.send_lag.count(), 40U);
  EXPECT_EQ(shown.now.completed, completed);
}

TEST_F(live_statistics_test, counts_of_a_phase_are_without_those_before_it) {
  scripted_server server{[](scripted_connection& client, int) { test::answer_all(client); }};
  send_to(server.port());
  settings.warmup.requests = 5;
  static_cast<void>(run(plan_of({{1, 3}, {2, 4}})));
  const live_snapshot shown = live.snapshot();
  EXPECT_EQ(shown.place, 1U);
  EXPECT_EQ(shown.in_phase.completed, 4U);
  EXPECT_EQ(shown.in_phase.content_events, 12U);
  EXPECT_EQ(shown.in_phase.ttft.count(), 4U);
  EXPECT_EQ(shown.in_run.completed, 5U + 3 + 5 + 4);
}

TEST_F(live_statistics_test, an_open_loop_tells_what_was_due_and_for_how_long_it_goes_on) {
  scripted_server server{[](scripted_connection& client, int) { test::answer_all(client); }};
  send_to(server.port());
  workload::level_settings level;
  for (int i = 0; i < 10; ++i) level.offsets.push_back(i * 5ms);
  level.requests = level.offsets.size();
  static_cast<void>(run(plan_of(level, {.rate = 200})));
  const live_snapshot shown = live.snapshot();
  EXPECT_TRUE(shown.open_loop);
  EXPECT_EQ(shown.due, 10U);
  EXPECT_EQ(shown.in_phase.issued, 10U);
  EXPECT_EQ(shown.issuing_time, duration{45ms});
  EXPECT_EQ(shown.time_of_later_levels, duration::zero());
}

TEST_F(live_statistics_test, tokens_are_counted_as_the_server_counts_them_once_it_has_told) {
  scripted_server server{[](scripted_connection& client, int) {
    while (client.read_request())
      client.send(stream_head() + token_chunk("a b") + token_chunk("c d") +
                  chunk("data: {\"choices\":[],\"usage\":{\"prompt_tokens\":7,\"completion_tokens\":4}}\n\n") +
                  stream_tail());
  }};
  send_to(server.port());
  static_cast<void>(run(plan_of({{1, 5}})));
  const live_counts shown = live.snapshot().in_run;
  EXPECT_EQ(shown.content_events, 10U);
  EXPECT_DOUBLE_EQ(shown.tokens_received(), 20);
  EXPECT_EQ(shown.input_tokens, 35U);
}

TEST_F(live_statistics_test, before_a_run_there_is_nothing) {
  const live_snapshot shown = live.snapshot();
  EXPECT_FALSE(shown.running);
  EXPECT_EQ(shown.in_run.issued, 0U);
  EXPECT_FALSE(shown.trust);
}

} // namespace
} // namespace loadgen::engine
