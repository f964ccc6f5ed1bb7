#include "protocol/native_streams.hpp"
#include "unit/protocol/recorded_events.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace loadgen::protocol {
namespace {

using test::read_recorded;
using test::read_stream;

struct event {
  std::string type;
  std::string data;
};

read_stream read_built(endpoint_kind endpoint, const std::vector<event>& events, std::string* text = nullptr,
                       std::string* reasoning = nullptr) {
  const auto reader = make_stream_reader(endpoint);
  reader->keep_text(true);
  read_stream read;
  for (const event& next : events) {
    const event_facts facts = reader->on_event(next.type, next.data);
    read.events.push_back(facts);
    read.content_events += facts.content ? 1 : 0;
    read.answer_events += facts.answer ? 1 : 0;
    if (text != nullptr) *text += facts.answer_text;
    if (reasoning != nullptr) *reasoning += facts.reasoning_text;
  }
  read.facts = reader->facts();
  read.fault = reader->fault();
  read.fault_message = reader->fault_message();
  return read;
}

double figure(const stream_facts& facts, std::string_view name) {
  for (const auto& [key, value] : facts.server_figures)
    if (key == name) return value;
  return -1;
}

TEST(llamacpp_stream, recorded_completion) {
  const read_stream read = read_recorded("llamacpp-completion-stream");
  EXPECT_EQ(read.content_events, 12);
  EXPECT_EQ(read.answer_events, 12);
  EXPECT_EQ(read.facts.output_tokens, 12U);
  EXPECT_EQ(read.facts.input_tokens, 3U);
  EXPECT_EQ(read.facts.cached_tokens, 2U);
  EXPECT_EQ(read.facts.finish_reason, "limit");
  EXPECT_TRUE(read.facts.finished);
  EXPECT_FALSE(read.facts.done_marker);
  EXPECT_TRUE(read.events.back().terminal);
  EXPECT_DOUBLE_EQ(figure(read.facts, "predicted_ms"), 6.765);
  EXPECT_DOUBLE_EQ(figure(read.facts, "cache_n"), 2);
}

TEST(llamacpp_stream, progress_is_no_token) {
  const read_stream read = read_recorded("llamacpp-completion-return_progress");
  EXPECT_EQ(read.content_events, 4);
  EXPECT_FALSE(read.event(0).empty) << "an event of progress stands for no token";
  EXPECT_FALSE(read.event(1).empty);
  EXPECT_EQ(read.facts.output_tokens, 4U);
  EXPECT_EQ(read.facts.input_tokens, 561U);
}

TEST(llamacpp_stream, a_token_may_be_part_of_a_character) {
  const read_stream read = read_recorded("llamacpp-completion-utf8");
  EXPECT_EQ(read.content_events, 19);
  EXPECT_EQ(read.facts.output_tokens, 35U);
}

TEST(llamacpp_stream, done_marker_is_not_its_end) {
  const auto reader = make_stream_reader(endpoint_kind::llamacpp);
  (void)reader->on_event("", R"({"content":"a","stop":false})");
  (void)reader->on_event("", "[DONE]");
  EXPECT_FALSE(reader->has_ended());
}

TEST(text_piece_stream, recorded_pieces_and_summary) {
  const read_stream read = read_recorded("generate-generate-stream");
  EXPECT_EQ(read.content_events, 15);
  EXPECT_EQ(read.facts.output_tokens, 16U) << "of the summary: a piece is not a token";
  EXPECT_EQ(read.facts.input_tokens, 17U);
  EXPECT_TRUE(read.facts.finished);
  EXPECT_EQ(read.fault, stream_fault::none);
  EXPECT_DOUBLE_EQ(figure(read.facts, "ttft_ms"), 26.033);
  EXPECT_DOUBLE_EQ(figure(read.facts, "rss_delta_mb"), 22.93);
  EXPECT_DOUBLE_EQ(figure(read.facts, "decode_tokens_per_sec_est"), 192.57);
}

TEST(text_piece_stream, newlines_left_in_the_text_by_a_naive_server) {
  const read_stream read = read_recorded("generate_raw-generate-newlines");
  EXPECT_EQ(read.fault, stream_fault::none);
  EXPECT_TRUE(read.facts.finished);
  EXPECT_GT(read.content_events, 10);
}

TEST(text_piece_stream, text_that_looks_like_json_is_text) {
  const read_stream read = read_built(
      endpoint_kind::generate, {{"", "{\"error\":"}, {"", "[DONE]"}, {"token", "x"}, {"ping", "y"}, {"done", ""}});
  EXPECT_EQ(read.content_events, 3);
  EXPECT_EQ(read.fault, stream_fault::none);
  EXPECT_TRUE(read.facts.finished);
}

TEST(text_piece_stream, faults) {
  EXPECT_EQ(read_built(endpoint_kind::generate, {{"", "a"}, {"error", R"({"message":"out of memory"})"}}).fault_message,
            "out of memory");
  const read_stream broken = read_built(endpoint_kind::generate, {{"", "a"}, {"done", "{"}});
  EXPECT_EQ(broken.fault, stream_fault::bad_payload);
}

// No TGI ran where these tests were made: its streams are built from the public API reference of its router.
TEST(tgi_stream, built_stream) {
  std::string text;
  const read_stream read = read_built(
      endpoint_kind::tgi,
      {{"",
        R"({"index":1,"token":{"id":264,"text":" a","logprob":-1.2,"special":false},"generated_text":null,"details":null})"},
       {"",
        R"({"index":2,"token":{"id":265,"text":"","logprob":-0.2,"special":false},"generated_text":null,"details":null})"},
       {"",
        R"({"index":3,"token":{"id":266,"text":" b","logprob":-0.1,"special":false},"generated_text":null,"details":null})"},
       {"",
        R"({"index":4,"token":{"id":2,"text":"</s>","logprob":0,"special":true},"generated_text":" a b","details":{"finish_reason":"eos_token","generated_tokens":4,"seed":null,"input_length":9}})"}},
      &text);
  EXPECT_EQ(text, " a b");
  EXPECT_EQ(read.content_events, 2);
  EXPECT_TRUE(read.event(1).blank);
  EXPECT_FALSE(read.event(3).content) << "the end's token is nothing a user sees";
  EXPECT_TRUE(read.event(3).terminal);
  EXPECT_EQ(read.facts.output_tokens, 4U);
  EXPECT_EQ(read.facts.input_tokens, 9U);
  EXPECT_EQ(read.facts.finish_reason, "eos_token");
}

TEST(tgi_stream, error_in_the_stream) {
  const read_stream read = read_built(
      endpoint_kind::tgi,
      {{"", R"({"error":"Request failed during generation: CUDA out of memory","error_type":"generation"})"}});
  EXPECT_EQ(read.fault, stream_fault::in_band_error);
  EXPECT_EQ(read.fault_message, "Request failed during generation: CUDA out of memory");
  EXPECT_FALSE(read.facts.finished);
}

// No SGLang ran where these tests were made: its streams are built from its public documentation of /generate.
TEST(sglang_stream, text_that_grows) {
  std::string text;
  const read_stream read = read_built(
      endpoint_kind::sglang,
      {{"",
        R"({"text":"The","meta_info":{"id":"1","finish_reason":null,"prompt_tokens":5,"completion_tokens":1,"cached_tokens":2}})"},
       {"",
        R"({"text":"The cold","meta_info":{"id":"1","finish_reason":null,"prompt_tokens":5,"completion_tokens":2,"cached_tokens":2}})"},
       {"",
        R"({"text":"The cold","meta_info":{"id":"1","finish_reason":null,"prompt_tokens":5,"completion_tokens":3,"cached_tokens":2}})"},
       {"",
        R"({"text":"The cold sea","meta_info":{"id":"1","finish_reason":{"type":"length","length":4},"prompt_tokens":5,"completion_tokens":4,"cached_tokens":2,"e2e_latency":0.25}})"},
       {"", "[DONE]"}},
      &text);
  EXPECT_EQ(text, "The cold sea");
  EXPECT_EQ(read.content_events, 3);
  EXPECT_TRUE(read.event(2).blank) << "a token that has not yet made a character";
  EXPECT_EQ(read.facts.output_tokens, 4U);
  EXPECT_EQ(read.facts.input_tokens, 5U);
  EXPECT_EQ(read.facts.cached_tokens, 2U);
  EXPECT_EQ(read.facts.finish_reason, "length");
  EXPECT_DOUBLE_EQ(figure(read.facts, "e2e_latency"), 0.25);
}

TEST(sglang_stream, only_what_is_new) {
  std::string text;
  const read_stream read = read_built(
      endpoint_kind::sglang,
      {{"", R"({"text":"The","meta_info":{"finish_reason":null,"completion_tokens":1}})"},
       {"", R"({"text":" sea","meta_info":{"finish_reason":null,"completion_tokens":2}})"},
       {"", R"({"text":" sea","meta_info":{"finish_reason":{"type":"stop","matched":2},"completion_tokens":3}})"},
       {"", "[DONE]"}},
      &text);
  EXPECT_EQ(text, "The sea sea");
  EXPECT_EQ(read.content_events, 3);
  EXPECT_EQ(read.facts.finish_reason, "stop");
}

TEST(sglang_stream, the_next_stream_begins_anew) {
  const auto reader = make_stream_reader(endpoint_kind::sglang);
  (void)reader->on_event("", R"({"text":"ab","meta_info":{}})");
  reader->reset();
  const event_facts first = reader->on_event("", R"({"text":"a","meta_info":{}})");
  EXPECT_EQ(first.answer_text, "a");
}

// Built from OpenAI's public API reference; vLLM and llama.cpp send the same events.
TEST(responses_stream, built_stream) {
  std::string text, reasoning;
  const read_stream read = read_built(
      endpoint_kind::responses,
      {{"response.created",
        R"({"type":"response.created","sequence_number":0,"response":{"id":"r","status":"in_progress","usage":null,"error":null}})"},
       {"response.output_item.added",
        R"({"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning"}})"},
       {"response.reasoning_text.delta", R"({"type":"response.reasoning_text.delta","delta":"Hm"})"},
       {"",
        R"({"type":"response.output_text.delta","item_id":"m","output_index":1,"content_index":0,"delta":"Hello"})"},
       {"response.output_text.delta", R"({"delta":" you"})"},
       {"response.function_call_arguments.delta",
        R"({"type":"response.function_call_arguments.delta","delta":"{\"a\""})"},
       {"response.output_text.done", R"({"type":"response.output_text.done","text":"Hello you"})"},
       {"response.completed",
        R"({"type":"response.completed","response":{"status":"completed","error":null,"incomplete_details":null,"usage":{"input_tokens":11,"input_tokens_details":{"cached_tokens":4},"output_tokens":6,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":17}}})"}},
      &text, &reasoning);
  EXPECT_EQ(text, "Hello you");
  EXPECT_EQ(read.content_events, 4);
  EXPECT_EQ(read.answer_events, 3);
  EXPECT_EQ(reasoning, "Hm");
  EXPECT_TRUE(read.event(5).calls_only);
  EXPECT_TRUE(read.event(7).terminal);
  EXPECT_EQ(read.facts.input_tokens, 11U);
  EXPECT_EQ(read.facts.cached_tokens, 4U);
  EXPECT_EQ(read.facts.output_tokens, 6U);
  EXPECT_EQ(read.facts.reasoning_tokens, 1U);
  EXPECT_EQ(read.facts.finish_reason, "completed");
  EXPECT_EQ(read.fault, stream_fault::none);
}

