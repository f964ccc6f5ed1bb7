#include "support/temporary_folder.hpp"
#include "workload/dataset_parser.hpp"

#include <loadgen/workload/dataset_summary.hpp>

#include <gtest/gtest.h>

namespace loadgen::workload {
namespace {

using namespace std::chrono_literals;

std::vector<dataset_entry> parsed(std::string_view bytes) {
  auto entries = parse_dataset("f", bytes, dataset_format::jsonl);
  EXPECT_TRUE(entries.has_value()) << entries.error().message;
  return entries.has_value() ? *std::move(entries) : std::vector<dataset_entry>{};
}

std::string refusal(std::string_view line) {
  const auto entries = parse_dataset("f", "{\"prompt\":\"a\"}\n" + std::string{line}, dataset_format::jsonl);
  if (entries.has_value()) return "accepted";
  EXPECT_EQ(entries.error().code, errc::invalid_input);
  return entries.error().message;
}

TEST(turns_parser, a_turn_is_a_text_or_an_object) {
  const auto entries = parsed(R"({"system":"Be brief.","max_tokens":9,"turns":["One?",)"
                              R"({"user":"Two?","assistant":"","max_tokens":7,"think_time":"1500ms"},)"
                              R"({"user":"\"Three\"\n\u00e9\ud83d\ude00","assistant":"3.","think_time_s":0.25}]})");
  ASSERT_EQ(entries.size(), 1U);
  const dataset_entry& entry = entries[0];
  EXPECT_EQ(entry.prompt, "");
  EXPECT_EQ(entry.messages, "");
  EXPECT_EQ(entry.system, "Be brief.");
  EXPECT_EQ(entry.max_tokens, 9U);
  ASSERT_EQ(entry.turns.size(), 3U);
  EXPECT_EQ(entry.turns[0].user, "One?");
  EXPECT_EQ(entry.turns[0].assistant, std::nullopt);
  EXPECT_EQ(entry.turns[0].max_tokens, std::nullopt);
  EXPECT_EQ(entry.turns[0].think_time, std::nullopt);
  EXPECT_EQ(entry.turns[1].assistant, "");
  EXPECT_EQ(entry.turns[1].max_tokens, 7U);
  EXPECT_EQ(entry.turns[1].think_time, 1500ms);
  EXPECT_EQ(entry.turns[2].user, "\"Three\"\né😀");
  EXPECT_EQ(entry.turns[2].assistant, "3.");
  EXPECT_EQ(entry.turns[2].think_time, 250ms);
}

TEST(turns_parser, lines_without_turns_stay_as_they_were) {
  const auto entries = parsed("{\"prompt\":\"a\",\"system\":\"unheeded\"}\n{\"turns\":[\"b\"]}\n");
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_TRUE(entries[0].turns.empty());
  EXPECT_EQ(entries[0].system, "");
  EXPECT_EQ(entries[1].turns.size(), 1U);
  EXPECT_EQ(entries[1].line, 2U);
}

TEST(turns_parser, an_array_of_a_json_file_may_hold_conversations) {
  const auto entries = parse_dataset("f", R"(["a",{"turns":["b","c"]}])", dataset_format::json_array);
  ASSERT_TRUE(entries.has_value());
  EXPECT_EQ(entries->at(1).turns.size(), 2U);
}

TEST(turns_parser, a_line_written_again_says_the_same) {
  const std::string line = R"({"system":"s\n","turns":[{"user":"a","assistant":"\"b\""},)"
                           R"({"user":"c","max_tokens":7,"think_time":"1500ms"}],"max_tokens":9})";
  const auto entries = parsed(line);
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(jsonl_line(entries[0]).value(), line);
  EXPECT_EQ(text_of(entries[0]), "s\n\na\nc");
}

class sharegpt_turns : public testing::Test {
protected:
  result<dataset> read(std::string_view text, bool all_turns, const char* name = "talks.json") {
    dataset_reading how;
    how.all_turns = all_turns;
    return read_dataset(folder_.write(name, text), how);
  }

  loadgen::test::temporary_folder folder_;
};

constexpr std::string_view two_talks =
    R"([{"id":"x","conversations":[{"from":"system","value":"Be brief."},{"from":"gpt","value":"unasked"},)"
    R"({"from":"human","value":"one"},{"from":"gpt","value":"1"},{"from":"human","value":""},)"
    R"({"from":"human","value":"two"},{"from":"human","value":"three"},{"from":"gpt","value":"3"}]},)"
    R"({"conversations":[{"from":"gpt","value":"alone"}]}])";

