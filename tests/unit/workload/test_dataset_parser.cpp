#include "workload/dataset_parser.hpp"

#include <gtest/gtest.h>

namespace loadgen::workload {
namespace {

using enum dataset_format;

std::vector<dataset_entry> parsed(std::string_view bytes, dataset_format format) {
  auto entries = parse_dataset("f", bytes, format);
  EXPECT_TRUE(entries.has_value()) << entries.error().message;
  return entries.has_value() ? *std::move(entries) : std::vector<dataset_entry>{};
}

std::string refusal(std::string_view bytes, dataset_format format) {
  const auto entries = parse_dataset("f", bytes, format);
  if (entries.has_value()) return "accepted";
  EXPECT_EQ(entries.error().code, errc::invalid_input);
  return entries.error().message;
}

TEST(dataset_parser, jsonl_prompts_budgets_and_lines_are_read) {
  const auto entries = parsed("{\"prompt\":\"a\\n\\u00e9\",\"max_tokens\":7}\n"
                              "\n"
                              "{\"id\":\"x\",\"category\":[1],\"prompt\":\"b\"}\n",
                              jsonl);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].prompt, "a\né");
  EXPECT_EQ(entries[0].messages, "");
  EXPECT_EQ(entries[0].max_tokens, 7U);
  EXPECT_EQ(entries[0].line, 1U);
  EXPECT_EQ(entries[1].prompt, "b");
  EXPECT_EQ(entries[1].max_tokens, std::nullopt);
  EXPECT_EQ(entries[1].line, 3U);
}

TEST(dataset_parser, jsonl_messages_are_kept_whole) {
  const auto entries =
      parsed(R"({"messages": [ {"role":"system","content":"s","name":"n"}, {"role":"user","content":[]},)"
             R"( {"role":"assistant","tool_calls":[{"temperature":0.5}]} ]})",
             jsonl);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].prompt, "");
  EXPECT_EQ(entries[0].messages, R"([{"role":"system","content":"s","name":"n"},{"role":"user","content":[]},)"
                                 R"({"role":"assistant","tool_calls":[{"temperature":0.5}]}])");
}

TEST(dataset_parser, a_byte_order_mark_crlf_and_a_missing_last_line_end_change_nothing) {
  for (const char* bytes : {"{\"prompt\":\"a\"}\n{\"prompt\":\"b\"}\n", "{\"prompt\":\"a\"}\r\n{\"prompt\":\"b\"}\r\n",
                            "\xEF\xBB\xBF{\"prompt\":\"a\"}\n{\"prompt\":\"b\"}"}) {
    const auto entries = parsed(bytes, jsonl);
    ASSERT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].prompt, "a");
    EXPECT_EQ(entries[1].prompt, "b");
    EXPECT_EQ(entries[1].line, 2U);
  }
}

TEST(dataset_parser, text_has_one_prompt_a_line_as_it_stands) {
  const auto entries = parsed("\xEF\xBB\xBF  first {\"not\": json}\r\n \t\r\n\nsecond", text);
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[0].prompt, "  first {\"not\": json}");
  EXPECT_EQ(entries[0].line, 1U);
  EXPECT_EQ(entries[1].prompt, "second");
  EXPECT_EQ(entries[1].line, 4U);
  EXPECT_EQ(entries[1].max_tokens, std::nullopt);
}

TEST(dataset_parser, an_array_holds_strings_and_objects) {
  const auto entries = parsed("\xEF\xBB\xBF\r\n[ \"one\" ,\r\n\r\n  {\"prompt\":\"two\",\n   \"max_tokens\":2}\n,"
                              "{\"messages\":[{\"role\":\"user\",\"content\":\"three\"}]}]\r\n",
                              json_array);
  ASSERT_EQ(entries.size(), 3U);
  EXPECT_EQ(entries[0].prompt, "one");
  EXPECT_EQ(entries[0].line, 2U);
  EXPECT_EQ(entries[1].prompt, "two");
  EXPECT_EQ(entries[1].max_tokens, 2U);
  EXPECT_EQ(entries[1].line, 4U);
  EXPECT_EQ(entries[2].messages, R"([{"role":"user","content":"three"}])");
  EXPECT_EQ(entries[2].line, 6U);
}

TEST(dataset_parser, a_dataset_without_prompts_is_refused) {
  const std::string none = "f:1: no prompts; expected at least one";
  for (const char* bytes : {"", "\n\n", " \r\n", "\xEF\xBB\xBF"})
    for (const auto format : {jsonl, json_array, text}) EXPECT_EQ(refusal(bytes, format), none);
  EXPECT_EQ(refusal("[ ]\n", json_array), none);
}

TEST(dataset_parser, bytes_that_are_not_utf8_are_refused_with_their_line) {
  for (const auto format : {jsonl, json_array, text, csv}) {
    const std::string first = format == json_array ? "[" : format == csv ? "prompt" : "{\"prompt\":\"a\"}";
    EXPECT_EQ(refusal(first + "\n\"caf\xE9\"]", format), "f:2: bytes that are not UTF-8; expected UTF-8 text");
  }
}

TEST(dataset_parser, bad_json_is_refused_with_its_line) {
  EXPECT_EQ(refusal("{\"prompt\":\"a\"}\n\n{\"prompt\":}\n", jsonl),
            "f:3: not valid JSON (syntax error); expected one object a line");
  EXPECT_EQ(refusal("{\"prompt\":\"a\"\n", jsonl), "f:1: not valid JSON (incomplete JSON); expected one object a line");
  EXPECT_EQ(refusal("{\"prompt\":\"a\"}{\"prompt\":\"b\"}", jsonl),
            "f:1: not valid JSON (extra data); expected one object a line");
  EXPECT_EQ(refusal("[\n \"a\",\n {\"prompt\":\n  oops}]", json_array),
            "f:4: not valid JSON (syntax error); expected an array of strings or objects");
  EXPECT_EQ(refusal("[\"a\",\n]", json_array),
            "f:2: not valid JSON (syntax error); expected an array of strings or objects");
  EXPECT_EQ(refusal("[\"a\",\n\"b", json_array),
            "f:2: not valid JSON (incomplete JSON); expected an array of strings or objects");
}

