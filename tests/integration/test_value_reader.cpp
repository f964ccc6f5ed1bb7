#include "value_reader.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace loadgen::cli {
namespace {

using namespace std::chrono_literals;

settings settings_with(const std::vector<std::string>& arguments) {
  auto command = resolve(run_options(), arguments, [](const std::string&) { return std::nullopt; });
  return std::move(command).value().values;
}

std::string error_in(const value_reader& read) {
  return read.failure() ? read.failure()->message : "";
}

TEST(value_reader, counts_are_whole_and_bounded) {
  const settings from = settings_with({"--requests", "18446744073709551615", "--retries", "0"});
  value_reader read{from};
  EXPECT_EQ(read.count("requests", 1), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(read.count32("retries", 0), 0U);
  EXPECT_EQ(error_in(read), "");
}

TEST(value_reader, what_is_no_count_is_refused_with_what_was_expected) {
  for (const char* text : {"0", "-1", "1.5", "1e3", " 1", "1 ", "0x10", "", "18446744073709551616"}) {
    const settings from = settings_with({"--requests", text});
    value_reader read{from};
    EXPECT_EQ(read.count("requests", 1), 1U);
    EXPECT_EQ(error_in(read),
              "--requests: '" + std::string{text} + "' is not valid; expected a whole number of at least 1");
  }
  const settings from = settings_with({"--retries", "4294967296"});
  value_reader read{from};
  EXPECT_EQ(read.count32("retries", 0), 0U);
  EXPECT_EQ(error_in(read), "--retries: '4294967296' is not valid; expected a whole number from 0 to 4294967295");
}

TEST(value_reader, lists_are_read_whole) {
  const settings from = settings_with({"--concurrency", "1,8,32"});
  value_reader read{from};
  EXPECT_EQ(read.counts("concurrency", 1), (std::vector<std::uint32_t>{1, 8, 32}));
  for (const char* text : {"", ",", "1,", ",1", "1,,2", "1 2", "1,0", "1;2"}) {
    const settings bad = settings_with({"--concurrency", text});
    value_reader reader{bad};
    (void)reader.counts("concurrency", 1);
    EXPECT_NE(error_in(reader), "") << text;
  }
}

TEST(value_reader, real_numbers_are_bounded_and_finite) {
  const settings from = settings_with({"--max-failure-rate", "0.05", "--temperature", "0"});
  value_reader read{from};
  EXPECT_DOUBLE_EQ(read.real("max-failure-rate", 0, 1), 0.05);
  EXPECT_DOUBLE_EQ(read.real("temperature", 0, std::numeric_limits<double>::infinity()), 0);
  EXPECT_EQ(error_in(read), "");
  for (const char* text : {"nan", "inf", "-0.1", "1.5x", "1,5"}) {
    const settings bad = settings_with({"--temperature", text});
    value_reader reader{bad};
    (void)reader.real("temperature", 0, std::numeric_limits<double>::infinity());
    EXPECT_NE(error_in(reader), "") << text;
  }
}

TEST(value_reader, a_span_needs_its_unit) {
  const settings from = settings_with({"--stall-timeout", "1.5s"});
  value_reader read{from};
  EXPECT_EQ(read.span("stall-timeout"), 1500ms);
  EXPECT_EQ(read.span("timeout"), 0ns); // unset: no limit
  EXPECT_EQ(error_in(read), "");

  const settings bare = settings_with({"--timeout", "30"});
  value_reader reader{bare};
  EXPECT_EQ(reader.span("timeout"), 0ns);
  EXPECT_EQ(error_in(reader),
            "--timeout: '30' is not a duration; expected a number with its unit, such as 500ms, 2s or 5m");
}

TEST(value_reader, the_first_error_is_kept) {
  const settings from = settings_with({"--requests", "x", "--retries", "y"});
  value_reader read{from};
  (void)read.count("requests", 1);
  (void)read.count("retries", 0);
  EXPECT_EQ(error_in(read).substr(0, 10), "--requests");
}

} // namespace
} // namespace loadgen::cli
