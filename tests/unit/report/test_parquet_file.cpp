#include "report/parquet_file.hpp"
#include "support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstring>
#include <fstream>

// A plugin that takes down what it is told: what the file would hold is known without Parquet.
struct loadgen_parquet_writer {
  std::string file;
};

namespace loadgen::report {
namespace {

namespace fs = std::filesystem;

struct told {
  std::vector<std::string> columns; ///< "name:type:unit", and "?" where it is nullable
  std::vector<std::string> notes;
  std::vector<std::size_t> groups; ///< their rows
  std::vector<std::vector<std::string>> columns_of_last_group;
  bool finished = false;
  int fail_append_number = -1; ///< which call of append fails, from 0
};

told log;

loadgen_parquet_writer* fake_open(const char* file, const loadgen_parquet_column* columns, std::size_t column_count,
                                  const loadgen_parquet_note* notes, std::size_t note_count, char* error,
                                  std::size_t error_size) {
  if (std::strstr(file, "refused") != nullptr) {
    std::snprintf(error, error_size, "no room");
    return nullptr;
  }
  std::ofstream{file} << "begun";
  for (std::size_t i = 0; i < column_count; ++i)
    log.columns.push_back(std::string{columns[i].name} + ":" + std::to_string(columns[i].type) + ":" +
                          (columns[i].unit == nullptr ? "-" : columns[i].unit) + (columns[i].nullable != 0 ? "?" : ""));
  for (std::size_t i = 0; i < note_count; ++i) log.notes.push_back(std::string{notes[i].key} + "=" + notes[i].value);
  return new loadgen_parquet_writer{file};
}

std::string shown(std::int32_t type, const loadgen_parquet_values& from, std::size_t row) {
  if (from.present != nullptr && from.present[row] == 0) return "null";
  switch (type) {
  case LOADGEN_PARQUET_BOOLEAN: return static_cast<const std::uint8_t*>(from.values)[row] != 0 ? "true" : "false";
  case LOADGEN_PARQUET_INTEGER: return std::to_string(static_cast<const std::int64_t*>(from.values)[row]);
  case LOADGEN_PARQUET_REAL: return std::to_string(static_cast<const double*>(from.values)[row]);
  default: {
    const auto& text = static_cast<const loadgen_parquet_text*>(from.values)[row];
    return {text.data, text.size};
  }
  }
}

int fake_append(loadgen_parquet_writer*, const loadgen_parquet_values* columns, std::size_t row_count, char* error,
                std::size_t error_size) {
  if (log.fail_append_number == static_cast<int>(log.groups.size())) {
    std::snprintf(error, error_size, "disk full");
    return 1;
  }
  log.groups.push_back(row_count);
  log.columns_of_last_group.clear();
  for (std::size_t i = 0; i < log.columns.size(); ++i) {
    const std::int32_t type = log.columns[i][log.columns[i].find(':') + 1] - '0';
    auto& values = log.columns_of_last_group.emplace_back();
    for (std::size_t row = 0; row < row_count; ++row) values.push_back(shown(type, columns[i], row));
  }
  return 0;
}

int fake_finish(loadgen_parquet_writer* writer, char*, std::size_t) {
  std::ofstream{writer->file} << "whole";
  log.finished = true;
  return 0;
}

void fake_free(loadgen_parquet_writer* writer) {
  delete writer;
}

// It cannot be read by.
constexpr loadgen_parquet_api fake{LOADGEN_PARQUET_ABI,
                                   "fake",
                                   fake_open,
                                   fake_append,
                                   fake_finish,
                                   fake_free,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr,
                                   nullptr};

struct row {
  std::optional<double> latency;
  std::uint32_t count = 0;
  bool flag = false;
  std::string text;
};

constexpr std::array row_columns{
    column<row, [](const row& of) { return of.latency; }>("latency_ms", "ms"),
    column<row, [](const row& of) { return of.count; }>("count"),
    column<row, [](const row& of) { return of.flag; }>("flag"),
    column<row, [](const row& of) { return std::string_view{of.text}; }>("text"),
};

class parquet_file_test : public testing::Test {
protected:
  parquet_file_test() { log = {}; }

