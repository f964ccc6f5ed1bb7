// What real engines were seen to send (tests/data/streams/README.md), one test a fact: content, tokens, reasoning.
#include "recorded_events.hpp"

#include <gtest/gtest.h>

namespace loadgen::test {
namespace {

/// The first event with content, counted from 0; -1 when there is none.
int first_content_event(const read_stream& read) {
  for (std::size_t i = 0; i < read.events.size(); ++i)
    if (read.event(i).content) return static_cast<int>(i);
  return -1;
}

std::string data_of(std::string_view name, std::size_t event) {
  return read_recorded_response(name).events.at(event).data;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The first chunk

TEST(engine_facts, llamacpp_role_event_with_null_content_is_not_the_first_token) {
  ASSERT_TRUE(contains(data_of("llamacpp-chat-stream", 0), R"({"role":"assistant","content":null})"));
  EXPECT_EQ(first_content_event(read_recorded("llamacpp-chat-stream")), 1);
}

TEST(engine_facts, vllm_role_event_with_empty_content_is_not_the_first_token) {
  ASSERT_TRUE(contains(data_of("vllm-chat-stream", 0), R"({"role":"assistant","content":""})"));
  EXPECT_EQ(first_content_event(read_recorded("vllm-chat-stream")), 1);
}

TEST(engine_facts, transformers_role_event_without_a_content_key_is_not_the_first_token) {
  const std::string role_event = data_of("transformers-chat-stream", 0);
  ASSERT_TRUE(contains(role_event, "assistant"));
  ASSERT_FALSE(contains(role_event, "content"));
  EXPECT_EQ(first_content_event(read_recorded("transformers-chat-stream")), 1);
}

TEST(engine_facts, completions_begin_with_the_first_token) {
  for (const char* name :
       {"llamacpp-completions-stream", "vllm_si4-completions-stream", "transformers-completions-stream"})
    EXPECT_EQ(first_content_event(read_recorded(name)), 0) << name;
}

TEST(engine_facts, identical_prompts_are_seen_as_cached_tokens) {
  const auto facts = read_recorded("llamacpp-chat-stream_usage").facts;
  EXPECT_EQ(facts.cached_tokens, 16U);
  EXPECT_EQ(facts.input_tokens, 17U);
}

// Chunks are not tokens

TEST(engine_facts, thirty_five_utf8_tokens_come_in_nineteen_content_events) {
  for (const char* name :
       {"llamacpp-chat-utf8", "vllm-chat-utf8", "vllm_r1-completions-utf8", "transformers-chat-utf8"}) {
    const read_stream read = read_recorded(name);
    EXPECT_EQ(read.facts.output_tokens, 35U) << name;
    EXPECT_EQ(read.content_events, 19) << name;
  }
}

TEST(engine_facts, events_that_hold_back_part_of_a_character_are_empty) {
  EXPECT_EQ(read_recorded("vllm_r1-completions-utf8").empty_deltas, 16);
  EXPECT_EQ(read_recorded("vllm_r1-chat-utf8").empty_deltas, 17);
  EXPECT_EQ(read_recorded("llamacpp-chat-utf8").empty_deltas, 1); // the finish event only: others are not sent
}

TEST(engine_facts, vllm_cuts_tokens_apart_while_it_looks_for_a_stop_string) {
  const read_stream read = read_recorded("vllm_r1-chat-stop_string");
  EXPECT_TRUE(contains(data_of("vllm_r1-chat-stop_string", 3), "\" cold te\""));
  EXPECT_EQ(read.content_events, 4);
  EXPECT_EQ(read.facts.output_tokens, 5U);
}

TEST(engine_facts, vllm_stream_interval_of_four_sends_twelve_tokens_in_four_events) {
  const read_stream read = read_recorded("vllm_si4-chat-stream_usage");
  EXPECT_EQ(read.content_events, 4); // the first token alone, then 4, 4 and 3
  EXPECT_EQ(read.facts.output_tokens, 12U);
}

TEST(engine_facts, the_end_of_sequence_token_counts_in_usage_and_is_an_empty_delta) {
  for (const char* name : {"llamacpp-chat-stop_eos", "transformers_cb-chat-stop_eos"}) {
    const read_stream read = read_recorded(name);
    EXPECT_EQ(read.facts.output_tokens, 12U) << name;
    EXPECT_EQ(read.content_events, 11) << name;
    EXPECT_EQ(read.facts.finish_reason, "stop") << name;
  }
}

TEST(engine_facts, tool_call_markup_and_think_tags_count_in_usage_and_are_not_sent) {
  const read_stream tool = read_recorded("llamacpp-chat-tool_required");
  EXPECT_EQ(tool.facts.output_tokens, 24U);
  EXPECT_EQ(tool.content_events, 9);
  const read_stream think = read_recorded("llamacpp_think-chat-reasoning");
  EXPECT_EQ(think.facts.output_tokens, 38U);
  EXPECT_EQ(think.content_events, 32);
}

TEST(engine_facts, without_usage_content_events_are_all_there_is) {
  const read_stream read = read_recorded("vllm-chat-stream");
  EXPECT_FALSE(read.facts.output_tokens);
  EXPECT_EQ(read.content_events, 12);
}

TEST(engine_facts, llamacpp_progress_events_are_not_tokens) {
  const read_stream read = read_recorded("llamacpp-chat-return_progress");
  EXPECT_EQ(first_content_event(read), 3); // after three role events with prompt_progress
  EXPECT_EQ(read.content_events, 4);
}

TEST(engine_facts, logprobs_and_token_ids_beside_the_text_change_nothing) {
  EXPECT_EQ(read_recorded("llamacpp-chat-logprobs").content_events, 6);
  EXPECT_EQ(read_recorded("vllm-chat-logprobs").content_events, 6);
  EXPECT_EQ(read_recorded("vllm-chat-return_token_ids").content_events, 8);
  EXPECT_TRUE(contains(data_of("vllm-chat-stream", 1), R"("token_ids":null)"));
}

TEST(engine_facts, ignore_eos_runs_to_the_asked_length) {
  EXPECT_EQ(read_recorded("vllm-chat-ignore_eos").facts.output_tokens, 48U);
  EXPECT_EQ(read_recorded("llamacpp-chat-ignore_eos").facts.output_tokens, 48U);
}

// Reasoning and tools

TEST(engine_facts, vllm_sends_reasoning_as_delta_reasoning) {
  ASSERT_TRUE(contains(data_of("vllm_r1-chat-reasoning", 2), R"("delta":{"reasoning":)"));
  const read_stream read = read_recorded("vllm_r1-chat-reasoning");
  EXPECT_EQ(read.reasoning_events(), 27);
  EXPECT_EQ(read.answer_events, 8);
  EXPECT_EQ(read.facts.reasoning_tokens, 27U);
}

TEST(engine_facts, llamacpp_sends_reasoning_as_delta_reasoning_content) {
  ASSERT_TRUE(contains(data_of("llamacpp_think-chat-reasoning", 1), R"("delta":{"reasoning_content":)"));
  const read_stream read = read_recorded("llamacpp_think-chat-reasoning");
  EXPECT_EQ(read.reasoning_events(), 26);
  EXPECT_EQ(read.answer_events, 6);
}

TEST(engine_facts, transformers_leaves_reasoning_and_tool_calls_in_the_content) {
  for (const char* name : {"transformers-chat-reasoning", "transformers-chat-tool_named"}) {
    const read_stream read = read_recorded(name);
    EXPECT_EQ(read.reasoning_events(), 0) << name;
    EXPECT_GT(read.answer_events, 0) << name;
  }
}

TEST(engine_facts, vllm_answer_without_a_closing_think_tag_is_all_reasoning) {
  const read_stream read = read_recorded("vllm_r1-chat-tool_named");
  EXPECT_EQ(read.reasoning_events(), 23);
  EXPECT_EQ(read.answer_events, 0);
  EXPECT_EQ(read.facts.reasoning_tokens, 0U);
}

TEST(engine_facts, vllm_tool_call_begins_with_a_name_and_no_arguments) {
  ASSERT_TRUE(contains(data_of("vllm-chat-tool_required", 1), R"("function":{"name":"get_weather"})"));
  const read_stream read = read_recorded("vllm-chat-tool_required");
  EXPECT_FALSE(read.event(1).content);
  EXPECT_TRUE(read.event(2).content);
  EXPECT_TRUE(read.event(2).answer);
}

TEST(engine_facts, llamacpp_tool_call_begins_with_a_name_and_the_first_argument_piece) {
  const read_stream read = read_recorded("llamacpp-chat-tool_required");
  EXPECT_TRUE(read.event(1).content);
  EXPECT_TRUE(read.event(1).answer);
}

TEST(engine_facts, a_tool_call_finishes_with_tool_calls_and_in_vllm_with_stop_when_it_was_named) {
  EXPECT_EQ(read_recorded("vllm-chat-tool_required").facts.finish_reason, "tool_calls");
  EXPECT_EQ(read_recorded("llamacpp-chat-tool_named").facts.finish_reason, "tool_calls");
  EXPECT_EQ(read_recorded("vllm-chat-tool_named").facts.finish_reason, "stop");
}

} // namespace
} // namespace loadgen::test
