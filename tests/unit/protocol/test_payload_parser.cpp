#include "protocol/payload_parser.hpp"

#include <gtest/gtest.h>

namespace loadgen::protocol {
namespace {

class payload : public testing::Test {
protected:
  const payload_facts& read(std::string_view text) {
    EXPECT_FALSE(parser.parse(text)) << text;
    return parser.facts();
  }

  payload_parser parser;
};

TEST_F(payload, keys_and_values_with_escapes_are_read) {
  const auto& facts = read(
      R"({"\u0063hoices":[{"d\u0065lta":{"c\u006fntent":"\u00e9"},"finish\u005freason":"st\u006fp\n"}],"usag\u0065":{"completion_t\u006fkens":3}})");
  EXPECT_TRUE(facts.answer);
  EXPECT_EQ(facts.finish_reason, "stop\n");
  EXPECT_EQ(facts.usage.completion, 3U);
}

TEST_F(payload, a_key_longer_than_any_known_one_is_another_key) {
  EXPECT_FALSE(read(R"({"choices":[{"delta":{"content\u0000":"x"}}]})").answer);
  EXPECT_FALSE(read(R"({"choices":[{"delta":{"conten":"x"}}]})").answer);
}

TEST_F(payload, a_single_escape_is_a_value_that_is_not_empty) {
  EXPECT_TRUE(read(R"({"choices":[{"delta":{"content":"\n"}}]})").answer);
  EXPECT_TRUE(read(R"({"choices":[{"delta":{"content":"\ud83d\ude00"}}]})").answer);
}

TEST_F(payload, of_repeated_keys_the_last_holds) {
  EXPECT_FALSE(read(R"({"choices":[{"delta":{"content":"x","content":null}}]})").answer);
  EXPECT_FALSE(read(R"({"choices":[{"delta":{"content":"x"},"delta":{}}]})").answer);
  EXPECT_TRUE(read(R"({"choices":[{"delta":{},"delta":{"content":"x"}}]})").answer);
  EXPECT_FALSE(read(R"({"choices":[{"text":"x"}],"choices":[]})").answer);
  EXPECT_FALSE(
      read(R"({"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"x"}}],"tool_calls":[]}}]})").answer);
  EXPECT_FALSE(
      read(R"({"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"x","arguments":""}}]}}]})").answer);
  EXPECT_EQ(read(R"({"choices":[{"finish_reason":"stop","finish_reason":"length"}]})").finish_reason, "length");
  EXPECT_EQ(read(R"({"usage":{"completion_tokens":1},"usage":{"prompt_tokens":2}})").usage,
            (usage_figures{.prompt = 2, .cached = {}, .completion = {}, .reasoning = {}}));
  EXPECT_FALSE(read(R"({"error":"x","error":null})").error);
}

TEST_F(payload, repeating_one_tool_call_s_arguments_leaves_the_other_s) {
  EXPECT_TRUE(
      read(R"({"choices":[{"delta":{"tool_calls":[{"function":{"arguments":"x"}},{"function":{"arguments":""}}]}}]})")
          .answer);
}

TEST_F(payload, choices_are_counted_and_the_first_is_named) {
  const auto& facts = read(R"({"choices":[{"index":2},{"index":5,"finish_reason":"stop"},{}]})");
  EXPECT_EQ(facts.choices, 3U);
  EXPECT_EQ(facts.first_choice, 2U);
  EXPECT_EQ(facts.highest_choice, 5U);
  EXPECT_EQ(facts.finish_reason, "stop");
}

TEST_F(payload, token_counts_that_are_no_counts_are_unknown) {
  for (const char* count : {"-1", "1.5", "4294967296", "1e30", "null", R"("12")", "[12]", R"({"a":12})", "true"}) {
    const std::string text = R"({"usage":{"completion_tokens":)" + std::string{count} + "}}";
    EXPECT_FALSE(read(text).usage.completion) << count;
  }
  EXPECT_EQ(read(R"({"usage":{"completion_tokens":4294967295}})").usage.completion, 4294967295U);
  EXPECT_EQ(read(R"({"usage":{"completion_tokens":12.0}})").usage.completion, 12U);
}

TEST_F(payload, timings_are_its_numbers_by_name) {
  const auto& facts = read(R"({"timings":{"n":3,"ms":0.5,"name":"x","deep":{"n":1},"n":4,"\u0061":1}})");
  const std::vector<std::pair<std::string, double>> expected{{"ms", 0.5}, {"n", 4}, {"a", 1}};
  EXPECT_EQ(facts.timings, expected);
  EXPECT_TRUE(read(R"({"timings":{"n":3,"n":"x"}})").timings.empty());
}

TEST_F(payload, nothing_is_left_of_the_payload_before) {
  read(
      R"({"choices":[{"index":3,"delta":{"content":"x","reasoning":"y"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1},"error":"e","timings":{"n":1}})");
  const auto& facts = read("{}");
  EXPECT_FALSE(facts.answer || facts.reasoning || facts.error);
  EXPECT_EQ(facts.choices, 0U);
  EXPECT_EQ(facts.highest_choice, 0U);
  EXPECT_EQ(facts.finish_reason, "");
  EXPECT_TRUE(facts.usage.empty());
  EXPECT_TRUE(facts.timings.empty());
}

TEST_F(payload, nesting_to_the_parser_s_limit_is_read_and_deeper_is_refused) {
  const auto nested = [](std::size_t depth) {
    return R"({"choices":[{"text":"x","logprobs":)" + std::string(depth, '[') + std::string(depth, ']') + "}]}";
  };
  EXPECT_TRUE(read(nested(29)).answer); // below the root, the array and the choice: 32
  EXPECT_TRUE(parser.parse(nested(30)));
  EXPECT_TRUE(parser.parse(nested(100000)));
  EXPECT_FALSE(parser.facts().answer);
}

TEST_F(payload, what_follows_the_value_must_be_blank) {
  read("{} \r\n\t");
  EXPECT_TRUE(parser.parse("{}{}"));
  EXPECT_TRUE(parser.parse(""));
}

TEST_F(payload, a_good_payload_is_read_after_a_bad_one) {
  EXPECT_TRUE(parser.parse(R"({"choi\u0063)"));
  EXPECT_TRUE(read(R"({"choices":[{"text":"x"}]})").answer);
}

} // namespace
} // namespace loadgen::protocol
