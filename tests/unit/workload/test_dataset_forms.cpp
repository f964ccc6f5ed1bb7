#include "base/sha256.hpp"
#include "support/temporary_folder.hpp"
#include "workload/dataset_parser.hpp"

#include <loadgen/workload/dataset.hpp>

#include <gtest/gtest.h>

#include <set>

namespace loadgen::workload {
namespace {

std::string refusal_of(const result<dataset>& read) {
  return read.has_error() ? read.error().message : "accepted";
}

class dataset_forms : public testing::Test {
protected:
  result<dataset> read(std::string_view name, std::string_view text, const dataset_reading& how = {}) {
    return read_dataset(folder_.write(name, text), how);
  }

  test::temporary_folder folder_;
};

TEST_F(dataset_forms, the_first_entry_tells_the_special_forms) {
  const char* const conversation = R"({"conversations":[{"from":"human","value":"a"}]})";
  EXPECT_EQ(read("d.json", std::string{"["} + conversation + "]").value().format, "sharegpt");
  EXPECT_EQ(read("d.jsonl", std::string{conversation} + "\n").value().format, "sharegpt");
  EXPECT_EQ(read("b.jsonl", R"({"custom_id":"1","body":{"prompt":"a"}})").value().format, "openai-batch");
  EXPECT_EQ(read("m.jsonl", R"({"timestamp":0,"input_length":3,"output_length":4})").value().format, "mooncake");
  EXPECT_EQ(read("p.jsonl", R"({"prompt":"a","input_length":3,"output_length":4})").value().format, "jsonl");
  EXPECT_EQ(read("p.JSON", R"(["a"])").value().format, "json");
  EXPECT_EQ(read("p.CSV", "prompt\na\n").value().format, "csv");
  EXPECT_EQ(read("p.md", conversation).value().format, "text");
}

TEST_F(dataset_forms, a_form_that_is_named_beats_the_extension) {
  dataset_reading how;
  how.format = dataset_format::csv;
  EXPECT_EQ(read("d.dat", "prompt\na\n", how).value().entries[0].prompt, "a");
  how.format = dataset_format::text;
  EXPECT_EQ(read("d.jsonl", R"({"prompt":"a"})", how).value().entries[0].prompt, R"({"prompt":"a"})");
}

TEST_F(dataset_forms, csv_fields_may_have_commas_quotes_and_line_ends) {
  const auto all = read("d.csv", "\xEF\xBB\xBFid,prompt,max_tokens,category\r\n"
                                 "1,\"a, \"\"b\"\"\r\nc\",7,\"x,y\"\r\n"
                                 "\r\n"
                                 "2,plain,,\r\n"
                                 "3,\"\"\"\",1,")
                       .value();
  ASSERT_EQ(all.entries.size(), 3U);
  EXPECT_EQ(all.entries[0].prompt, "a, \"b\"\r\nc");
  EXPECT_EQ(all.entries[0].max_tokens, 7U);
  EXPECT_EQ(all.entries[0].category, "x,y");
  EXPECT_EQ(all.entries[0].id, "1");
  EXPECT_EQ(all.entries[0].line, 2U);
  EXPECT_EQ(all.entries[1].prompt, "plain");
  EXPECT_EQ(all.entries[1].max_tokens, std::nullopt);
  EXPECT_EQ(all.entries[1].line, 5U);
  EXPECT_EQ(all.entries[2].prompt, "\"");
}

TEST_F(dataset_forms, csv_messages_are_json) {
  const auto all = read("d.csv", "messages\n\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"a\"\"}]\"\n").value();
  EXPECT_EQ(all.entries[0].messages, R"([{"role":"user","content":"a"}])");
}

TEST_F(dataset_forms, fields_are_mapped_also_in_objects_within_objects) {
  dataset_reading how;
  how.fields = {{"prompt", "in.text"}, {"max_tokens", "len"}, {"category", "tags.0"}, {"id", "key"}};
  const auto all = read("d.jsonl", R"({"in":{"text":"a"},"len":5,"tags":["x","y"],"key":7})", how).value();
  EXPECT_EQ(all.entries[0].prompt, "a");
  EXPECT_EQ(all.entries[0].max_tokens, 5U);
  EXPECT_EQ(all.entries[0].category, "x");
  EXPECT_EQ(all.entries[0].id, "7");
  EXPECT_EQ(refusal_of(read("d.csv", "q\na\n", how)),
            (folder_.path() / "d.csv").string() + ":1: no column `in.text`; expected one of q");
  EXPECT_EQ(refusal_of(read("d.jsonl", R"({"in":{}})", how)),
            (folder_.path() / "d.jsonl").string() +
                ":1: neither `in.text` nor `messages` nor `turns`; expected one of them");
  how.fields = {{"category", "tags"}};
  EXPECT_EQ(refusal_of(read("d.jsonl", R"({"prompt":"a","tags":[1]})", how)),
            (folder_.path() / "d.jsonl").string() + ":1: `tags` is an array; expected text");
  EXPECT_EQ(refusal_of(read("d.txt", "a", how)),
            (folder_.path() / "d.txt").string() +
                ": `tags` names a field, which the form text does not have; expected a file of the form csv, json, "
                "jsonl or parquet");
}

TEST_F(dataset_forms, sharegpt_asks_what_the_human_says_first_after_the_system) {
  const auto all = read("d.json", R"([
    {"id":"1","conversations":[{"from":"gpt","value":"x"},{"from":"human","value":"a"},{"from":"gpt","value":"y"},
                               {"from":"human","value":"b"}]},
    {"id":"2","conversations":[]},
    {"id":"3","conversations":[{"from":"system","value":"s"},{"from":"user","value":"c"}]},
    {"id":"4","conversations":[{"from":"gpt","value":"x"}]},
    {"id":"5","messages":[{"role":"user","content":"d"}],"conversations":[{"role":"user","content":"d"}]}])")
                       .value();
  ASSERT_EQ(all.entries.size(), 3U);
  EXPECT_EQ(all.found, 3U);
  EXPECT_EQ(all.unused, 2U);
  EXPECT_EQ(all.entries[0].prompt, "a");
  EXPECT_EQ(all.entries[0].id, "1");
  EXPECT_EQ(all.entries[1].messages, R"([{"role":"system","content":"s"},{"role":"user","content":"c"}])");
  EXPECT_EQ(all.entries[2].prompt, "d");
}

TEST_F(dataset_forms, batch_requests_keep_their_bodies) {
  const auto all = read("b.jsonl", R"({"custom_id":"r","url":"/v1/chat/completions","body":{"model":"m","messages":[)"
                                   R"({"role":"user","content":"a"}],"max_completion_tokens":9,"top_p":0.5}})"
                                   "\n"
                                   R"({"custom_id":"s","body":{"prompt":["a","b"]}})")
                       .value();
  EXPECT_EQ(all.entries[0].body,
            R"({"model":"m","messages":[{"role":"user","content":"a"}],"max_completion_tokens":9,"top_p":0.5})");
  EXPECT_EQ(all.entries[0].path, "/v1/chat/completions");
  EXPECT_EQ(all.entries[0].max_tokens, 9U);
  EXPECT_EQ(all.entries[0].id, "r");
  EXPECT_EQ(all.entries[1].path, "/v1/completions");
  EXPECT_FALSE(all.names_models);
}

TEST_F(dataset_forms, mooncake_has_lengths_alone) {
  const auto all = read("m.jsonl", R"({"timestamp":0,"input_length":30,"output_length":0,"hash_ids":[1]})").value();
  EXPECT_EQ(all.entries[0].input_tokens, 30U);
  EXPECT_EQ(all.entries[0].max_tokens, 1U);
  EXPECT_EQ(text_of(all.entries[0]), "");
}

TEST_F(dataset_forms, an_element_longer_than_one_read_is_read_whole_at_any_place) {
  const std::string longest(1'000'000, 'x');
  for (const std::string& before : {std::string{}, std::string(262'143, 'y'), std::string(262'144, 'y')}) {
    const std::string text = "[\"" + before + "a\",\n\"" + longest + "\",{\"prompt\":\"last\"}]";
    const auto all = read("d.json", text).value();
    ASSERT_EQ(all.entries.size(), 3U);
    EXPECT_EQ(all.entries[1].prompt, longest);
    EXPECT_EQ(all.entries[2].prompt, "last");
    EXPECT_EQ(all.sha256, sha256_hex(text));
  }
}

TEST_F(dataset_forms, a_file_that_changes_after_it_was_read_is_not_used) {
  const auto all = read("d.txt", "one\ntwo\n").value();
  EXPECT_EQ(all.entries.at(1).value().prompt, "two");
  static_cast<void>(folder_.write("d.txt", "one\ntwo\nthree\n"));
  const auto changed = all.entries.at(1);
  ASSERT_TRUE(changed.has_error());
  EXPECT_EQ(changed.error().code, errc::io);
  EXPECT_NE(changed.error().message.find("was changed while it was in use"), std::string::npos);
}

class dataset_selection : public dataset_forms {
protected:
  std::vector<std::string> taken(const dataset_reading& how) {
    std::string lines;
    for (int i = 0; i < 100; ++i)
      lines += R"({"prompt":"p)" + std::to_string(i) + R"(","category":"c)" + std::to_string(i % 4) + R"(","lang":")" +
               (i % 2 == 0 ? "en" : "de") + "\"}\n";
    const auto read_set = read("d.jsonl", lines, how).value();
    EXPECT_EQ(read_set.found, 100U);
    std::vector<std::string> prompts;
    for (std::size_t i = 0; i < read_set.entries.size(); ++i) prompts.push_back(read_set.entries[i].prompt);
    return prompts;
  }
};

