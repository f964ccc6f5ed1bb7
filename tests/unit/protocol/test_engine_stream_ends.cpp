// What real engines were seen to send (tests/data/streams/README.md), one test a fact: usage, ends and errors.
#include "recorded_events.hpp"

#include <gtest/gtest.h>

namespace loadgen::test {
namespace {

using protocol::stream_fault;

std::string data_from_end(std::string_view name, std::size_t back) {
  const auto events = read_recorded_response(name).events;
  return events.at(events.size() - back).data;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::optional<double> figure(const protocol::stream_facts& facts, std::string_view name) {
  for (const auto& [key, value] : facts.server_figures)
    if (key == name) return value;
  return std::nullopt;
}

std::string message_of_recorded_error(std::string_view name) {
  return protocol::error_message(read_recorded_response(name).body);
}

// usage and the end of the stream

TEST(engine_facts, usage_comes_on_a_last_event_without_choices) {
  for (const char* name : {"vllm-chat-stream_usage", "llamacpp-chat-stream_usage"}) {
    ASSERT_TRUE(contains(data_from_end(name, 2), R"("choices":[])")) << name;
    const auto facts = read_recorded(name).facts;
    EXPECT_EQ(facts.input_tokens, 17U) << name;
    EXPECT_EQ(facts.output_tokens, 12U) << name;
    EXPECT_TRUE(facts.done_marker) << name;
  }
}

TEST(engine_facts, continuous_usage_in_every_event_is_cumulative) {
  for (const char* name : {"vllm-chat-stream_usage_continuous", "vllm_si4-chat-stream_usage_continuous"}) {
    ASSERT_TRUE(contains(read_recorded_response(name).events.at(1).data, R"("completion_tokens":1)")) << name;
    EXPECT_EQ(read_recorded(name).facts.output_tokens, 12U) << name;
  }
}

TEST(engine_facts, continuous_usage_of_a_stream_cut_by_an_error_is_the_last_one_sent) {
  EXPECT_EQ(read_recorded("vllm_si4-chat-midstream_sigterm").facts.output_tokens, 145U);
}

TEST(engine_facts, llamacpp_completions_have_usage_on_the_finish_event_without_being_asked) {
  ASSERT_TRUE(contains(data_from_end("llamacpp-completions-stream", 2), R"("finish_reason":"length")"));
  EXPECT_EQ(read_recorded("llamacpp-completions-stream").facts.output_tokens, 12U);
}

TEST(engine_facts, llamacpp_chat_without_usage_has_timings_on_the_finish_event) {
  const auto facts = read_recorded("llamacpp-chat-stream").facts;
  EXPECT_FALSE(facts.output_tokens);
  EXPECT_EQ(facts.server_figures.size(), 9U);
  EXPECT_EQ(figure(facts, "predicted_ms"), 313.854);
  EXPECT_EQ(figure(facts, "cache_n"), 16.0);
}

TEST(engine_facts, llamacpp_timings_per_token_end_with_those_of_the_whole) {
  const auto facts = read_recorded("llamacpp-chat-timings_per_token").facts;
  EXPECT_EQ(facts.server_figures.size(), 9U);
  EXPECT_EQ(figure(facts, "predicted_n"), 4.0);
}

TEST(engine_facts, transformers_ends_without_done_and_has_usage_on_the_finish_event) {
  for (const char* name : {"transformers-chat-stream", "transformers-completions-stream"}) {
    const read_stream read = read_recorded(name);
    EXPECT_FALSE(read.facts.done_marker) << name;
    EXPECT_TRUE(read.facts.end_mark()) << name;
    EXPECT_TRUE(read.events.back().terminal) << name;
    EXPECT_EQ(read.facts.output_tokens, 12U) << name;
  }
}

TEST(engine_facts, done_is_the_last_terminal_event_where_it_is_sent) {
  const read_stream read = read_recorded("vllm-chat-stream_usage");
  const std::size_t last = read.events.size() - 1;
  EXPECT_TRUE(read.event(last).terminal);
  EXPECT_FALSE(read.event(last - 1).terminal); // usage
  EXPECT_TRUE(read.event(last - 2).terminal);  // finish_reason
}

TEST(engine_facts, two_choices_of_vllm_have_one_usage_event_with_their_sum) {
  for (const char* name : {"vllm-chat-n2", "vllm_r1-chat-n2", "vllm_si4-chat-n2"}) {
    const auto facts = read_recorded(name).facts;
    EXPECT_EQ(facts.input_tokens, 17U) << name;
    EXPECT_EQ(facts.output_tokens, 12U) << name;
  }
  EXPECT_EQ(read_recorded("vllm_r1-completions-multi_prompt").facts.output_tokens, 10U);
}

TEST(engine_facts, two_prompts_at_llamacpp_have_a_usage_each_that_add_up) {
  const auto facts = read_recorded("llamacpp-completions-multi_prompt").facts;
  EXPECT_EQ(facts.output_tokens, 10U);
  EXPECT_EQ(facts.input_tokens, 6U);
  EXPECT_EQ(facts.cached_tokens, 2U);
}

TEST(engine_facts, transformers_ignores_n) {
  EXPECT_EQ(read_recorded("transformers-chat-n2").facts.output_tokens, 6U);
}

TEST(engine_facts, llamacpp_list_of_prompts_begins_with_data_null) {
  const auto events = read_recorded_response("llamacpp-completions-multi_prompt").events;
  ASSERT_EQ(events.front().data, "null");
  const read_stream read = read_recorded("llamacpp-completions-multi_prompt");
  EXPECT_FALSE(read.event(0).content);
  EXPECT_EQ(read.fault, stream_fault::none);
}

TEST(engine_facts, vllm_stop_reason_is_not_the_finish_reason) {
  ASSERT_TRUE(contains(data_from_end("vllm_r1-chat-stop_string", 3), R"("stop_reason":" the")"));
  EXPECT_EQ(read_recorded("vllm_r1-chat-stop_string").facts.finish_reason, "stop");
}

TEST(engine_facts, vllm_finishes_on_the_last_token_at_max_tokens_and_on_an_empty_delta_after_the_end_token) {
  const read_stream at_limit = read_recorded("vllm-chat-stream");
  EXPECT_TRUE(at_limit.event(12).terminal);
  EXPECT_TRUE(at_limit.event(12).content);
  const read_stream at_end = read_recorded("vllm-chat-utf8");
  const std::size_t finish = at_end.events.size() - 3; // before usage and [DONE]
  EXPECT_TRUE(at_end.event(finish).terminal);
  EXPECT_FALSE(at_end.event(finish).content);
}

TEST(engine_facts, llamacpp_and_transformers_finish_on_an_empty_delta) {
  const read_stream llamacpp = read_recorded("llamacpp-chat-stream");
  EXPECT_TRUE(llamacpp.event(13).terminal);
  EXPECT_FALSE(llamacpp.event(13).content);
  const read_stream transformers = read_recorded("transformers-chat-stream");
  EXPECT_TRUE(transformers.events.back().terminal);
  EXPECT_FALSE(transformers.events.back().content);
}

TEST(engine_facts, null_and_missing_finish_reasons_are_none) {
  ASSERT_TRUE(contains(read_recorded_response("vllm-chat-stream").events.at(1).data, R"("finish_reason":null)"));
  EXPECT_FALSE(read_recorded("vllm-chat-stream").event(1).terminal);
  ASSERT_FALSE(contains(read_recorded_response("transformers-chat-stream").events.at(1).data, "finish_reason"));
  EXPECT_FALSE(read_recorded("transformers-chat-stream").event(1).terminal);
}

TEST(engine_facts, one_token_is_one_content_event) {
  for (const char* name : {"vllm-chat-max1", "llamacpp-chat-max1", "llamacpp-completions-max1",
                           "transformers-chat-max1", "vllm_si4-completions-max1"}) {
    const read_stream read = read_recorded(name);
    EXPECT_EQ(read.content_events, 1) << name;
    EXPECT_EQ(read.facts.output_tokens, 1U) << name;
  }
}

TEST(engine_facts, llamacpp_timings_of_one_token_know_no_pace) {
  const auto facts = read_recorded("llamacpp-chat-max1").facts;
  EXPECT_EQ(figure(facts, "predicted_ms"), 0.001);
  EXPECT_EQ(figure(facts, "predicted_per_second"), 0.0);
}

// Comments

TEST(engine_facts, keep_alive_comments_before_and_between_events_are_no_events) {
  ASSERT_TRUE(contains(read_recorded_response("vllm_si4-chat-queued_keepalive").body, ": keep-alive\n\n"));
  const read_stream read = read_recorded("vllm_si4-chat-queued_keepalive");
  EXPECT_EQ(read.events.size(), 6U);
  EXPECT_EQ(read.fault, stream_fault::none);
}

// Errors

TEST(engine_facts, vllm_error_inside_a_stream_is_followed_by_done_without_a_finish_reason) {
  for (const char* name : {"vllm-chat-midstream_engine_killed", "vllm_si4-chat-midstream_sigterm"}) {
    const read_stream read = read_recorded(name);
    EXPECT_EQ(read.fault, stream_fault::in_band_error) << name;
    EXPECT_EQ(read.fault_message, "EngineCore encountered an issue. See stack trace (above) for the root cause.")
        << name;
    EXPECT_TRUE(read.facts.done_marker) << name;
    EXPECT_FALSE(read.facts.finished) << name;
  }
}

TEST(engine_facts, transformers_error_inside_a_stream_is_a_string_and_the_end) {
  const read_stream read = read_recorded("transformers-chat-err_max0");
  EXPECT_EQ(read.fault, stream_fault::in_band_error);
  EXPECT_EQ(read.fault_message, "`max_new_tokens` must be greater than 0, but is 0.");
  EXPECT_FALSE(read.facts.end_mark());
}

TEST(engine_facts, max_tokens_of_zero_is_one_token_or_none) {
  EXPECT_EQ(read_recorded("llamacpp-chat-err_max0").facts.output_tokens, 1U);
  const read_stream none = read_recorded("transformers_cb-chat-err_max0");
  EXPECT_EQ(none.facts.output_tokens, 0U);
  EXPECT_EQ(none.content_events, 0);
  EXPECT_EQ(none.facts.finish_reason, "length");
}

TEST(engine_facts, llamacpp_stopped_by_a_signal_leaves_no_end_mark_and_no_error) {
  const read_stream read = read_recorded("llamacpp-chat-midstream_sigterm");
  EXPECT_FALSE(read.facts.end_mark());
  EXPECT_EQ(read.fault, stream_fault::none);
}

TEST(engine_facts, context_overflow_finishes_with_length) {
  EXPECT_EQ(read_recorded("llamacpp_think-chat-ctx_overflow").facts.finish_reason, "length");
}

TEST(engine_facts, error_bodies_tell_their_message) {
  EXPECT_EQ(message_of_recorded_error("vllm-chat-err_model"),
            "The model `no-such-model` does not exist. Valid aliases: tiny.");
  EXPECT_EQ(message_of_recorded_error("transformers-chat-err_model"),
            "Server is pinned to '/srv/models/tiny-hf'; requested 'no-such-model'.");
  EXPECT_EQ(message_of_recorded_error("llamacpp-chat-err_nomessages"), "'messages' is required");
  EXPECT_EQ(message_of_recorded_error("llamacpp-completions-err_toolong"),
            "request (12001 tokens) exceeds the available context size (4096 tokens), try increasing it");
  EXPECT_EQ(message_of_recorded_error("transformers-chat-min_tokens"),
            "Unexpected fields in the request: {'min_tokens'}");
  EXPECT_EQ(message_of_recorded_error("llamacpp-chat-err_auth"), "Invalid API Key");
  EXPECT_EQ(message_of_recorded_error("llamacpp-chat-err_loading"), "Loading model");
  EXPECT_EQ(message_of_recorded_error("vllm-chat-err_json"),
            "1 validation error: {'type': 'json_invalid', 'loc': 'body.31', 'msg': 'JSON decode error', 'input': "
            "'<dict of 0 items>', 'ctx': {'error': 'Expecting value'}}");
}

TEST(engine_facts, vllm_error_for_a_missing_key_is_a_string) {
  EXPECT_EQ(message_of_recorded_error("vllm-chat-err_auth"), "Unauthorized");
}

TEST(engine_facts, transformers_error_for_broken_json_is_a_list_of_details) {
  EXPECT_EQ(message_of_recorded_error("transformers-chat-err_json"), "body.31: JSON decode error");
}

TEST(engine_facts, transformers_error_for_no_messages_is_plain_text) {
  EXPECT_EQ(message_of_recorded_error("transformers-chat-err_nomessages"), "Internal Server Error");
}

// Models

TEST(engine_facts, llamacpp_lists_its_model) {
  EXPECT_EQ(protocol::model_names(read_recorded_response("llamacpp-get_v1_models-idle").body),
            std::vector<std::string>{"tiny"});
}

TEST(engine_facts, transformers_model_list_may_be_empty) {
  EXPECT_TRUE(protocol::model_names(R"({"object":"list","data":[]})").empty());
}

} // namespace
} // namespace loadgen::test
