#include <loadgen/workload/dataset_summary.hpp>

#include <gtest/gtest.h>

namespace loadgen::workload {
namespace {

dataset_entry prompt(std::string text, std::uint32_t line, std::string category = {}) {
  dataset_entry entry;
  entry.prompt = std::move(text);
  entry.line = line;
  entry.category = std::move(category);
  return entry;
}

// Lengths 1 to 100: the percentiles are known.
TEST(dataset_statistics, are_those_of_known_lengths) {
  std::vector<dataset_entry> entries;
  for (std::uint32_t i = 100; i >= 1; --i) entries.push_back(prompt(std::string(i, 'x'), i, i % 2 == 0 ? "even" : ""));
  entries[0].max_tokens = 7;
  const dataset_statistics made = describe(dataset{"d", "", entries}).value();
  EXPECT_EQ(made.entries, 100U);
  EXPECT_EQ(made.characters.count, 100U);
  EXPECT_DOUBLE_EQ(made.characters.mean, 50.5);
  EXPECT_EQ(made.characters.min, 1U);
  EXPECT_EQ(made.characters.p50, 50U);
  EXPECT_EQ(made.characters.p90, 90U);
  EXPECT_EQ(made.characters.p99, 99U);
  EXPECT_EQ(made.characters.max, 100U);
  EXPECT_EQ(made.max_tokens.count, 1U);
  EXPECT_EQ(made.max_tokens.p50, 7U);
  EXPECT_EQ(made.input_tokens.count, 0U);
  EXPECT_EQ(made.categories, (std::map<std::string, std::uint64_t>{{"", 50}, {"even", 50}}));
  ASSERT_EQ(made.lengths.size(), 7U); // 1, 2-3, 4-7, 8-15, 16-31, 32-63, 64-127
  EXPECT_EQ(made.lengths.front().from, 1U);
  EXPECT_EQ(made.lengths.front().to, 1U);
  EXPECT_EQ(made.lengths[5].count, 32U);
  EXPECT_EQ(made.lengths.back().from, 64U);
  EXPECT_EQ(made.lengths.back().to, 127U);
  EXPECT_EQ(made.lengths.back().count, 37U);
}

TEST(duplicates, are_found_exact_and_but_for_white_space) {
  dataset_entry messages;
  messages.messages = R"([{"role":"user","content":"say  hi"}])";
  messages.line = 9;
  const dataset all{"d",
                    "",
                    {prompt("say hi", 1), prompt("say ho", 2), prompt("say hi", 4), prompt("\nsay\t hi ", 7), messages,
                     prompt("sayhi", 10)}};
  const auto found = find_duplicates(all).value();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_EQ(found[0].line, 4U);
  EXPECT_EQ(found[0].first_line, 1U);
  EXPECT_TRUE(found[0].exact);
  EXPECT_EQ(found[1].line, 7U);
  EXPECT_EQ(found[1].first_line, 1U);
  EXPECT_FALSE(found[1].exact);
  EXPECT_EQ(found[2].line, 9U);
}

TEST(jsonl_line, has_what_the_entry_has) {
  dataset_entry full = prompt("a\"b\n", 1, "c");
  full.id = "i";
  full.max_tokens = 4;
  EXPECT_EQ(jsonl_line(full).value(), R"({"id":"i","category":"c","prompt":"a\"b\n","max_tokens":4})");
  dataset_entry body;
  body.body = R"({"model":"m","messages":[{"role":"user","content":"a"}],"top_p":1})";
  EXPECT_EQ(jsonl_line(body).value(), R"({"messages":[{"role":"user","content":"a"}]})");
  dataset_entry talk;
  talk.system = "s";
  talk.turns = {{"a", "b", 4, {}}, {"c", {}, {}, std::chrono::seconds{2}}};
  EXPECT_EQ(jsonl_line(talk).value(), R"({"system":"s","turns":[{"user":"a","assistant":"b","max_tokens":4},)"
                                      R"({"user":"c","think_time":"2s"}]})");
  dataset_entry lengths;
  lengths.input_tokens = 4;
  EXPECT_EQ(jsonl_line(lengths).error().message, "lengths and no text; expected prompts");
}

TEST(text_of, joins_what_is_said) {
  dataset_entry parts;
  parts.messages = R"([{"role":"system","content":"s"},{"role":"user","content":[{"type":"text","text":"a"},)"
                   R"({"type":"image_url","image_url":{"url":"u"}}]}])";
  EXPECT_EQ(text_of(parts), "s\na");
  EXPECT_EQ(characters_in("aé日🐝"), 4U);
}

} // namespace
} // namespace loadgen::workload
