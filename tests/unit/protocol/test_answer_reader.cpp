#include "protocol/answer_reader.hpp"
#include "unit/protocol/recorded_events.hpp"

#include <gtest/gtest.h>

namespace loadgen::protocol {
namespace {

whole_answer read_recorded_answer(endpoint_kind endpoint, std::string_view name) {
  return read_whole_answer(endpoint, test::read_recorded_response(name).body);
}

TEST(answer_reader, recorded_chat_answers) {
  for (const std::string_view name : {"llamacpp-chat-nonstream", "vllm-chat-nonstream"}) {
    const whole_answer read = read_recorded_answer(endpoint_kind::chat, name);
    EXPECT_EQ(read.fault, stream_fault::none) << name;
    EXPECT_TRUE(read.answer) << name;
    EXPECT_FALSE(read.answer_text.empty()) << name;
    EXPECT_TRUE(read.facts.finished) << name;
    EXPECT_GT(read.facts.output_tokens.value_or(0), 0U) << name;
    EXPECT_GT(read.facts.input_tokens.value_or(0), 0U) << name;
  }
  EXPECT_FALSE(read_recorded_answer(endpoint_kind::chat, "llamacpp-chat-nonstream").facts.server_figures.empty());
}

TEST(answer_reader, recorded_tool_calls) {
  for (const std::string_view name : {"llamacpp-chat-tool_nonstream", "vllm-chat-tool_nonstream"}) {
    const whole_answer read = read_recorded_answer(endpoint_kind::chat, name);
    EXPECT_TRUE(read.calls) << name;
    EXPECT_TRUE(read.answer) << name;
  }
}

TEST(answer_reader, recorded_completions) {
  const whole_answer openai = read_recorded_answer(endpoint_kind::completions, "vllm-completions-nonstream");
  EXPECT_TRUE(openai.answer);
  EXPECT_EQ(openai.facts.finish_reason, "length");

  const whole_answer own = read_recorded_answer(endpoint_kind::llamacpp, "llamacpp-completion-nonstream");
  EXPECT_TRUE(own.answer);
  EXPECT_EQ(own.facts.output_tokens, 12U);
  EXPECT_EQ(own.facts.input_tokens, 3U);
  EXPECT_EQ(own.facts.cached_tokens, 2U);
  EXPECT_EQ(own.facts.finish_reason, "limit");
  EXPECT_FALSE(own.facts.server_figures.empty());
}

// Built from the engines' public references.
TEST(answer_reader, built_answers) {
  const whole_answer tgi = read_whole_answer(
      endpoint_kind::tgi,
      R"({"generated_text":" a b","details":{"finish_reason":"length","generated_tokens":2,"prefill":[]}})");
  EXPECT_EQ(tgi.answer_text, " a b");
  EXPECT_EQ(tgi.facts.output_tokens, 2U);
  EXPECT_EQ(tgi.facts.input_tokens, std::nullopt);

  const whole_answer sglang = read_whole_answer(
      endpoint_kind::sglang,
      R"({"text":"x","meta_info":{"finish_reason":{"type":"stop"},"prompt_tokens":4,"completion_tokens":1,"cached_tokens":0,"e2e_latency":0.1}})");
  EXPECT_EQ(sglang.facts.input_tokens, 4U);
  EXPECT_EQ(sglang.facts.finish_reason, "stop");

  const whole_answer response = read_whole_answer(
      endpoint_kind::responses,
      R"({"status":"completed","error":null,"output":[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm"}]},
          {"type":"message","content":[{"type":"output_text","text":"Hi"}]},{"type":"function_call","arguments":"{}"}],
          "usage":{"input_tokens":3,"input_tokens_details":{"cached_tokens":1},"output_tokens":2,"output_tokens_details":{"reasoning_tokens":1}}})");
  EXPECT_EQ(response.answer_text, "Hi");
  EXPECT_EQ(response.reasoning_text, "hm");
  EXPECT_TRUE(response.calls);
  EXPECT_EQ(response.facts.cached_tokens, 1U);
  EXPECT_EQ(response.facts.finish_reason, "completed");
}

TEST(answer_reader, faults) {
  EXPECT_EQ(read_whole_answer(endpoint_kind::chat, R"({"error":{"message":"no such model"}})").fault_message,
            "no such model");
  EXPECT_EQ(read_whole_answer(endpoint_kind::chat, "{").fault, stream_fault::bad_payload);
  EXPECT_EQ(read_whole_answer(endpoint_kind::chat, "[]").fault, stream_fault::bad_payload);
  for (const endpoint_kind endpoint : all_endpoints)
    EXPECT_EQ(read_whole_answer(endpoint, R"({"hello":1})").fault, stream_fault::bad_payload) << to_string(endpoint);
  EXPECT_EQ(read_whole_answer(endpoint_kind::chat,
                              R"({"error":null,"choices":[{"message":{"content":""},"finish_reason":"stop"}]})")
                .fault,
            stream_fault::none);
}

} // namespace
} // namespace loadgen::protocol
