#include "base/sha256.hpp"

#include <loadgen/workload/dataset.hpp>

#include <gtest/gtest.h>

#include <fstream>

namespace loadgen::workload {
namespace {

namespace fs = std::filesystem;

class dataset_files : public testing::Test {
protected:
  dataset_files() {
    const auto* const test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path{testing::TempDir()} / (std::string{"loadgen_"} + test->name());
    fs::create_directories(folder_);
  }

  ~dataset_files() override { fs::remove_all(folder_); }

  [[nodiscard]] fs::path write(const char* name, std::string_view bytes) const {
    std::ofstream{folder_ / name, std::ios::binary} << bytes;
    return folder_ / name;
  }

  fs::path folder_;
};

TEST_F(dataset_files, the_extension_tells_the_form) {
  const char* const array = R"(["a"])";
  EXPECT_EQ(read_dataset(write("d.json", array)).value().entries[0].prompt, "a");
  EXPECT_EQ(read_dataset(write("d.JSON", array)).value().entries[0].prompt, "a");
  EXPECT_EQ(read_dataset(write("d.txt", array)).value().entries[0].prompt, array);
  EXPECT_EQ(read_dataset(write("d", array)).value().entries[0].prompt, array);
  EXPECT_EQ(read_dataset(write("d.jsonl", R"({"prompt":"a"})")).value().entries[0].prompt, "a");
}

TEST_F(dataset_files, name_and_digest_are_those_of_the_file) {
  const std::string bytes = "\xEF\xBB\xBFone\r\ntwo\r\n";
  const auto read = read_dataset(write("two lines.txt", bytes));
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->name, "two lines.txt");
  EXPECT_EQ(read->sha256, sha256_hex(bytes)); // of the bytes, so that sha256sum agrees
  EXPECT_EQ(read->entries.size(), 2U);
}

TEST_F(dataset_files, errors_name_the_file_as_it_was_given) {
  const fs::path file = write("bad.jsonl", "{\"prompt\":\"a\"}\n{}\n");
  const auto read = read_dataset(file);
  ASSERT_TRUE(read.has_error());
  EXPECT_EQ(read.error().code, errc::invalid_input);
  EXPECT_EQ(read.error().message,
            file.string() + ":2: neither `prompt` nor `messages` nor `turns`; expected one of them");
}

TEST_F(dataset_files, a_file_larger_than_one_read_is_read_whole) {
  std::string bytes;
  for (int i = 0; i < 30'000; ++i) bytes += "prompt " + std::to_string(i) + "\n";
  const auto read = read_dataset(write("large.txt", bytes));
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->entries.size(), 30'000U);
  EXPECT_EQ(read->entries[29'999].prompt, "prompt 29999");
  EXPECT_EQ(read->entries[29'999].line, 30'000U);
}

TEST_F(dataset_files, what_cannot_be_read_is_an_io_error_with_its_reason) {
  const auto missing = read_dataset(folder_ / "none.jsonl");
  ASSERT_TRUE(missing.has_error());
  EXPECT_EQ(missing.error().code, errc::io);
  EXPECT_EQ(missing.error().message,
            "cannot read '" + (folder_ / "none.jsonl").string() + "': No such file or directory");
  const auto directory = read_dataset(folder_);
  ASSERT_TRUE(directory.has_error());
  EXPECT_EQ(directory.error().code, errc::io);
  EXPECT_EQ(directory.error().message, "cannot read '" + folder_.string() + "': Is a directory");
}

TEST(single_prompt, is_a_dataset_of_one) {
  const dataset one = single_prompt("abc");
  EXPECT_EQ(one.name, "prompt");
  EXPECT_EQ(one.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"); // FIPS 180-4
  ASSERT_EQ(one.entries.size(), 1U);
  EXPECT_EQ(one.entries[0].prompt, "abc");
  EXPECT_EQ(one.entries[0].max_tokens, std::nullopt);
}

} // namespace
} // namespace loadgen::workload
