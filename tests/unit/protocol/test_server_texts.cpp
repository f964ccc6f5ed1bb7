#include "protocol/message_text.hpp"
#include "protocol/stream_reader.hpp"

#include <gtest/gtest.h>

namespace loadgen::protocol {
namespace {

// one_line

TEST(one_line, blanks_and_line_ends_become_one_space_and_none_at_the_ends) {
  EXPECT_EQ(one_line(" \n a\r\n\tb  c \n"), "a b c");
}

TEST(one_line, control_characters_are_dropped) {
  EXPECT_EQ(one_line(std::string_view{"a\0b\x1b[31mc\x7f\xC2\x85", 13}), "ab[31mc");
}

TEST(one_line, it_ends_before_the_character_that_passes_the_limit) {
  EXPECT_EQ(one_line("ab\xC3\xA9", 4), "ab\xC3\xA9");
  EXPECT_EQ(one_line("ab\xC3\xA9", 3), "ab");
  EXPECT_EQ(one_line("a \xF0\x9F\x98\x80", 5), "a");
  EXPECT_EQ(one_line(std::string(1000, 'x')).size(), 300U);
}

TEST(one_line, bytes_that_are_no_utf8_are_replaced) {
  const std::string replaced = "a\xEF\xBF\xBD";
  EXPECT_EQ(one_line("a\xFF"), replaced);
  EXPECT_EQ(one_line("a\xC3"), replaced);                                      // cut
  EXPECT_EQ(one_line("a\xC0\xAF"), replaced + "\xEF\xBF\xBD");                 // overlong
  EXPECT_EQ(one_line("a\xED\xA0\x80"), replaced + "\xEF\xBF\xBD\xEF\xBF\xBD"); // a surrogate
  EXPECT_EQ(one_line("a\xF4\x8F\xBF\xBF"), "a\xF4\x8F\xBF\xBF");               // the last code point
}

// error_message

TEST(error_message, error_comes_before_detail_and_detail_before_message) {
  EXPECT_EQ(error_message(R"({"message":"m","detail":"d","error":{"message":"e"}})"), "e");
  EXPECT_EQ(error_message(R"({"message":"m","detail":"d","error":"e"})"), "e");
  EXPECT_EQ(error_message(R"({"message":"m","detail":"d"})"), "d");
  EXPECT_EQ(error_message(R"({"object":"error","message":"m","code":400})"), "m");
}

TEST(error_message, an_empty_one_gives_way_to_the_next) {
  EXPECT_EQ(error_message(R"({"error":{"message":""},"message":"m"})"), "m");
}

TEST(error_message, a_list_of_details_gives_its_first_with_its_place) {
  EXPECT_EQ(error_message(R"({"detail":[{"loc":["body","messages",0],"msg":"Field required"},{"msg":"other"}]})"),
            "body.messages.0: Field required");
}

TEST(error_message, errors_in_an_array_are_found) {
  EXPECT_EQ(error_message(R"([{"error":{"code":429,"message":"quota"}}])"), "quota");
}

TEST(error_message, json_without_a_message_is_shown_as_it_is) {
  EXPECT_EQ(error_message(R"({"status": 500})"), R"({"status": 500})");
}

TEST(error_message, a_page_is_its_title) {
  EXPECT_EQ(error_message("<html>\r\n<head><TITLE>502 Bad\n Gateway</TITLE></head><body>nginx</body></html>"),
            "502 Bad Gateway");
}

TEST(error_message, a_page_without_a_title_is_its_visible_text) {
  EXPECT_EQ(
      error_message("<!-- x > y --><style>p{}</style><script>if (a<b) {}</script><h1>Not&nbsp;here</h1><p>a &lt; b"),
      "Not here a < b");
  EXPECT_EQ(error_message("<html><title> </title><body>Bad Gateway</body>"), "Bad Gateway");
}

TEST(error_message, a_page_with_nothing_to_see_is_its_source) {
  EXPECT_EQ(error_message("<html"), "<html");
}

TEST(error_message, plain_text_is_its_first_words_in_one_line) {
  EXPECT_EQ(error_message("Service\nUnavailable\n"), "Service Unavailable");
  EXPECT_EQ(error_message(""), "");
}

TEST(error_message, a_message_keeps_to_its_limit) {
  EXPECT_EQ(error_message(R"({"error":{"message":")" + std::string(400, 'x') + R"("}})"), std::string(300, 'x'));
}

// model_names

TEST(model_names, ids_come_in_order) {
  EXPECT_EQ(model_names(R"({"object":"list","data":[{"id":"b"},{"id":"a","object":"model"}]})"),
            (std::vector<std::string>{"b", "a"}));
}

TEST(model_names, entries_without_a_name_are_left_out) {
  EXPECT_EQ(model_names(R"({"data":[{"id":""},{"id":7},{},"x",{"id":"m"}]})"), std::vector<std::string>{"m"});
}

TEST(model_names, what_is_no_model_list_has_none) {
  for (const char* body : {"", "not json", "[]", "{}", R"({"data":{}})", R"({"data":null})", R"({"error":"x"})"})
    EXPECT_TRUE(model_names(body).empty()) << body;
}

} // namespace
} // namespace loadgen::protocol