TEST(responses_stream, ends_other_than_completed) {
  const read_stream cut = read_built(
      endpoint_kind::responses,
      {{"response.incomplete",
        R"({"type":"response.incomplete","response":{"incomplete_details":{"reason":"max_output_tokens"},"usage":{"output_tokens":3}}})"}});
  EXPECT_TRUE(cut.facts.finished);
  EXPECT_EQ(cut.facts.finish_reason, "max_output_tokens");
  EXPECT_EQ(cut.fault, stream_fault::none);

  const read_stream failed = read_built(
      endpoint_kind::responses,
      {{"response.failed",
        R"({"type":"response.failed","response":{"error":{"code":"server_error","message":"the model gave up"}}})"}});
  EXPECT_EQ(failed.fault, stream_fault::in_band_error);
  EXPECT_EQ(failed.fault_message, "the model gave up");
  EXPECT_FALSE(failed.facts.finished);

  const read_stream error =
      read_built(endpoint_kind::responses, {{"", R"({"type":"error","code":"rate_limit","message":"slow down"})"}});
  EXPECT_EQ(error.fault, stream_fault::in_band_error);
  EXPECT_EQ(error.fault_message, "slow down");
}

TEST(native_streams, data_that_is_no_json_is_a_fault_everywhere_but_in_text_pieces) {
  for (const endpoint_kind endpoint : all_endpoints) {
    const stream_fault fault = read_built(endpoint, {{"", "{\"text\":"}}).fault;
    EXPECT_EQ(fault, endpoint == endpoint_kind::generate ? stream_fault::none : stream_fault::bad_payload)
        << to_string(endpoint);
  }
}

} // namespace
} // namespace loadgen::protocol