TEST(dataset_parser, an_array_out_of_shape_is_refused_with_its_line) {
  EXPECT_EQ(refusal("\n{\"prompt\":\"a\"}", json_array),
            "f:2: the file does not begin with '['; expected an array of strings or objects");
  EXPECT_EQ(refusal("[\"a\"\n", json_array), "f:2: the array does not end; expected ',' or ']'");
  EXPECT_EQ(refusal("[\"a\"\n\n\"b\"]", json_array),
            "f:3: an element is not followed by ',' or ']'; expected one of them");
  EXPECT_EQ(refusal("[\"a\"]\n\n[\"b\"]", json_array), "f:3: text after the array; expected the end of the file");
}

TEST(dataset_parser, an_element_of_the_wrong_kind_is_refused_where_it_begins) {
  EXPECT_EQ(refusal("\"a\"", jsonl), "f:1: a string; expected an object with `prompt`, `messages` or `turns`");
  EXPECT_EQ(refusal("\n[]", jsonl), "f:2: an array; expected an object with `prompt`, `messages` or `turns`");
  EXPECT_EQ(refusal("[\"a\",\n12]", json_array),
            "f:2: 12; expected a string or an object with `prompt`, `messages` or `turns`");
  EXPECT_EQ(refusal("[\"a\",\n\n{\"id\":\n1}]", json_array),
            "f:3: neither `prompt` nor `messages` nor `turns`; expected one of them");
  EXPECT_EQ(refusal("[\n\"\"]", json_array), "f:2: `prompt` is empty; expected text");
}

TEST(dataset_parser, objects_need_exactly_one_prompt_or_messages) {
  EXPECT_EQ(refusal("{}", jsonl), "f:1: neither `prompt` nor `messages` nor `turns`; expected one of them");
  EXPECT_EQ(refusal(R"({"prompt":"a","messages":null})", jsonl),
            "f:1: both `prompt` and `messages`; expected one of them");
  EXPECT_EQ(refusal(R"({"prompt":null})", jsonl), "f:1: `prompt` is null; expected a string");
  EXPECT_EQ(refusal(R"({"prompt":true})", jsonl), "f:1: `prompt` is a boolean; expected a string");
  EXPECT_EQ(refusal(R"({"prompt":{}})", jsonl), "f:1: `prompt` is an object; expected a string");
  EXPECT_EQ(refusal(R"({"prompt":""})", jsonl), "f:1: `prompt` is empty; expected text");
}

TEST(dataset_parser, max_tokens_must_be_an_integer_of_at_least_one) {
  const auto expected = [](const char* what) {
    return std::string{"f:1: `max_tokens` is "} + what + "; expected an integer from 1 to 4294967295";
  };
  EXPECT_EQ(refusal(R"({"prompt":"a","max_tokens":0})", jsonl), expected("0"));
  EXPECT_EQ(refusal(R"({"prompt":"a","max_tokens":-5})", jsonl), expected("-5"));
  EXPECT_EQ(refusal(R"({"prompt":"a","max_tokens":1.5})", jsonl), expected("1.5"));
  EXPECT_EQ(refusal(R"({"prompt":"a","max_tokens":64.0})", jsonl), expected("64.0"));
  EXPECT_EQ(refusal(R"({"prompt":"a","max_tokens":4294967296})", jsonl), expected("4294967296"));
  EXPECT_EQ(refusal(R"({"prompt":"a","max_tokens":18446744073709551615})", jsonl), expected("18446744073709551615"));
  EXPECT_EQ(refusal(R"({"prompt":"a","max_tokens":"9"})", jsonl), expected("a string"));
  EXPECT_EQ(refusal(R"({"prompt":"a","max_tokens":null})", jsonl), expected("null"));
  EXPECT_EQ(parsed(R"({"prompt":"a","max_tokens":4294967295})", jsonl).at(0).max_tokens, 4'294'967'295U);
}

TEST(dataset_parser, messages_need_roles_and_content) {
  const auto of = [](const char* messages) { return refusal(std::string{R"({"messages":)"} + messages + "}", jsonl); };
  const std::string expected = "; expected an array of objects with `role` and `content`";
  EXPECT_EQ(of(R"("a")"), "f:1: `messages` is a string" + expected);
  EXPECT_EQ(of("[]"), "f:1: `messages` is empty" + expected);
  EXPECT_EQ(of(R"([{"role":"user","content":"a"},"b"])"),
            "f:1: message 2 is a string; expected an object with `role` and `content`");
  EXPECT_EQ(of(R"([{"content":"a"}])"), "f:1: `role` of message 1 is missing; expected a string");
  EXPECT_EQ(of(R"([{"role":1,"content":"a"}])"), "f:1: `role` of message 1 is 1; expected a string");
  EXPECT_EQ(of(R"([{"role":"user"}])"),
            "f:1: `content` of message 1 is missing; expected a string or an array of parts");
  EXPECT_EQ(of(R"([{"role":"user","content":null}])"),
            "f:1: `content` of message 1 is null; expected a string or an array of parts");
  EXPECT_EQ(of(R"([{"role":"assistant","content":{}}])"),
            "f:1: `content` of message 1 is an object; expected a string or an array of parts");
}

} // namespace
} // namespace loadgen::workload
