#include <loadgen/report/report.hpp>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <limits>

namespace loadgen::report {
namespace {

TEST(pretty_json, objects_are_broken_into_lines_and_plain_arrays_are_not) {
  EXPECT_EQ(to_pretty_json({{"a", 1}, {"b", {{"c", {1, 2}}, {"d", nullptr}}}, {"e", {{{"f", true}}, {{"f", false}}}}}),
            R"({
  "a": 1,
  "b": {
    "c": [1, 2],
    "d": null
  },
  "e": [
    {
      "f": true
    },
    {
      "f": false
    }
  ]
}
)");
}

TEST(pretty_json, empty_containers_are_short) {
  EXPECT_EQ(to_pretty_json(boost::json::object{}), "{}\n");
  EXPECT_EQ(to_pretty_json(boost::json::array{}), "[]\n");
}

TEST(pretty_json, numbers_are_written_as_people_write_them) {
  EXPECT_EQ(to_pretty_json(12.5), "12.5\n");
  EXPECT_EQ(to_pretty_json(0.1), "0.1\n");
  EXPECT_EQ(to_pretty_json(std::uint64_t{18446744073709551615U}), "18446744073709551615\n");
}

TEST(pretty_json, what_json_cannot_say_is_null) {
  EXPECT_EQ(to_pretty_json(std::numeric_limits<double>::quiet_NaN()), "null\n");
  EXPECT_EQ(to_pretty_json(-std::numeric_limits<double>::infinity()), "null\n");
}

TEST(pretty_json, strings_and_keys_are_escaped) {
  EXPECT_EQ(to_pretty_json({{"a\"b", "\x1b[31m\n"}}), "{\n  \"a\\\"b\": \"\\u001b[31m\\n\"\n}\n");
}

TEST(pretty_json, what_was_written_reads_back_equal) {
  const boost::json::value value = {{"x", {1, -2, 3.25, 1e300, 1e-300}}, {"y", {{"z", "\xC3\xA9"}}}, {"w", true}};
  EXPECT_EQ(boost::json::parse(to_pretty_json(value)), value);
}

} // namespace
} // namespace loadgen::report