  result<parquet_table<row>> table(const char* name) {
    return parquet_table<row>::create(fake, folder_.path() / name, row_columns, {{"run_id", "r1"}});
  }

  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator{folder_.path()}, fs::directory_iterator{}));
  }

  test::temporary_folder folder_;
};

TEST_F(parquet_file_test, columns_have_types_units_and_the_values_of_each_row) {
  auto made = table("rows.parquet");
  ASSERT_TRUE(made);
  ASSERT_TRUE(made->add({1.5, 7, true, "ok"}));
  ASSERT_TRUE(made->add({std::nullopt, 0, false, ""}));
  ASSERT_TRUE(made->add({0.0, 4'294'967'295U, false, "bad\xff"}));
  ASSERT_TRUE(made->commit());
  EXPECT_EQ(log.columns, (std::vector<std::string>{"latency_ms:3:ms?", "count:2:-", "flag:1:-", "text:4:-?"}));
  EXPECT_EQ(log.notes, std::vector<std::string>{"run_id=r1"});
  const std::vector<std::vector<std::string>> expected{{"1.500000", "null", "0.000000"},
                                                       {"7", "0", "4294967295"},
                                                       {"true", "false", "false"},
                                                       {"ok", "null", "bad\xef\xbf\xbd"}};
  EXPECT_EQ(log.columns_of_last_group, expected);
}

TEST_F(parquet_file_test, rows_go_out_in_groups_of_bounded_size) {
  auto made = table("rows.parquet");
  ASSERT_TRUE(made);
  for (std::uint32_t i = 0; i < 150'000; ++i) ASSERT_TRUE(made->add({1.0, i, true, "x"}));
  ASSERT_TRUE(made->commit());
  EXPECT_EQ(log.groups, (std::vector<std::size_t>{65'536, 65'536, 18'928}));
  EXPECT_EQ(log.columns_of_last_group[1].front(), "131072");
  EXPECT_EQ(log.columns_of_last_group[1].back(), "149999");
}

TEST_F(parquet_file_test, a_file_is_in_its_place_only_when_it_is_whole) {
  {
    auto made = table("rows.parquet");
    ASSERT_TRUE(made);
    ASSERT_TRUE(made->add({}));
    EXPECT_EQ(files(), 1U);
    EXPECT_FALSE(fs::exists(folder_.path() / "rows.parquet"));
    ASSERT_TRUE(made->commit());
  }
  EXPECT_TRUE(log.finished);
  EXPECT_TRUE(fs::exists(folder_.path() / "rows.parquet"));
  EXPECT_EQ(files(), 1U);
}

TEST_F(parquet_file_test, one_that_is_given_up_leaves_nothing) {
  {
    auto made = table("rows.parquet");
    ASSERT_TRUE(made);
    ASSERT_TRUE(made->add({}));
  }
  EXPECT_FALSE(log.finished);
  EXPECT_EQ(files(), 0U);
}

TEST_F(parquet_file_test, a_table_without_rows_has_no_group) {
  auto made = table("rows.parquet");
  ASSERT_TRUE(made);
  ASSERT_TRUE(made->commit());
  EXPECT_TRUE(log.groups.empty());
  EXPECT_TRUE(log.finished);
}

TEST_F(parquet_file_test, failures_name_the_file_and_the_reason) {
  const auto refused = table("refused.parquet");
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().message, "cannot write " + (folder_.path() / "refused.parquet").string() + ": no room");

  log.fail_append_number = 0;
  {
    auto made = table("rows.parquet");
    ASSERT_TRUE(made);
    ASSERT_TRUE(made->add({}));
    const auto committed = made->commit();
    ASSERT_TRUE(committed.has_error());
    EXPECT_EQ(committed.error().code, errc::io);
    EXPECT_EQ(committed.error().message, "cannot write " + (folder_.path() / "rows.parquet").string() + ": disk full");
  }
  EXPECT_EQ(files(), 0U);
}

} // namespace
} // namespace loadgen::report