TEST_F(dataset_selection, filters_by_category_id_and_any_field) {
  dataset_reading how;
  how.filters = {{"category", {"c1"}}};
  EXPECT_EQ(taken(how).size(), 25U);
  how.filters = {{"category", {"c1", "c2"}}, {"lang", {"en"}}};
  EXPECT_EQ(taken(how).size(), 25U);
  EXPECT_EQ(taken(how).front(), "p2");
  how.filters = {{"lang", {"en"}, true}};
  EXPECT_EQ(taken(how).front(), "p1");
  how.filters = {{"category", {"none"}}};
  EXPECT_EQ(refusal_of(read("d.jsonl", R"({"prompt":"a"})", how)),
            (folder_.path() / "d.jsonl").string() + ": the filters leave none of 1 entries; expected at least one");
}

TEST_F(dataset_selection, bounds_of_length_count_characters) {
  dataset_reading how;
  how.max_chars = 2;
  EXPECT_EQ(taken(how).size(), 10U);
  how.max_chars = {};
  how.min_chars = 3;
  EXPECT_EQ(taken(how).size(), 90U);
  how.max_chars = 3;
  const auto accents = read("d.txt", "éé\nééé\néééé\n", how).value();
  ASSERT_EQ(accents.entries.size(), 1U);
  EXPECT_EQ(accents.entries[0].line, 2U);
}

