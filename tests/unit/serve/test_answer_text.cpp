#include "serve/answer_text.hpp"
#include "unit/serve/support.hpp"

#include <gtest/gtest.h>

namespace loadgen::serve {
namespace {

const answer_identity chat{.endpoint = endpoint_kind::chat, .request = 0x2a, .created = 1700000000, .model = "a \"b\""};
const answer_identity plain{.endpoint = endpoint_kind::completions, .request = 1, .created = 5, .model = "m"};

/// The payload of bytes that are one HTTP chunk with one SSE event.
boost::json::value only_event(std::string_view bytes) {
  const auto chunks = test::decode_chunks(bytes);
  EXPECT_EQ(chunks.size(), 1U);
  const auto events = test::decode_events(chunks.at(0));
  EXPECT_EQ(events.size(), 1U);
  return boost::json::parse(events.at(0));
}

TEST(token_events, chat_event_as_the_api_has_it) {
  token_events events{chat, stream_framing::chunked, 1};
  EXPECT_EQ(only_event(events.make(42, 1)), boost::json::parse(R"({
    "id":"chatcmpl-000000000000002a","object":"chat.completion.chunk","created":1700000000,"model":"a \"b\"",
    "choices":[{"index":0,"delta":{"content":" 000042"},"logprobs":null,"finish_reason":null}]})"));
}

TEST(token_events, completion_event_as_the_api_has_it) {
  token_events events{plain, stream_framing::chunked, 1};
  EXPECT_EQ(only_event(events.make(0, 1)), boost::json::parse(R"({
    "id":"cmpl-0000000000000001","object":"text_completion","created":5,"model":"m",
    "choices":[{"index":0,"text":" 000000","logprobs":null,"finish_reason":null}]})"));
}

TEST(token_events, several_tokens_and_a_shorter_last_chunk) {
  token_events events{plain, stream_framing::chunked, 3};
  EXPECT_EQ(only_event(events.make(9, 3)).at_pointer("/choices/0/text"), " 000009 000010 000011");
  EXPECT_EQ(only_event(events.make(999'998, 2)).at_pointer("/choices/0/text"), " 999998 999999");
}

TEST(token_events, unframed_event_is_the_chunk_s_payload) {
  token_events framed{chat, stream_framing::chunked, 1}, unframed{chat, stream_framing::by_close, 1};
  EXPECT_EQ(unframed.make(7, 1), test::decode_chunks(framed.make(7, 1)).at(0));
}

TEST(opening_event, of_chat_carries_the_role_and_no_content) {
  const auto event = only_event(opening_event(chat, stream_framing::chunked));
  EXPECT_EQ(event.at_pointer("/choices/0/delta"), boost::json::parse(R"({"role":"assistant","content":""})"));
}

TEST(closing_events, finish_done_and_last_chunk) {
  const auto chunks = test::decode_chunks(closing_events(chat, stream_framing::chunked, {}, false));
  ASSERT_EQ(chunks.size(), 3U);
  const auto finish = boost::json::parse(test::decode_events(chunks[0]).at(0));
  EXPECT_EQ(finish.at_pointer("/choices/0/finish_reason"), "length");
  EXPECT_EQ(finish.at_pointer("/choices/0/delta"), boost::json::object{});
  EXPECT_EQ(chunks[1], "data: [DONE]\n\n");
  EXPECT_EQ(chunks[2], "");
}

TEST(closing_events, usage_where_asked) {
  const auto chunks = test::decode_chunks(
      closing_events(plain, stream_framing::chunked, {.prompt_tokens = 3, .completion_tokens = 4}, true));
  ASSERT_EQ(chunks.size(), 4U);
  const auto usage = boost::json::parse(test::decode_events(chunks[1]).at(0));
  EXPECT_EQ(usage.at("choices"), boost::json::array{});
  EXPECT_EQ(usage.at("usage"), boost::json::parse(R"({"prompt_tokens":3,"completion_tokens":4,"total_tokens":7})"));
}

TEST(whole_answer, has_all_tokens_and_usage) {
  const auto answer = boost::json::parse(whole_answer(chat, {.prompt_tokens = 1, .completion_tokens = 2}));
  EXPECT_EQ(answer.at("object"), "chat.completion");
  EXPECT_EQ(answer.at_pointer("/choices/0/message"),
            boost::json::parse(R"({"role":"assistant","content":" 000000 000001"})"));
  EXPECT_EQ(answer.at_pointer("/choices/0/finish_reason"), "length");
  EXPECT_EQ(answer.at_pointer("/usage/total_tokens"), 3);
}

} // namespace
} // namespace loadgen::serve
