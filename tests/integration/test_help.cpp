#include "help.hpp"
#include "nearest.hpp"

#include <gtest/gtest.h>

#include <array>
#include <sstream>

namespace loadgen::cli {
namespace {

TEST(help, names_every_option_and_keeps_to_100_columns) {
  for (const option_table* table :
       {&run_options(), &report_options(), &compare_options(), &serve_options(), &calibrate_options(),
        &dataset_check_options(), &dataset_stats_options(), &dataset_import_options()}) {
    const std::string text = help_text(*table);
    for (const option_group& group : table->groups)
      for (const option_row& row : group.rows)
        EXPECT_NE(text.find("--" + std::string{row.name}), std::string::npos) << row.name;
    std::istringstream lines{text};
    for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
  }
}

TEST(help, options_of_later_versions_stand_apart) {
  const std::string text = help_text(run_options());
  const std::size_t later = text.find("Not yet in this version");
  ASSERT_NE(later, std::string::npos);
  EXPECT_LT(text.find("--concurrency N"), later);
  EXPECT_GT(text.find("--shard I/N"), later);
}

TEST(wrapped, breaks_between_words_and_indents_what_follows) {
  EXPECT_EQ(wrapped("one two three", 7, 2), "one two\n  three");
  EXPECT_EQ(wrapped("unbreakable", 4, 2), "unbreakable");
  EXPECT_EQ(wrapped("", 4, 2), "");
}

TEST(nearest, finds_what_was_meant_and_nothing_else) {
  constexpr std::array<std::string_view, 3> words{"concurrency", "connection", "seed"};
  EXPECT_EQ(nearest("concurency", words), "concurrency");
  EXPECT_EQ(nearest("sede", words), "seed");
  EXPECT_EQ(nearest("output", words), std::nullopt);
  EXPECT_EQ(nearest("", words), std::nullopt);
}

} // namespace
} // namespace loadgen::cli
