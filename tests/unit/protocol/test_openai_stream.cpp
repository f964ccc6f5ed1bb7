#include "protocol/stream_reader.hpp"

#include <gtest/gtest.h>

namespace loadgen::protocol {
namespace {

/// One chat event with that delta.
std::string chat(std::string_view delta, std::string_view finish_reason = "null") {
  return R"({"id":"c1","object":"chat.completion.chunk","choices":[{"index":0,"delta":)" + std::string{delta} +
         R"(,"finish_reason":)" + std::string{finish_reason} + "}]}";
}

class openai_stream : public testing::Test {
protected:
  event_facts read(std::string_view data, std::string_view type = "") { return reader->on_event(type, data); }

  std::unique_ptr<stream_reader> reader = make_stream_reader(endpoint_kind::chat);
};

TEST_F(openai_stream, text_is_content_and_answer) {
  const event_facts facts = read(chat(R"({"content":"Hi"})"));
  EXPECT_TRUE(facts.content);
  EXPECT_TRUE(facts.answer);
  EXPECT_FALSE(facts.terminal);
}

TEST_F(openai_stream, a_space_is_content) {
  EXPECT_TRUE(read(chat(R"({"content":" "})")).content);
}

TEST_F(openai_stream, reasoning_is_content_and_no_answer) {
  for (const char* delta :
       {R"({"reasoning":"So"})", R"({"reasoning_content":"So"})", R"({"reasoning":"a","content":""})"}) {
    const event_facts facts = read(chat(delta));
    EXPECT_TRUE(facts.content) << delta;
    EXPECT_FALSE(facts.answer) << delta;
  }
}

TEST_F(openai_stream, reasoning_and_text_in_one_event_are_an_answer) {
  EXPECT_TRUE(read(chat(R"({"reasoning":"So","content":"Hi"})")).answer);
}

TEST_F(openai_stream, arguments_of_tool_and_function_calls_are_an_answer) {
  for (const char* delta : {R"({"tool_calls":[{"index":0,"function":{"arguments":"{"}}]})",
                            R"({"tool_calls":[{"function":{"name":"f"}},{"function":{"arguments":"1"}}]})",
                            R"({"function_call":{"name":"f","arguments":"{"}})"})
    EXPECT_TRUE(read(chat(delta)).answer) << delta;
}

TEST_F(openai_stream, a_choice_without_content_is_empty_and_blank_only_without_a_role) {
  struct {
    const char* delta;
    bool blank, call;
  } const cases[]{{"{}", false, false},
                  {R"({"role":"assistant","content":""})", false, false},
                  {R"({"content":"","role":"assistant"})", false, false},
                  {R"({"content":""})", true, false},
                  {R"({"content":null})", false, false},
                  {R"({"tool_calls":[]})", false, false},
                  {R"({"tool_calls":[{"function":{"name":"f"}}]})", false, true},
                  {R"({"function_call":{"name":"f"}})", false, true}};

  for (const auto& [delta, blank, call] : cases) {
    const event_facts facts = read(chat(delta));
    EXPECT_TRUE(facts.empty) << delta;
    EXPECT_EQ(facts.blank, blank) << delta;
    EXPECT_EQ(facts.call, call) << delta;
  }
  EXPECT_FALSE(read(R"({"choices":[],"usage":{"completion_tokens":3}})").empty);
  EXPECT_FALSE(read("[DONE]").empty);
}

TEST_F(openai_stream, says_of_content_whether_it_is_calls_only_or_reasoning_that_some_clients_miss) {
  EXPECT_TRUE(read(chat(R"({"tool_calls":[{"function":{"arguments":"{"}}]})")).calls_only);
  EXPECT_FALSE(read(chat(R"({"content":"a","tool_calls":[{"function":{"arguments":"{"}}]})")).calls_only);
  EXPECT_FALSE(read(chat(R"({"content":"a"})")).calls_only);
  EXPECT_TRUE(read(chat(R"({"reasoning_content":"a"})")).reasoning_content);
  EXPECT_TRUE(read(chat(R"({"role":"assistant","content":"","reasoning_content":"a"})")).reasoning_content);
  EXPECT_FALSE(read(chat(R"({"content":"","reasoning_content":"a"})")).reasoning_content);
  EXPECT_FALSE(read(chat(R"({"reasoning":"a","reasoning_content":"a"})")).reasoning_content);
  EXPECT_FALSE(read(chat(R"({"reasoning_content":"a","content":"b"})")).reasoning_content);
}

TEST_F(openai_stream, what_carries_nothing_generated_is_no_content) {
  for (const char* delta :
       {"{}", "null", R"({"role":"assistant"})", R"({"role":"assistant","content":""})", R"({"content":null})",
        R"({"tool_calls":[{"index":0,"id":"x","type":"function","function":{"name":"f"}}]})",
        R"({"tool_calls":[{"function":{"name":"f","arguments":""}}]})", R"({"tool_calls":[]})",
        R"({"tool_calls":null})", R"({"function_call":{"name":"f"}})", R"({"function_call":null})",
        R"({"reasoning":"","reasoning_content":""})"})
    EXPECT_FALSE(read(chat(delta)).content) << delta;
}

TEST_F(openai_stream, content_of_a_later_choice_counts) {
  EXPECT_TRUE(read(R"({"choices":[{"index":0,"delta":{}},{"index":1,"delta":{"content":"x"}}]})").content);
}

TEST_F(openai_stream, text_of_completions_is_an_answer) {
  const auto completions = make_stream_reader(endpoint_kind::completions);
  EXPECT_TRUE(completions->on_event("", R"({"choices":[{"index":0,"text":"Hi"}]})").answer);
  EXPECT_FALSE(completions->on_event("", R"({"choices":[{"index":0,"text":""}]})").content);
}

TEST_F(openai_stream, keys_of_the_same_name_elsewhere_are_no_content) {
  EXPECT_FALSE(
      read(R"({"content":"x","text":"x","delta":{"content":"x"},"choices":{"delta":{"content":"x"}}})").content);
  EXPECT_FALSE(
      read(R"({"choices":[{"logprobs":{"content":[{"token":"x","text":"y"}]},"message":{"content":"z"}}]})").content);
}

TEST_F(openai_stream, the_first_finish_reason_is_kept_and_each_is_terminal) {
  EXPECT_TRUE(read(chat("{}", R"("stop")")).terminal);
  EXPECT_TRUE(read(chat("{}", R"("length")")).terminal);
  EXPECT_EQ(reader->facts().finish_reason, "stop");
  EXPECT_TRUE(reader->facts().finished);
  EXPECT_TRUE(reader->facts().end_mark());
}

TEST_F(openai_stream, an_empty_finish_reason_is_none) {
  EXPECT_FALSE(read(chat("{}", R"("")")).terminal);
  EXPECT_FALSE(reader->facts().finished);
}

TEST_F(openai_stream, the_done_marker_is_exact) {
  EXPECT_TRUE(read("[DONE]").terminal);
  EXPECT_TRUE(reader->facts().done_marker);
  EXPECT_FALSE(reader->facts().finished);
  reader->reset();
  EXPECT_FALSE(read("[done]").terminal);
  EXPECT_EQ(reader->fault(), stream_fault::bad_payload);
  EXPECT_FALSE(reader->facts().end_mark());
}

TEST_F(openai_stream, json_that_is_no_object_is_nothing_and_no_fault) {
  for (const char* data : {"null", "[]", R"([{"error":"x"}])", "17", R"("text")", "true"}) {
    const event_facts facts = read(data);
    EXPECT_FALSE(facts.content || facts.terminal) << data;
  }
  EXPECT_EQ(reader->fault(), stream_fault::none);
}

TEST_F(openai_stream, blank_data_is_a_heartbeat) {
  read("");
  read(" \t\r\n");
  EXPECT_EQ(reader->fault(), stream_fault::none);
}

TEST_F(openai_stream, an_error_object_is_an_in_band_error_with_its_message) {
  read(R"({"error":{"message":"out of memory","code":500}})");
  EXPECT_EQ(reader->fault(), stream_fault::in_band_error);
  EXPECT_EQ(reader->fault_message(), "out of memory");
}

TEST_F(openai_stream, an_error_without_a_message_shows_its_json) {
  read(R"({"error":{"code":500}})");
  EXPECT_EQ(reader->fault_message(), R"({"error":{"code":500}})");
}

TEST_F(openai_stream, an_error_key_that_says_no_is_no_error) {
  for (const char* error : {"null", "false", "0", R"("")"})
    read(R"({"choices":[],"error":)" + std::string{error} + "}");
  EXPECT_EQ(reader->fault(), stream_fault::none);
}

TEST_F(openai_stream, an_error_event_tells_its_json_or_its_text) {
  read(R"({"message":"overloaded"})", "error");
  EXPECT_EQ(reader->fault(), stream_fault::in_band_error);
  EXPECT_EQ(reader->fault_message(), "overloaded");
  reader->reset();
  read("upstream went away", "error");
  EXPECT_EQ(reader->fault_message(), "upstream went away");
  reader->reset();
  read("", "error");
  EXPECT_EQ(reader->fault(), stream_fault::in_band_error);
  EXPECT_EQ(reader->fault_message(), "an error event without a message");
}

TEST_F(openai_stream, what_is_not_json_is_a_bad_payload_that_begins_with_the_data) {
  for (const char* data :
       {"Internal Server Error", R"({"choices":[)", R"({"choices":[]} x)", "{'a':1}", "{\"a\":\"\xFF\"}"}) {
    reader->reset();
    EXPECT_FALSE(read(data).content);
    EXPECT_EQ(reader->fault(), stream_fault::bad_payload) << data;
  }
  reader->reset();
  read(R"({"choices":[)");
  EXPECT_EQ(reader->fault_message(), R"({"choices":[ (not JSON: incomplete JSON))");
}

TEST_F(openai_stream, a_payload_cut_short_tells_nothing_of_its_beginning) {
  EXPECT_FALSE(read(R"({"choices":[{"delta":{"content":"x"},"finish_reason":"stop"}])").terminal);
  EXPECT_FALSE(reader->facts().finished);
}

TEST_F(openai_stream, the_message_of_a_long_bad_payload_keeps_to_its_limit_in_whole_characters) {
  std::string data;
  for (int i = 0; i < 500; ++i) data += "é";
  read(data);
  EXPECT_LE(reader->fault_message().size(), 300U);
  EXPECT_TRUE(reader->fault_message().starts_with("éé"));
  EXPECT_NE(reader->fault_message().find("é (not JSON: "), std::string::npos);
}

TEST_F(openai_stream, the_first_fault_stays_and_later_events_are_still_read) {
  read(R"({"error":"first"})");
  read("nonsense");
  EXPECT_TRUE(read(chat(R"({"content":"x"})")).content);
  EXPECT_TRUE(read("[DONE]").terminal);
  EXPECT_EQ(reader->fault(), stream_fault::in_band_error);
  EXPECT_EQ(reader->fault_message(), "first");
}

TEST_F(openai_stream, null_usage_of_every_event_does_not_erase_the_last) {
  read(
      R"({"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":7,"completion_tokens_details":{"reasoning_tokens":5}}})");
  read(R"({"choices":[],"usage":null})");
  EXPECT_EQ(reader->facts().input_tokens, 3U);
  EXPECT_EQ(reader->facts().output_tokens, 7U);
  EXPECT_EQ(reader->facts().reasoning_tokens, 5U);
  EXPECT_FALSE(reader->facts().cached_tokens);
}

TEST_F(openai_stream, two_choices_of_one_chat_prompt_share_its_tokens) {
  for (const char* index : {"0", "1"}) {
    read(R"({"choices":[{"index":)" + std::string{index} + R"(,"delta":{},"finish_reason":"stop"}]})");
    read(R"({"choices":[],"usage":{"prompt_tokens":10,"completion_tokens":4}})");
  }
  EXPECT_EQ(reader->facts().input_tokens, 10U);
  EXPECT_EQ(reader->facts().output_tokens, 8U);
}

TEST_F(openai_stream, a_reset_reader_knows_nothing_of_the_stream_before) {
  read(
      R"({"choices":[{"index":1,"delta":{},"finish_reason":"stop"}],"usage":{"completion_tokens":4},"timings":{"a":1}})");
  read("x");
  read("[DONE]");
  reader->reset();
  EXPECT_FALSE(reader->facts().output_tokens);
  EXPECT_FALSE(reader->facts().end_mark());
  EXPECT_TRUE(reader->facts().server_figures.empty());
  EXPECT_EQ(reader->facts().finish_reason, "");
  EXPECT_EQ(reader->fault(), stream_fault::none);
  EXPECT_EQ(reader->fault_message(), "");
  read(chat("{}", R"("length")"));
  EXPECT_EQ(reader->facts().finish_reason, "length");
}

} // namespace
} // namespace loadgen::protocol
