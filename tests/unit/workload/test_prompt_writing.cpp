// What a model is asked to write, and what of its answer is the prompt.

#include <loadgen/workload/prompt_writing.hpp>

#include <gtest/gtest.h>

#include <set>

namespace loadgen::workload {
namespace {

std::vector<std::string> default_names() {
  const auto names = default_writing_categories();
  return {names.begin(), names.end()};
}

TEST(prompt_writing, eighteen_prompts_in_six_categories_differ_in_what_is_asked) {
  const auto tasks = writing_tasks(default_names(), 3, 1);
  ASSERT_TRUE(tasks);
  std::set<std::string> ids, categories, instructions;
  for (const writing_task& task : *tasks) {
    ids.insert(task.id);
    categories.insert(task.category);
    instructions.insert(task.instruction);
    EXPECT_TRUE(task.id.starts_with(task.category + "-"));
  }
  EXPECT_EQ(tasks->size(), 18U);
  EXPECT_EQ(ids.size(), 18U);
  EXPECT_EQ(categories.size(), 6U);
  EXPECT_EQ(instructions.size(), 18U);
}

TEST(prompt_writing, a_seed_always_asks_the_same) {
  const auto instructions = [](std::uint64_t seed) {
    std::vector<std::string> all;
    for (const writing_task& task : *writing_tasks(default_names(), 3, seed)) all.push_back(task.instruction);
    return all;
  };
  EXPECT_EQ(instructions(7), instructions(7));
  EXPECT_NE(instructions(7), instructions(8));
}

TEST(prompt_writing, a_category_of_ones_own_is_asked_for_by_name) {
  const auto tasks = writing_tasks({"tax-law"}, 1, 1);
  ASSERT_TRUE(tasks);
  EXPECT_NE(tasks->front().instruction.find("of the kind \"tax-law\""), std::string::npos);
}

TEST(prompt_writing, what_cannot_be_asked_is_said) {
  EXPECT_EQ(writing_tasks({}, 3, 1).error().message, "no categories; expected at least one");
  EXPECT_EQ(writing_tasks({"a"}, 0, 1).error().message, "0 prompts of each category; expected 1 to 1000");
  EXPECT_EQ(writing_tasks({"a", "a"}, 1, 1).error().message, "'a' is named twice");
  EXPECT_EQ(writing_tasks({"Two Words"}, 1, 1).error().message,
            "'Two Words' is no category; expected lower-case letters, digits, '-' and '_'");
}

TEST(prompt_writing, an_answer_is_stripped_of_what_is_not_the_prompt) {
  EXPECT_EQ(written_prompt("  Why?\n"), "Why?");
  EXPECT_EQ(written_prompt("\"Why is it so?\""), "Why is it so?");
  EXPECT_EQ(written_prompt("\u201cWhy?\u201d"), "Why?");
  EXPECT_EQ(written_prompt("\"Yes\" or \"no\""), "\"Yes\" or \"no\"");
  EXPECT_EQ(written_prompt("<think>Hm.\nWell.</think>\n\nWhy?"), "Why?");
  EXPECT_EQ(written_prompt("<think>Hm. And on and on"), "");
  EXPECT_EQ(written_prompt("```text\nWhy?\n```"), "Why?");
  EXPECT_EQ(written_prompt("```"), "```");
  EXPECT_EQ(written_prompt(" \n "), "");
}

} // namespace
} // namespace loadgen::workload
