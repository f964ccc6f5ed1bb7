// The definitions on streams of real engines (tests/data/streams). A stream is sent at 0 and its event number k, from
// 0, arrives 10 (k + 1) ms later; each expected number was worked out by hand from the events that a recording lists.

#include "client/response_reader.hpp"
#include "unit/protocol/recorded_events.hpp"

#include <loadgen/definitions/figures.hpp>

#include <gtest/gtest.h>

#include <array>

namespace loadgen::definitions {
namespace {

using namespace std::chrono_literals;

constexpr instant start{1000s};

metrics::recorded_level level_of(std::string_view name) {
  client::stream_meter meter;
  metrics::request_record record;
  record.released = record.connected = record.sent = start;
  client::response_reader reader{test::endpoint_of(name), meter};
  reader.begin(record);
  reader.on_bytes("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n", {start, true, false});
  instant now = start;
  for (const test::recorded_event& event : test::read_recorded_response(name).events)
    reader.on_bytes("data: " + event.data + "\n\n", {now += 10ms, true, false});
  net::exchange_result closed;
  closed.end = net::exchange_end::closed;
  closed.ended = now;
  reader.conclude(closed, metrics::cause::none);
  metrics::recorded_level level;
  level.requests = {std::move(record)};
  return level;
}

struct expected {
  tool which;
  std::array<double, 4> means; ///< ttft, itl, tpot, e2e; none: there is no such sample
};

constexpr double none = -1;

void expect_means(std::string_view stream, std::initializer_list<expected> expectations) {
  const metrics::recorded_level level = level_of(stream);
  const run_facts facts{.completions = test::endpoint_of(stream) == endpoint_kind::completions, .asked = {}};
  ASSERT_EQ(level.requests.front().end, metrics::outcome::completed);
  ASSERT_EQ(expectations.size(), tool_count);
  for (const auto& [which, means] : expectations) {
    const tool_figures figures = recompute(which, level, facts);
    for (const latency kind : all_latencies) {
      const auto& found = figures.of(kind);
      const double mean = found ? found->mean.value_or(none) : none;
      EXPECT_NEAR(mean, means[static_cast<std::size_t>(kind)], 1e-9)
          << stream << ' ' << describe(which).name << ' ' << static_cast<int>(kind);
    }
  }
}

TEST(recorded_definitions, of_reasoning_before_the_answer) {
  // 0 role, 1 to 27 reasoning, 28 to 35 text, 36 finish, 37 usage: 38 tokens, 27 of them reasoning, 38 [DONE]
  expect_means("vllm_r1-chat-reasoning", {
                                             {tool::vllm, {20, 10, 340.0 / 37, 360}},
                                             {tool::sglang, {20, 10, 370.0 / 37, 390}},
                                             {tool::guidellm, {20, 340.0 / 37, 360.0 / 38, 390}},
                                             {tool::aiperf, {20, 340.0 / 37, none, 360}},
                                             {tool::inference_perf, {290, 70.0 / 10, 70.0 / 10, 390}},
                                             {tool::genai_bench, {20, none, 370.0 / 37, 390}},
                                             {tool::llmperf, {290, 360.0 / 11, none, 390}},
                                             {tool::mlperf, {20, none, 370.0 / 37, 390}},
                                         });
}

TEST(recorded_definitions, of_a_tool_call) {
  // 0 role, 1 the tool's name, 2 to 9 arguments, 10 finish, 11 usage: 24 tokens, 12 [DONE]
  expect_means("vllm-chat-tool_required", {
                                              {tool::vllm, {20, 10, 80.0 / 23, 100}},
                                              {tool::sglang, {0, none, 130.0 / 23, 130}},
                                              {tool::guidellm, {20, 80.0 / 23, 100.0 / 24, 130}},
                                              {tool::aiperf, {20, 80.0 / 23, none, 100}},
                                              {tool::inference_perf, {none, none, none, 130}},
                                              {tool::genai_bench, {130, none, none, 130}},
                                              {tool::llmperf, {0, 0, none, 130}},
                                              {tool::mlperf, {30, none, 100.0 / 23, 130}},
                                          });
}

TEST(recorded_definitions, of_several_tokens_a_chunk) {
  // 0 role, 1 to 4 text, the last with the finish, 5 usage: 12 tokens, 6 [DONE]
  expect_means("vllm_si4-chat-stream_usage", {
                                                 {tool::vllm, {20, 10, 30.0 / 11, 50}},
                                                 {tool::sglang, {20, 10, 50.0 / 11, 70}},
                                                 {tool::guidellm, {20, 30.0 / 11, 50.0 / 12, 70}},
                                                 {tool::aiperf, {20, 30.0 / 11, none, 50}},
                                                 {tool::inference_perf, {20, 30.0 / 11, 30.0 / 11, 70}},
                                                 {tool::genai_bench, {20, none, 50.0 / 11, 70}},
                                                 {tool::llmperf, {20, 50.0 / 12, none, 70}},
                                                 {tool::mlperf, {20, none, 50.0 / 11, 70}},
                                             });
}

TEST(recorded_definitions, of_tokens_that_decode_to_nothing) {
  // Of 0 to 34 nineteen have text, the first 1 and the last 33; the others are empty. 35 usage: 35 tokens, 36 [DONE]
  expect_means("vllm_r1-completions-utf8", {
                                               {tool::vllm, {10, 10, 340.0 / 34, 350}},
                                               {tool::sglang, {20, 320.0 / 18, 350.0 / 34, 370}},
                                               {tool::guidellm, {20, 320.0 / 34, 340.0 / 35, 370}},
                                               {tool::aiperf, {20, 320.0 / 34, none, 340}},
                                               {tool::inference_perf, {20, 320.0 / 34, 320.0 / 34, 370}},
                                               {tool::genai_bench, {20, none, 350.0 / 34, 370}},
                                               {tool::llmperf, {20, 340.0 / 35, none, 370}},
                                               {tool::mlperf, {20, none, 350.0 / 34, 370}},
                                           });
}

} // namespace
} // namespace loadgen::definitions
