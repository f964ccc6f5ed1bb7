#include "recorded_events.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <optional>
#include <ostream>

namespace loadgen::test {

namespace {

using figure = std::optional<std::uint32_t>;
constexpr figure unknown = std::nullopt;

/// What was counted in each recording by other means when it was made. A tool call's first piece that has its name
/// and no arguments yet is counted as an empty delta here, as it carries nothing that was generated piece by piece.
struct expectation {
  const char* name;
  int events;    ///< SSE events, [DONE] included
  int answer;    ///< events with text or tool-call arguments
  int reasoning; ///< events with reasoning only
  int empty;     ///< events with choices and nothing in them
  figure input, cached, output;
  const char* finish_reason; ///< "" where none was sent
  bool done_marker;
};

void PrintTo(const expectation& row, std::ostream* out) {
  *out << row.name;
}

// clang-format off
constexpr expectation recordings[] = {
    {"llamacpp-chat-err_max0", 5, 1, 0, 2, 17, 16, 1, "length", true},
    {"llamacpp-chat-ignore_eos", 52, 48, 0, 2, 19, 18, 48, "length", true},
    {"llamacpp-chat-logprobs", 10, 6, 0, 2, 17, 16, 6, "length", true},
    {"llamacpp-chat-max1", 5, 1, 0, 2, 17, 16, 1, "length", true},
    {"llamacpp-chat-midstream_sigterm", 19, 18, 0, 1, unknown, unknown, unknown, "", false},
    {"llamacpp-chat-return_progress", 10, 4, 0, 4, 569, 0, 4, "length", true},
    {"llamacpp-chat-stop_eos", 15, 11, 0, 2, 19, 3, 12, "stop", true},
    {"llamacpp-chat-stop_string", 8, 4, 0, 2, 17, 16, 5, "stop", true},
    {"llamacpp-chat-stream", 15, 12, 0, 2, unknown, unknown, unknown, "length", true},
    {"llamacpp-chat-stream_usage", 16, 12, 0, 2, 17, 16, 12, "length", true},
    {"llamacpp-chat-timings_per_token", 8, 4, 0, 2, 17, 16, 4, "length", true},
    {"llamacpp-chat-tool_named", 13, 9, 0, 2, 141, 140, 24, "tool_calls", true},
    {"llamacpp-chat-tool_required", 13, 9, 0, 2, 141, 140, 24, "tool_calls", true},
    {"llamacpp-chat-utf8", 22, 19, 0, 1, 27, 3, 35, "stop", true},
    {"llamacpp-completions-max1", 3, 1, 0, 1, 3, 2, 1, "length", true},
    {"llamacpp-completions-multi_prompt", 14, 10, 0, 2, 6, 2, 10, "length", true},
    {"llamacpp-completions-stream", 14, 12, 0, 1, 3, 0, 12, "length", true},
    {"llamacpp_think-chat-ctx_overflow", 18, 14, 0, 2, 1209, 3, 839, "length", true},
    {"llamacpp_think-chat-reasoning", 36, 6, 26, 2, 18, 0, 38, "stop", true},
    {"transformers-chat-err_max0", 2, 0, 0, 1, unknown, unknown, unknown, "", false},
    {"transformers-chat-max1", 3, 1, 0, 2, 17, unknown, 1, "length", false},
    {"transformers-chat-n2", 8, 6, 0, 2, 17, unknown, 6, "length", false},
    {"transformers-chat-reasoning", 39, 37, 0, 2, 18, unknown, 38, "stop", false},
    {"transformers-chat-stream", 14, 12, 0, 2, 17, unknown, 12, "length", false},
    {"transformers-chat-tool_named", 25, 23, 0, 2, 141, unknown, 24, "stop", false},
    {"transformers-chat-utf8", 21, 19, 0, 2, 27, unknown, 35, "stop", false},
    {"transformers-chat-utf8_cut", 7, 5, 0, 2, 27, unknown, 10, "length", false},
    {"transformers-completions-stream", 13, 12, 0, 1, 3, unknown, 12, "length", false},
    {"transformers_cb-chat-err_max0", 2, 0, 0, 2, 17, unknown, 0, "length", false},
    {"transformers_cb-chat-midstream_sigterm", 20, 18, 0, 2, 20, unknown, 320, "stop", false},
    {"transformers_cb-chat-stop_eos", 13, 11, 0, 2, 19, unknown, 12, "stop", false},
    {"vllm-chat-ignore_eos", 47, 44, 0, 1, 19, unknown, 48, "length", true},
    {"vllm-chat-logprobs", 9, 6, 0, 1, 17, unknown, 6, "length", true},
    {"vllm-chat-max1", 4, 1, 0, 1, 17, unknown, 1, "length", true},
    {"vllm-chat-midstream_engine_killed", 22, 19, 0, 1, unknown, unknown, unknown, "", true},
    {"vllm-chat-n2", 16, 12, 0, 2, 17, unknown, 12, "length", true},
    {"vllm-chat-return_token_ids", 11, 8, 0, 1, 17, unknown, 8, "length", true},
    {"vllm-chat-stream", 14, 12, 0, 1, unknown, unknown, unknown, "length", true},
    {"vllm-chat-stream_usage", 15, 12, 0, 1, 17, unknown, 12, "length", true},
    {"vllm-chat-stream_usage_continuous", 15, 12, 0, 1, 17, unknown, 12, "length", true},
    {"vllm-chat-tool_named", 13, 8, 0, 3, 141, unknown, 24, "stop", true},
    {"vllm-chat-tool_required", 13, 8, 0, 3, 141, unknown, 24, "tool_calls", true},
    {"vllm-chat-utf8", 23, 19, 0, 2, 27, unknown, 35, "stop", true},
    {"vllm_r1-chat-n2", 16, 0, 12, 2, 17, unknown, 12, "length", true},
    {"vllm_r1-chat-reasoning", 39, 8, 27, 2, 18, unknown, 38, "stop", true},
    {"vllm_r1-chat-stop_string", 8, 0, 4, 2, 17, unknown, 5, "stop", true},
    {"vllm_r1-chat-tool_named", 27, 0, 23, 2, 141, unknown, 24, "stop", true},
    {"vllm_r1-chat-tool_required", 27, 0, 23, 2, 141, unknown, 24, "stop", true},
    {"vllm_r1-chat-utf8", 38, 0, 19, 17, 27, unknown, 35, "stop", true},
    {"vllm_r1-completions-multi_prompt", 12, 10, 0, 0, 6, unknown, 10, "length", true},
    {"vllm_r1-completions-utf8", 37, 19, 0, 16, 27, unknown, 35, "stop", true},
    {"vllm_si4-chat-midstream_sigterm", 14, 11, 0, 1, 20, unknown, 145, "", true},
    {"vllm_si4-chat-n2", 10, 6, 0, 2, 17, 0, 12, "length", true},
    {"vllm_si4-chat-queued_keepalive", 6, 3, 0, 1, 17, 0, 6, "length", true},
    {"vllm_si4-chat-stream_usage", 7, 4, 0, 1, 17, 0, 12, "length", true},
    {"vllm_si4-chat-stream_usage_continuous", 7, 4, 0, 1, 17, 0, 12, "length", true},
    {"vllm_si4-completions-max1", 3, 1, 0, 0, 3, 0, 1, "length", true},
    {"vllm_si4-completions-stream", 6, 4, 0, 0, 3, 0, 12, "length", true},
};

// clang-format on

class recorded_stream_table : public testing::TestWithParam<expectation> {};

} // namespace

TEST_P(recorded_stream_table, is_read_as_it_was_counted) {
  const expectation& expected = GetParam();
  const read_stream read = read_recorded(expected.name);
  EXPECT_EQ(static_cast<int>(read.events.size()), expected.events);
  EXPECT_EQ(read.answer_events, expected.answer);
  EXPECT_EQ(read.reasoning_events(), expected.reasoning);
  EXPECT_EQ(read.empty_deltas, expected.empty);
  EXPECT_EQ(read.facts.input_tokens, expected.input);
  EXPECT_EQ(read.facts.cached_tokens, expected.cached);
  EXPECT_EQ(read.facts.output_tokens, expected.output);
  EXPECT_EQ(read.facts.finish_reason, expected.finish_reason);
  EXPECT_EQ(read.facts.finished, *expected.finish_reason != '\0');
  EXPECT_EQ(read.facts.done_marker, expected.done_marker);
  EXPECT_NE(read.fault, protocol::stream_fault::bad_payload) << read.fault_message;
}

INSTANTIATE_TEST_SUITE_P(, recorded_stream_table, testing::ValuesIn(recordings), [](const auto& test) {
  std::string name = test.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
});

TEST(recorded_streams, every_chat_and_completions_stream_is_in_the_table) {
  for (const std::string& name : recorded_stream_names()) {
    if (name.find("-chat-") == std::string::npos && name.find("-completions-") == std::string::npos) continue;
    if (read_recorded_response(name).events.empty()) continue;
    EXPECT_TRUE(std::any_of(std::begin(recordings), std::end(recordings), [&name](const expectation& row) {
      return name == row.name;
    })) << name;
  }
}

} // namespace loadgen::test
