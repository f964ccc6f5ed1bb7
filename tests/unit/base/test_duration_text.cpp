#include <loadgen/base/duration_text.hpp>

#include <gtest/gtest.h>

namespace loadgen {
namespace {

using namespace std::chrono_literals;

TEST(duration_text, every_unit_is_read) {
  EXPECT_EQ(parse_duration("250ns").value(), 250ns);
  EXPECT_EQ(parse_duration("10us").value(), 10us);
  EXPECT_EQ(parse_duration("500ms").value(), 500ms);
  EXPECT_EQ(parse_duration("2s").value(), 2s);
  EXPECT_EQ(parse_duration("5m").value(), 5min);
  EXPECT_EQ(parse_duration("1h").value(), 1h);
}

TEST(duration_text, fractions_and_zero_are_read) {
  EXPECT_EQ(parse_duration("1.5m").value(), 90s);
  EXPECT_EQ(parse_duration("0.25ms").value(), 250us);
  EXPECT_EQ(parse_duration("0s").value(), 0s);
}

TEST(duration_text, a_bare_number_is_refused_with_what_was_expected) {
  const auto parsed = parse_duration("500");
  ASSERT_TRUE(parsed.has_error());
  EXPECT_EQ(parsed.error().code, errc::invalid_input);
  EXPECT_EQ(parsed.error().message,
            "'500' is not a duration; expected a number with its unit, such as 500ms, 2s or 5m");
}

TEST(duration_text, nonsense_is_refused) {
  for (const char* text : {"", "s", "-1s", "-0s", "1 s", "1sec", "nan", "nans", "infs", "1e400s", "2000h", "0x10s"})
    EXPECT_TRUE(parse_duration(text).has_error()) << text;
}

TEST(duration_text, formats_in_the_largest_whole_unit_and_reads_back) {
  EXPECT_EQ(format_duration(500ms), "500ms");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(1500us), "1500us");
  EXPECT_EQ(format_duration(0ns), "0s");
  for (const duration span : {duration{1ns}, duration{300s}, duration{2h}, duration{1234567us}})
    EXPECT_EQ(parse_duration(format_duration(span)).value(), span);
}

} // namespace
} // namespace loadgen
