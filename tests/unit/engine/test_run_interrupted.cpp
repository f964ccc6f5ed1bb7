#include "engine_fixture.hpp"

#include <gtest/gtest.h>

#include <csignal>

namespace loadgen::engine::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::outcome;

// Sends the signal to this process when the third request has come in.
class interrupting_server {
public:
  interrupting_server(int signal, std::chrono::milliseconds answer_after)
      : server_{[this, signal, answer_after](scripted_connection& client, int) {
          while (client.read_request()) {
            if (++requests_ == 3) kill(getpid(), signal);
            if (answer_after == 0ms) return client.wait_for_close();
            client.pause(answer_after);
            client.send(stream_head() + token_chunk("a") + stream_tail());
          }
        }} {}

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

private:
  std::atomic<int> requests_{0};
  scripted_server server_;
};

TEST_F(engine_fixture, an_interrupt_lets_what_is_in_flight_end_and_issues_no_more) {
  const interrupting_server server{SIGINT, 50ms};
  send_to(server.port());
  settings.handle_signals = true;
  const metrics::recorded_run recorded = run(plan_of({{3, 50}, {3, 50}}));
  EXPECT_EQ(outcome->interrupted_by, SIGINT);
  EXPECT_FALSE(outcome->complete);
  ASSERT_EQ(recorded.levels.size(), 1U);
  const std::size_t issued = recorded.levels[0].requests.size();
  EXPECT_LT(issued, 50U);
  EXPECT_EQ(recorded.levels[0].end->dropped_not_reached, 50 - issued);
  for (const auto& record : recorded.levels[0].requests) EXPECT_EQ(record.end, outcome::completed);
  EXPECT_EQ(recorded.end->interrupted_by, SIGINT);
  EXPECT_FALSE(recorded.complete());
}

TEST_F(engine_fixture, levels_begin_when_the_server_has_had_its_pause) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  settings.settle = 80ms;
  const metrics::recorded_run recorded = run(plan_of({{1, 2}, {1, 2}, {1, 2}}));
  ASSERT_EQ(recorded.levels.size(), 3U);
  for (std::size_t level = 1; level < 3; ++level)
    EXPECT_GE(recorded.levels[level].info.begin - recorded.levels[level - 1].end->ended, 80ms);
  EXPECT_TRUE(recorded.complete());
}

TEST_F(engine_fixture, an_interrupt_ends_the_pause_between_levels) {
  std::atomic<int> requests{0};
  scripted_server server{[&requests](scripted_connection& client, int) {
    while (client.read_request()) {
      client.send(stream_head() + token_chunk("a") + stream_tail());
      if (++requests < 2) continue;
      client.pause(100ms); // the level is over by then, and its pause has begun
      kill(getpid(), SIGINT);
    }
  }};
  send_to(server.port());
  settings.handle_signals = true;
  settings.settle = 1h;
  const metrics::recorded_run recorded = run(plan_of({{1, 2}, {1, 2}}));
  EXPECT_EQ(outcome->interrupted_by, SIGINT);
  EXPECT_EQ(recorded.levels.size(), 1U);
}

TEST_F(engine_fixture, what_does_not_end_within_the_grace_is_cancelled) {
  const interrupting_server server{SIGTERM, 0ms};
  send_to(server.port());
  settings.handle_signals = true;
  settings.interrupt_grace = 50ms;
  const metrics::recorded_run recorded = run(plan_of({{3, 50}}));
  EXPECT_EQ(outcome->interrupted_by, SIGTERM);
  ASSERT_EQ(recorded.levels[0].requests.size(), 3U);
  for (const auto& record : recorded.levels[0].requests) {
    EXPECT_EQ(record.end, outcome::cancelled);
    EXPECT_EQ(record.why, metrics::cause::interrupt);
  }
}

} // namespace
} // namespace loadgen::engine::test