TEST_F(dataset_selection, a_sample_is_without_repetition_in_file_order_and_by_seed) {
  dataset_reading how;
  how.sample = 30;
  const auto drawn = taken(how);
  EXPECT_EQ(drawn, taken(how));
  EXPECT_EQ(std::set<std::string>(drawn.begin(), drawn.end()).size(), 30U);
  EXPECT_TRUE(std::is_sorted(drawn.begin(), drawn.end(), [](const std::string& a, const std::string& b) {
    return std::stoi(a.substr(1)) < std::stoi(b.substr(1));
  }));
  how.seed = 2;
  EXPECT_NE(drawn, taken(how));
  how.sample = 101;
  EXPECT_NE(refusal_of(read("d.txt", "a\nb\n", how)).find("a sample of 101 from 2 entries"), std::string::npos);
}

// Over many seeds each of 4 entries is in as many samples of 2 as any other: 2,000 of 4,000, give or take 5 sigma.
TEST_F(dataset_selection, every_entry_is_as_likely_to_be_drawn) {
  std::map<std::string, int> drawn, first;
  const auto file = folder_.write("four.txt", "a\nb\nc\nd\n");
  for (std::uint64_t seed = 0; seed < 4'000; ++seed) {
    dataset_reading how;
    how.seed = seed;
    how.sample = 2;
    how.shuffle = true;
    const auto two = read_dataset(file, how).value();
    ++drawn[two.entries[0].prompt];
    ++drawn[two.entries[1].prompt];
    ++first[two.entries[0].prompt];
  }
  for (const char* prompt : {"a", "b", "c", "d"}) {
    EXPECT_NEAR(drawn[prompt], 2'000, 5 * 32) << prompt;
    EXPECT_NEAR(first[prompt], 1'000, 5 * 28) << prompt;
  }
}

TEST_F(dataset_selection, shuffling_changes_the_order_and_nothing_else) {
  dataset_reading how;
  const auto in_order = taken(how);
  how.shuffle = true;
  auto shuffled = taken(how);
  EXPECT_NE(shuffled, in_order);
  how.limit = 10;
  auto first_ten = taken(how);
  std::sort(first_ten.begin(), first_ten.end());
  EXPECT_EQ(first_ten, (std::vector<std::string>{"p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"}));
  std::sort(shuffled.begin(), shuffled.end());
  auto sorted = in_order;
  std::sort(sorted.begin(), sorted.end());
  EXPECT_EQ(shuffled, sorted);
}

TEST(builtin_selection, a_category_of_the_default_corpus) {
  const auto code = builtin_dataset("default/code").value();
  EXPECT_EQ(code.name, "builtin:default/code");
  EXPECT_EQ(code.entries.size(), 12U);
  EXPECT_EQ(code.found, 96U);
  for (std::size_t i = 0; i < code.entries.size(); ++i) EXPECT_EQ(code.entries[i].category, "code");
  EXPECT_EQ(
      refusal_of(builtin_dataset("default/cooking")),
      "'default/cooking' is not a builtin dataset; expected default, or a category of it: code, extraction, question, "
      "reasoning, rewriting, story, summary, translation");
}

} // namespace
} // namespace loadgen::workload