TEST_F(sharegpt_turns, are_what_the_human_says_with_the_reply_to_each) {
  const auto read_all = read(two_talks, true);
  ASSERT_TRUE(read_all.has_value()) << read_all.error().message;
  EXPECT_TRUE(read_all->has_conversations);
  EXPECT_EQ(read_all->unused, 1U);
  ASSERT_EQ(read_all->entries.size(), 1U);
  const dataset_entry entry = read_all->entries[0];
  EXPECT_EQ(entry.system, "Be brief.");
  EXPECT_EQ(entry.id, "x");
  ASSERT_EQ(entry.turns.size(), 3U);
  EXPECT_EQ(entry.turns[0].user, "one");
  EXPECT_EQ(entry.turns[0].assistant, "1");
  EXPECT_EQ(entry.turns[1].user, "two");
  EXPECT_EQ(entry.turns[1].assistant, std::nullopt);
  EXPECT_EQ(entry.turns[2].assistant, "3");
}

TEST_F(sharegpt_turns, are_left_out_unless_asked_for) {
  const auto read_first = read(two_talks, false);
  ASSERT_TRUE(read_first.has_value());
  EXPECT_FALSE(read_first->has_conversations);
  EXPECT_TRUE(read_first->entries[0].turns.empty());
}

TEST_F(sharegpt_turns, are_not_asked_for_of_other_files) {
  const auto refused = read("{\"turns\":[\"a\"]}", true, "own.jsonl");
  ASSERT_TRUE(refused.has_error());
  EXPECT_NE(refused.error().message.find("own.jsonl: the file is jsonl; all turns can be taken of ShareGPT"),
            std::string::npos)
      << refused.error().message;
}

TEST(turns_parser, what_is_wrong_is_said_with_line_and_turn) {
  const std::pair<const char*, const char*> cases[] = {
      {R"({"turns":["a"],"prompt":"b"})", "both `prompt` and `turns`; expected one of them"},
      {R"({"turns":["a"],"messages":[]})", "both `messages` and `turns`; expected one of them"},
      {R"({"turns":"a"})", "`turns` is a string; expected an array of the user's texts, or of objects with `user`"},
      {R"({"turns":[]})", "`turns` is empty; expected an array of the user's texts, or of objects with `user`"},
      {R"({"turns":["a"],"system":1})", "`system` is 1; expected a string"},
      {R"({"turns":["a",""]})", "turn 2: empty; expected the user's text"},
      {R"({"turns":[7]})", "turn 1: 7; expected the user's text or an object with `user`"},
      {R"({"turns":[{"assistant":"b"}]})", "turn 1: `user` is missing; expected a string"},
      {R"({"turns":[{"user":""}]})", "turn 1: `user` is empty; expected the user's text"},
      {R"({"turns":[{"user":"a","assistant":null}]})", "turn 1: `assistant` is null; expected a string"},
      {R"({"turns":[{"user":"a","max_tokens":0}]})",
       "turn 1: `max_tokens` is 0; expected an integer from 1 to 4294967295"},
      {R"({"turns":["a",{"user":"b","think_time":2}]})",
       "turn 2: `think_time` is 2; expected a time with its unit, such as \"2s\""},
      {R"({"turns":["a",{"user":"b","think_time_s":-1}]})",
       "turn 2: `think_time_s` is -1; expected a number of seconds from 0 to 3600000"},
      {R"({"turns":["a",{"user":"b","think_time_s":1,"think_time":"1s"}]})",
       "turn 2: both `think_time` and `think_time_s`; expected one of them"},
      {R"({"turns":[{"user":"a","think_time":"1s"}]})",
       "turn 1: a think time; expected none before the first turn, which follows no reply"},
      {R"({"turns":[{"user":"a","asistant":"b"}]})",
       "turn 1: `asistant` is not known; expected user, assistant, max_tokens, think_time or think_time_s"},
  };
  for (const auto& [line, fault] : cases) EXPECT_EQ(refusal(line), std::string{"f:2: "} + fault);
  EXPECT_EQ(refusal(R"({"turns":["a",{"user":"b","think_time":"2"}]})").substr(0, 25), "f:2: turn 2: `think_time`");
}

} // namespace
} // namespace loadgen::workload
