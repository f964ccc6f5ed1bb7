// Every file of tests/data/datasets/bad is refused with the line that refusals.tsv has for it.

#include <loadgen/workload/dataset.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>

namespace loadgen::workload {
namespace {

namespace fs = std::filesystem;

const fs::path folder = LOADGEN_TEST_DATA "/datasets/bad";

std::map<std::string, std::string> refusals() {
  std::map<std::string, std::string> expected;
  std::ifstream lines{folder / "refusals.tsv"};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t tab = line.find('\t');
    expected[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return expected;
}

TEST(bad_datasets, each_is_refused_with_file_line_what_and_what_was_expected) {
  const auto expected = refusals();
  EXPECT_GT(expected.size(), 40U);
  for (const auto& [name, what] : expected) {
    const auto read = read_dataset(folder / name);
    ASSERT_TRUE(read.has_error()) << name;
    EXPECT_EQ(read.error().code, errc::invalid_input) << name;
    EXPECT_EQ(read.error().message, (folder / name).string() + ":" + what);
  }
}

TEST(bad_datasets, every_file_has_its_refusal) {
  const auto expected = refusals();
  for (const auto& entry : fs::directory_iterator{folder}) {
    const std::string name = entry.path().filename().string();
    EXPECT_TRUE(name == "refusals.tsv" || expected.contains(name)) << name;
  }
}

} // namespace
} // namespace loadgen::workload
