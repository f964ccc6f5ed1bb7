// A run in which every second request fails, each at another step: each has its cause, and the others do not notice.

#include "engine_fixture.hpp"

#include <loadgen/metrics/summary.hpp>

#include <gtest/gtest.h>

#include <map>

namespace loadgen::engine::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::cause;
using metrics::outcome;

struct failing_step {
  const char* name; // the prompt that asks for it
  cause expected;
  std::function<void(scripted_connection&)> play;
  bool answers_in_full = false; // the connection stays open: its close could cross the next request
};

std::function<void(scripted_connection&)> sending(std::string bytes) {
  return [bytes = std::move(bytes)](scripted_connection& client) { client.send(bytes); };
}

std::function<void(scripted_connection&)> resetting_after(std::string bytes) {
  return [bytes = std::move(bytes)](scripted_connection& client) {
    client.send(bytes);
    client.pause(200ms); // so that the bytes are read before the reset discards them
    client.reset();
  };
}

std::vector<failing_step> all_steps() {
  const std::string begun = stream_head() + token_chunk("a");
  return {
      {"reset before headers", cause::closed_before_response, resetting_after("")},
      {"garbage status line", cause::protocol, sending("220 smtp.example.org ESMTP\r\n\r\n")},
      {"closed in the middle of a chunk", cause::truncated, sending(begun + "40\r\ndata: {")},
      {"closed in the middle of an event", cause::truncated, sending(begun + chunk("data: {\"choi"))},
      {"reset after the last token", cause::truncated, resetting_after(begun + token_chunk("b"))},
      {"stall", cause::stall_timeout,
       [begun](scripted_connection& client) {
         client.send(begun);
         client.wait_for_close();
       }},
      {"bad chunk size", cause::protocol, sending(begun + "xyz\r\n")},
      {"truncated JSON", cause::bad_payload,
       sending(begun + chunk("data: {\"choices\":[{\n\n") + chunk("data: [DONE]\n\n") + "0\r\n\r\n"), true},
      {"4xx with a body", cause::http_status,
       sending("HTTP/1.1 429 Slow down\r\nContent-Length: 24\r\n\r\n{\"error\":\"rate limited\"}"), true},
      {"5xx with a body", cause::http_status, sending("HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\noops"), true},
      {"an error in a 200 stream", cause::in_band_error,
       sending(begun + chunk("data: {\"error\":\"out of memory\"}\n\n") + "0\r\n\r\n"), true},
      {"gzip that was not asked for", cause::protocol,
       sending(
           "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n"
           "\x1f\x8b"),
       true},
      {"HTML from a proxy", cause::content_type,
       sending("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"), true},
  };
}

constexpr int good_tokens = 5;

void answer_well(scripted_connection& client) {
  client.send(stream_head());
  for (int i = 0; i < good_tokens; ++i) {
    client.pause(2ms);
    client.send(token_chunk("x"));
  }
  client.send(stream_tail());
}

workload::plan plan_of_steps(const std::vector<failing_step>& steps, std::uint64_t requests) {
  workload::dataset prompts;
  prompts.name = "steps";
  for (const failing_step& step : steps)
    for (const std::string& text : {std::string{step.name}, std::string{"good"}}) {
      workload::dataset_entry entry;
      entry.prompt = text;
      prompts.entries.push_back(entry);
    }
  workload::level_settings level;
  level.requests = requests;
  return workload::plan::make(prompts, {}, {level}).value();
}

TEST_F(engine_fixture, streams_that_fail_at_every_step_have_their_cause_and_leave_the_others_alone) {
  const std::vector<failing_step> steps = all_steps();
  scripted_server server{[&steps](scripted_connection& client, int) {
    while (client.read_request()) {
      const auto asked = std::find_if(steps.begin(), steps.end(), [&client](const failing_step& step) {
        return client.body().find(step.name) != std::string::npos;
      });
      if (asked == steps.end()) {
        answer_well(client);
        continue;
      }
      asked->play(client);
      if (!asked->answers_in_full) return;
    }
  }};
  send_to(server.port());
  settings.client.stall_timeout = 1s;
  settings.loads = {{.concurrency = 4}};
  const std::uint64_t rounds = 3;
  const std::uint64_t requests = rounds * 2 * steps.size();
  const instant began = clock::now();
  const metrics::recorded_run recorded = run(plan_of_steps(steps, requests));
  // Three stalls of a second, four at a time; the rest takes much less.
  EXPECT_LT(clock::now() - began, 20s);

  const metrics::recorded_level& level = recorded.levels.at(0);
  ASSERT_EQ(level.requests.size(), requests);
  for (const metrics::request_record& record : level.requests) {
    const bool should_fail = record.dataset_line % 2 == 0;
    if (should_fail) {
      const failing_step& step = steps[record.dataset_line / 2];
      EXPECT_EQ(record.end, outcome::failed) << step.name;
      EXPECT_EQ(to_string(record.why), to_string(step.expected)) << step.name << ": " << record.message;
      continue;
    }
    EXPECT_EQ(record.end, outcome::completed) << record.message;
    ASSERT_EQ(record.chunks.size(), good_tokens);
    EXPECT_GE(record.chunks.front().arrival - *record.sent, 2ms);
    for (std::size_t i = 1; i < record.chunks.size(); ++i)
      EXPECT_GE(record.chunks[i].arrival, record.chunks[i - 1].arrival);
    EXPECT_GE(record.chunks.back().arrival - *record.sent, 2ms * good_tokens);
  }

  const metrics::level_summary summary = metrics::summarize(level);
  const metrics::request_counts& counts = summary.requests;
  EXPECT_EQ(counts.issued, counts.completed + counts.failed + counts.cancelled);
  EXPECT_EQ(counts.planned, counts.issued + counts.dropped);
  EXPECT_EQ(counts.completed, requests / 2);
  std::map<cause, std::uint64_t> expected;
  for (const failing_step& step : steps) expected[step.expected] += rounds;
  for (const auto& [why, count] : expected) EXPECT_EQ(counts.causes[static_cast<std::size_t>(why)], count);
  // Failures are in no latency figure.
  EXPECT_EQ(summary.of(metrics::metric::ttft).count, requests / 2);
  EXPECT_EQ(summary.of(metrics::metric::itl).count, requests / 2 * (good_tokens - 1));
}

TEST_F(engine_fixture, a_server_that_is_gone_is_a_cause_and_not_an_end) {
  scripted_server server{[](scripted_connection& client, int) { answer_all(client); }};
  send_to(server.port());
  settings.client.targets.push_back(parse_target("http://127.0.0.1:" + std::to_string(unused_port())).value());
  const metrics::recorded_run recorded = run(plan_of({{2, 10}}));
  for (const metrics::request_record& record : recorded.levels.at(0).requests) {
    EXPECT_EQ(record.end, record.target == 0 ? outcome::completed : outcome::failed);
    EXPECT_EQ(record.why, record.target == 0 ? cause::none : cause::connect);
  }
  EXPECT_TRUE(recorded.complete());
}

} // namespace
} // namespace loadgen::engine::test
