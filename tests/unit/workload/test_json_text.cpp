#include "workload/json_text.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace loadgen::workload {
namespace {

namespace json = boost::json;

std::string written(std::string_view text) {
  std::string out;
  append_json(out, json::parse({text.data(), text.size()}));
  return out;
}

TEST(json_text, compact_json_is_written_as_it_was_read) {
  for (const char* text : {"null", "true", "[]", "{}", "[[],{}]", R"({"b":1,"a":[1,-2,"x",null,false],"c":{"d":{}}})",
                           "18446744073709551615", "-9223372036854775808", R"("a\"b\\c\nd\u0001é")"})
    EXPECT_EQ(written(text), text);
}

TEST(json_text, numbers_with_a_fraction_have_their_shortest_usual_form) {
  for (const char* text : {"0.7", "1.0", "0.0", "-2.5", "123456789.0", "0.1", "1e-07", "1.5e+300"})
    EXPECT_EQ(written(text), text);
}

TEST(json_text, a_string_within_is_found) {
  const json::value value = json::parse(R"([{"k":"same"},{"k":"same"}])");
  std::string out = "xx";
  const std::size_t at = append_json_and_find(out, value, {.text = &value.at(1).at("k").get_string()}).text;
  EXPECT_EQ(out, R"(xx[{"k":"same"},{"k":"same"}])");
  EXPECT_EQ(out.substr(at), R"(same"}])");
}

TEST(json_text, a_number_within_is_found) {
  const json::value value = json::parse(R"({"a":{"n":7,"m":7},"n":7})");
  std::string out;
  const json_places found = append_json_and_find(out, value, {.number = &value.at("a").at("m")});
  EXPECT_EQ(out.substr(found.number), R"(7},"n":7})");
}

// The object cases of RFC 7396, appendix A.
TEST(merge_patch, gives_the_results_of_the_rfc) {
  struct example {
    const char* target;
    const char* patch;
    const char* merged;
  };

  for (const auto& [target, patch, merged] : {
           example{R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
           example{R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
           example{R"({"a":"b"})", R"({"a":null})", R"({})"},
           example{R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
           example{R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
           example{R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
           example{R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
           example{R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
           example{R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
           example{R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
       }) {
    json::object object = json::parse(target).as_object();
    merge_patch(object, json::parse(patch).as_object());
    EXPECT_EQ(json::serialize(object), merged) << target << " + " << patch;
  }
}

TEST(merge_patch, removing_a_key_keeps_the_order_of_the_others) {
  json::object object = json::parse(R"({"a":1,"b":2,"c":3,"d":4})").as_object();
  merge_patch(object, json::parse(R"({"a":null,"z":9,"c":0})").as_object());
  EXPECT_EQ(json::serialize(object), R"({"b":2,"c":0,"d":4,"z":9})");
}

} // namespace
} // namespace loadgen::workload
