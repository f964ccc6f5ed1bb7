// Datasets as Parquet: the files of tests/data/datasets/parquet, which pyarrow wrote, and damaged copies of them.

#include "base/parquet_plugin.hpp"
#include "base/sha256.hpp"
#include "support/temporary_folder.hpp"

#include <loadgen/workload/dataset.hpp>
#include <loadgen/workload/dataset_summary.hpp>

#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace loadgen::workload {
namespace {

namespace fs = std::filesystem;

const fs::path folder = LOADGEN_TEST_DATA "/datasets/parquet";
// As make.py has them.
const std::vector<std::string> prompts{"Name a colour.", "Say \"yes\",\nor C:\\no.\t", "Grüße, 世界",
                                       "Count to three."};

std::string bytes_of(const fs::path& file) {
  std::ifstream stream{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{stream}, {}};
}

using fields = std::map<std::string, std::string, std::less<>>;

class parquet_dataset : public testing::Test {
protected:
  void SetUp() override {
    if (!parquet::is_plugin_there()) GTEST_SKIP() << "built without Arrow: there is no Parquet plugin";
  }

  static result<dataset> read(std::string_view name, const fields& map = {}) {
    dataset_reading how;
    how.fields = map;
    return read_dataset(folder / name, how);
  }

  static std::string refusal(std::string_view name, const fields& map) {
    const auto all = read(name, map);
    return all.has_error() ? all.error().message.substr((folder / name).string().size()) : "accepted";
  }
};

TEST_F(parquet_dataset, has_prompts_budgets_categories_and_ids) {
  const auto all = read("prompts.parquet").value();
  ASSERT_EQ(all.entries.size(), 4U);
  EXPECT_EQ(all.format, "parquet");
  EXPECT_EQ(all.name, "prompts.parquet");
  EXPECT_EQ(all.found, 4U);
  EXPECT_EQ(all.sha256, sha256_hex(bytes_of(folder / "prompts.parquet")));
  EXPECT_FALSE(all.names_models);
  EXPECT_FALSE(all.has_conversations);
  for (std::size_t i = 0; i < prompts.size(); ++i) {
    EXPECT_EQ(all.entries[i].prompt, prompts[i]);
    EXPECT_EQ(all.entries[i].line, i + 1);
    EXPECT_EQ(all.entries[i].id, std::to_string(i + 1));
  }
  EXPECT_EQ(all.entries[0].max_tokens, 8U);
  EXPECT_EQ(all.entries[1].max_tokens, std::nullopt);
  EXPECT_EQ(all.entries[2].max_tokens, 16U);
  EXPECT_EQ(all.entries[3].max_tokens, 4294967295U);
  EXPECT_EQ(all.entries[1].category, "logic");
  EXPECT_EQ(all.entries[2].category, "art");
  EXPECT_EQ(all.entries[3].category, "");
}

TEST_F(parquet_dataset, text_may_be_of_any_type_that_text_has) {
  for (const char* column : {"large", "coded", "bytes", "in.text"}) {
    const auto all = read("types.parquet", {{"prompt", column}}).value();
    ASSERT_EQ(all.entries.size(), 4U) << column;
    for (std::size_t i = 0; i < prompts.size(); ++i) EXPECT_EQ(all.entries[i].prompt, prompts[i]) << column;
  }
}

TEST_F(parquet_dataset, budgets_may_be_of_any_type_that_whole_numbers_have) {
  for (const char* column : {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "double"}) {
    const auto all = read("types.parquet", {{"prompt", "large"}, {"max_tokens", column}}).value();
    EXPECT_EQ(all.entries[1].max_tokens, 2U) << column;
    EXPECT_EQ(all.entries[2].max_tokens, 100U) << column;
    EXPECT_EQ(all.entries[3].max_tokens, std::nullopt) << column;
  }
  const auto nested = read("types.parquet", {{"prompt", "in.text"}, {"max_tokens", "in.length"}}).value();
  EXPECT_EQ(nested.entries[3].max_tokens, 7U);
}

TEST_F(parquet_dataset, categories_may_be_of_any_other_type) {
  const auto category = [](const char* column) {
    return read("types.parquet", {{"prompt", "large"}, {"category", column}}).value().entries[1].category;
  };
  EXPECT_EQ(category("day"), "1970-01-02");
  EXPECT_EQ(category("flag"), "false");
  EXPECT_EQ(category("half"), "2.5");
}

TEST_F(parquet_dataset, messages_are_structs_or_json) {
  const auto structs = read("messages.parquet", {{"messages", "messages"}}).value();
  EXPECT_EQ(structs.entries[0].messages,
            R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Hello","name":"Ann"}])");
  EXPECT_EQ(
      structs.entries[1].messages,
      R"([{"role":"user","content":"One"},{"role":"assistant","content":"Two"},{"role":"user","content":"Three"}])");
  EXPECT_EQ(read("messages.parquet", {{"prompt", "prompt"}}).value().entries[1].prompt, "Three");
  EXPECT_EQ(read("messages_json.parquet").value().entries[0].messages, R"([{"role":"user","content":"a"}])");
}

TEST_F(parquet_dataset, parts_are_taken_as_of_other_files) {
  dataset_reading how;
  how.filters = {{"topic", {"t3", "t4"}, false}};
  how.limit = 150;
  how.sample = 100;
  how.shuffle = true;
  const auto all = read_dataset(folder / "many.parquet", how).value();
  EXPECT_EQ(all.found, 1000U);
  ASSERT_EQ(all.entries.size(), 100U);
  std::map<std::string, std::uint32_t> seen;
  for (std::size_t i = 0; i < all.entries.size(); ++i) {
    const auto entry = all.entries[i];
    EXPECT_EQ(entry.prompt, "Prompt " + std::to_string(entry.line - 1)); // through all four row groups
    EXPECT_TRUE((entry.line - 1) % 10 == 3 || (entry.line - 1) % 10 == 4) << entry.line;
    seen[entry.prompt] = entry.line;
  }
  EXPECT_EQ(seen.size(), 100U);
  how.filters = {{"topic", {"none"}, false}};
  EXPECT_EQ(read_dataset(folder / "many.parquet", how).error().message,
            (folder / "many.parquet").string() + ": the filters leave none of 1000 entries; expected at least one");
}

// The same rows, drawn by the same seed, are the same prompts: the form of a file is no dimension of a draw.
TEST_F(parquet_dataset, a_sample_is_that_of_the_same_entries_in_another_form) {
  dataset_reading how;
  how.sample = 20;
  how.shuffle = true;
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += "Prompt " + std::to_string(i) + "\n";
  const test::temporary_folder other;
  const auto text = read_dataset(other.write("many.txt", lines), how).value();
  const auto rows = read_dataset(folder / "many.parquet", how).value();
  for (std::size_t i = 0; i < 20; ++i) EXPECT_EQ(rows.entries[i].prompt, text.entries[i].prompt);
}

TEST_F(parquet_dataset, the_begin_tells_it_without_an_extension) {
  const test::temporary_folder other;
  const std::string bytes = bytes_of(folder / "prompts.parquet");
  EXPECT_EQ(read_dataset(other.write("data", bytes)).value().entries.size(), 4U);
  EXPECT_EQ(read_dataset(other.write("notes.txt", "PAR1 of the notes\n")).value().format, "text");
  dataset_reading how;
  how.format = dataset_format::parquet;
  EXPECT_EQ(read_dataset(other.write("data.csv", bytes), how).value().entries.size(), 4U);
}

TEST_F(parquet_dataset, columns_that_are_not_there_are_refused) {
  const std::string known = "expected one of prompt, max_tokens, category, id, embedding";
  EXPECT_EQ(refusal("prompts.parquet", {{"prompt", "question"}}), ": no column `question`; " + known);
  EXPECT_EQ(refusal("prompts.parquet", {{"category", "meta.topic"}}), ": no column `meta.topic`; " + known);
  EXPECT_EQ(refusal("types.parquet", {{"prompt", "in.words"}}), ":row 1: `in.words` is missing; expected text");
  EXPECT_EQ(refusal("types.parquet", {{"prompt", "large"}, {"category", "in"}}),
            ":row 1: `in` is an object; expected text");
  dataset_reading how;
  how.filters = {{"topic", {"a"}, false}};
  EXPECT_EQ(read_dataset(folder / "prompts.parquet", how).error().message,
            (folder / "prompts.parquet").string() + ": no column `topic`; " + known);
}

TEST_F(parquet_dataset, each_bad_file_is_refused) {
  std::map<std::string, std::string> expected;
  std::ifstream lines{folder / "refusals.tsv"};
  for (std::string line; std::getline(lines, line);)
    expected[line.substr(0, line.find('\t'))] = line.substr(line.find('\t') + 1);
  for (const auto& entry : fs::directory_iterator{folder}) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("bad_")) continue;
    ASSERT_TRUE(expected.contains(name)) << name;
    const auto all = read_dataset(entry.path());
    ASSERT_TRUE(all.has_error()) << name;
    EXPECT_EQ(all.error().code, errc::invalid_input) << name;
    // What Arrow says of a damaged file is its own.
    EXPECT_TRUE(all.error().message.starts_with(entry.path().string() + expected.at(name))) << all.error().message;
    expected.erase(name);
  }
  EXPECT_TRUE(expected.empty()) << expected.begin()->first;
}

// A damaged file is read or refused, whatever is damaged.
TEST_F(parquet_dataset, damaged_files_are_refused_and_never_crash) {
  const test::temporary_folder other;
  const auto reading = [&](const std::string& bytes) {
    const auto all = read_dataset(other.write("d.parquet", bytes), {});
    if (all.has_error()) {
      EXPECT_EQ(all.error().code, errc::invalid_input) << all.error().message;
      EXPECT_NE(all.error().message.find("expected"), std::string::npos) << all.error().message;
    }
    return all.has_value();
  };
  for (const char* name : {"prompts.parquet", "messages_json.parquet"}) {
    const std::string whole = bytes_of(folder / name);
    ASSERT_TRUE(reading(whole)) << name;
    int refused = 0;
    for (std::size_t i = 0; i < whole.size(); i += 7) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ (i % 2 == 0 ? 0xFF : 0x08));
      refused += reading(damaged) ? 0 : 1;
    }
    EXPECT_GT(refused, 20) << name;
    for (std::size_t size = 0; size < whole.size(); size += 17) EXPECT_FALSE(reading(whole.substr(0, size))) << size;
  }
}

} // namespace
} // namespace loadgen::workload
