#include "base/sha256.hpp"
#include "workload/embedded_corpora.hpp"

#include <loadgen/workload/dataset.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>

namespace loadgen::workload {
namespace {

namespace json = boost::json;

const std::string folder = LOADGEN_SOURCE_DIR "/datasets/default/";

std::string bytes_of(const std::string& file) {
  std::ostringstream bytes;
  bytes << std::ifstream{file, std::ios::binary}.rdbuf();
  return bytes.str();
}

// The corpus read without the library's own reader.
std::vector<json::object> corpus_lines() {
  std::istringstream file{bytes_of(folder + "prompts.jsonl")};
  std::vector<json::object> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(json::parse(line).as_object());
  return lines;
}

std::ptrdiff_t characters(const json::value& text) { // bytes that begin a UTF-8 character
  return std::ranges::count_if(text.as_string(),
                               [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

TEST(default_corpus, the_manifest_is_that_of_the_file) {
  const std::string bytes = bytes_of(folder + "prompts.jsonl");
  const json::object manifest = json::parse(bytes_of(folder + "manifest.json")).as_object();
  EXPECT_EQ(manifest.at("name"), "default");
  EXPECT_EQ(manifest.at("file"), "prompts.jsonl");
  EXPECT_EQ(manifest.at("sha256").as_string(), sha256_hex(bytes));
  EXPECT_EQ(manifest.at("bytes"), bytes.size());
  EXPECT_EQ(manifest.at("lines"), std::ranges::count(bytes, '\n'));
  EXPECT_EQ(manifest.at("licence"), "Apache-2.0");
  EXPECT_EQ(manifest.at("provenance"), "written for this project");
  EXPECT_EQ(manifest.at("created"), "2026-11-22");
}

TEST(default_corpus, the_embedded_copy_is_the_file) {
  EXPECT_EQ(embedded_default_corpus(), bytes_of(folder + "prompts.jsonl"));
}

TEST(default_corpus, lengths_and_budgets_are_spread_within_their_limits) {
  const auto lines = corpus_lines();
  ASSERT_EQ(lines.size(), 96U);
  int below_100 = 0;
  int above_600 = 0;
  std::set<std::int64_t> budgets;
  for (const json::object& line : lines) {
    const auto length = characters(line.at("prompt"));
    EXPECT_GE(length, 10);
    EXPECT_LE(length, 1500);
    below_100 += static_cast<int>(length < 100);
    above_600 += static_cast<int>(length > 600);
    budgets.insert(line.at("max_tokens").as_int64());
  }
  EXPECT_GE(below_100, 24);
  EXPECT_GE(above_600, 24);
  EXPECT_EQ(*budgets.begin(), 16);
  EXPECT_EQ(*budgets.rbegin(), 256);
  EXPECT_GE(budgets.size(), 12U);
}

TEST(default_corpus, ids_and_prompts_are_unique_and_categories_even) {
  std::set<json::string> ids;
  std::set<json::string> prompts;
  std::map<json::string, int> categories;
  for (const json::object& line : corpus_lines()) {
    EXPECT_TRUE(ids.insert(line.at("id").as_string()).second) << line.at("id");
    EXPECT_TRUE(prompts.insert(line.at("prompt").as_string()).second) << line.at("id");
    ++categories[line.at("category").as_string()];
  }
  EXPECT_EQ(categories.size(), 8U);
  for (const auto& [category, count] : categories) EXPECT_EQ(count, 12) << category;
}

TEST(default_corpus, is_the_builtin_dataset_default) {
  const auto builtin = builtin_dataset("default");
  ASSERT_TRUE(builtin.has_value()) << builtin.error().message;
  EXPECT_EQ(builtin->name, "builtin:default");
  EXPECT_EQ(builtin->sha256, sha256_hex(bytes_of(folder + "prompts.jsonl")));
  const auto lines = corpus_lines();
  ASSERT_EQ(builtin->entries.size(), lines.size());
  for (std::size_t i = 0; i < lines.size(); ++i) {
    EXPECT_EQ(lines[i].at("prompt").as_string(), builtin->entries[i].prompt);
    EXPECT_EQ(lines[i].at("max_tokens"), builtin->entries[i].max_tokens.value());
  }
}

TEST(default_corpus, other_builtin_names_are_refused) {
  const auto other = builtin_dataset("large");
  ASSERT_TRUE(other.has_error());
  EXPECT_EQ(other.error().code, errc::invalid_input);
  EXPECT_EQ(other.error().message,
            "'large' is not a builtin dataset; expected default, or a category of it: code, extraction, question, "
            "reasoning, rewriting, story, summary, translation");
}

} // namespace
} // namespace loadgen::workload
