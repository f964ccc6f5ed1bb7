#include "report/csv.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace loadgen::report {
namespace {

template<class Value>
std::string field(Value value) {
  std::string csv;
  csv_row row{csv, csv_row::kind::values};
  row.cell("column", value);
  return csv;
}

TEST(csv, names_row_and_values_row_come_from_the_same_cells) {
  const auto write = [](csv_row row) {
    row.cell("name", "x");
    row.cell("count", 3);
    row.cell("share", 0.25);
    row.cell("missing", std::optional<double>{});
    row.end();
  };
  std::string csv;
  write(csv_row{csv, csv_row::kind::names});
  write(csv_row{csv, csv_row::kind::values});
  EXPECT_EQ(csv, "name,count,share,missing\nx,3,0.25,\n");
}

TEST(csv, numbers_are_in_their_shortest_exact_form) {
  EXPECT_EQ(field(0.1), "0.1");
  EXPECT_EQ(field(12.345678), "12.345678");
  EXPECT_EQ(field(1e-9), "1e-09");
  EXPECT_EQ(field(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(field(true), "true");
  EXPECT_EQ(field(std::optional<std::uint16_t>{503}), "503");
}

TEST(csv, what_is_not_finite_is_left_empty) {
  EXPECT_EQ(field(std::numeric_limits<double>::quiet_NaN()), "");
  EXPECT_EQ(field(std::numeric_limits<double>::infinity()), "");
}

TEST(csv, commas_and_quotes_are_quoted) {
  EXPECT_EQ(field("a,b"), "\"a,b\"");
  EXPECT_EQ(field("say \"no\""), "\"say \"\"no\"\"\"");
  EXPECT_EQ(field("plain text; no quotes"), "plain text; no quotes");
}

TEST(csv, text_stays_on_its_line) {
  EXPECT_EQ(field("first\nsecond\r\n"), "first\\nsecond\\r\\n");
}

TEST(csv, text_is_no_formula_to_a_spreadsheet) {
  EXPECT_EQ(field("=HYPERLINK(\"http://evil\",\"x\")"), "\"'=HYPERLINK(\"\"http://evil\"\",\"\"x\"\")\"");
  EXPECT_EQ(field("+1"), "'+1");
  EXPECT_EQ(field("-1"), "'-1");
  EXPECT_EQ(field("@SUM(A1)"), "'@SUM(A1)");
  EXPECT_EQ(field("\t=1"), "\\t=1");
  EXPECT_EQ(field(-1.5), "-1.5"); // numbers are no text
}

} // namespace
} // namespace loadgen::report
