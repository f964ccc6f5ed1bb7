#include "http/message_parser.hpp"
#include "http/request_writer.hpp"
#include "recording_sink.hpp"

#include <gtest/gtest.h>

namespace loadgen::http {
namespace {

using namespace std::string_literals;

TEST(request_writer, post_with_headers_in_order) {
  const std::vector<header_field> headers{
      {"Content-Type", "application/json"}, {"Accept", "text/event-stream"}, {"X-Empty", ""}};
  const auto bytes = write_request({.method = "POST",
                                    .target = "/v1/completions",
                                    .host = "localhost:8000",
                                    .headers = headers,
                                    .body = "{\"a\":1}"});
  ASSERT_TRUE(bytes.has_value());
  EXPECT_EQ(*bytes, "POST /v1/completions HTTP/1.1\r\nHost: localhost:8000\r\nContent-Type: application/json\r\n"
                    "Accept: text/event-stream\r\nX-Empty: \r\nContent-Length: 7\r\n\r\n{\"a\":1}");
}

TEST(request_writer, get_has_no_content_length_and_an_empty_post_has_one) {
  EXPECT_EQ(*write_request({.method = "GET", .target = "/health", .host = "a"}),
            "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(*write_request({.method = "POST", .target = "/", .host = "a"}),
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
}

TEST(request_writer, a_host_among_the_headers_stands_in_for_the_url) {
  const std::vector<header_field> headers{{"host", "tenant.example"}};
  EXPECT_EQ(*write_request({.method = "GET", .target = "/", .host = "127.0.0.1:8000", .headers = headers}),
            "GET / HTTP/1.1\r\nhost: tenant.example\r\n\r\n");
}

TEST(request_writer, the_body_is_sent_as_it_is) {
  const std::string body = "\r\n\0\xFF"s;
  const auto bytes = write_request({.host = "a", .body = body});
  ASSERT_TRUE(bytes.has_value());
  EXPECT_TRUE(bytes->ends_with("Content-Length: 4\r\n\r\n" + body));
}

TEST(request_writer, what_it_writes_the_parser_reads) {
  const std::vector<header_field> headers{{"Authorization", "Bearer k=/+"}, {"X-Utf8", "\xC3\xA9"}};
  const auto bytes = write_request({.target = "/a?b=c", .host = "[::1]:80", .headers = headers, .body = "body"});
  message_parser parser{message_parser::kind::request};
  recording_sink sink;
  EXPECT_EQ(parser.feed(*bytes, sink), bytes->size());
  EXPECT_TRUE(parser.complete());
  EXPECT_EQ(sink.body(), "body");
  EXPECT_EQ(sink.heads.at(0).target, "/a?b=c");
  EXPECT_EQ(
      sink.heads.at(0).headers,
      (std::vector<header_field>{
          {"host", "[::1]:80"}, {"authorization", "Bearer k=/+"}, {"x-utf8", "\xC3\xA9"}, {"content-length", "4"}}));
}

TEST(request_writer, headers_that_would_break_the_message_are_refused) {
  const std::vector<header_field> refused{{"", "x"},
                                          {"a b", "x"},
                                          {"a:", "x"},
                                          {"a\r\nb", "x"},
                                          {"a", "x\r\ny"},
                                          {"a", "x\ny"},
                                          {"a", "x\ry"},
                                          {"a", "x\0y"s},
                                          {"a", "\x7F"},
                                          {"Content-Length", "1"},
                                          {"transfer-encoding", "chunked"}};
  for (const header_field& field : refused) {
    const auto bytes = write_request({.host = "a", .headers = {&field, 1}});
    ASSERT_TRUE(bytes.has_error()) << field.first << ": " << field.second;
    EXPECT_EQ(bytes.error().code, errc::invalid_input);
  }
}

TEST(request_writer, the_message_of_a_refusal_shows_the_name_escaped_and_never_the_value) {
  const std::vector<header_field> name{{"a\r\nb", "x"}};
  EXPECT_EQ(write_request({.host = "a", .headers = name}).error().message, "'a\\x0D\\x0Ab' is not a header name");
  const std::vector<header_field> key{{"Authorization", "Bearer secret\n"}};
  EXPECT_EQ(write_request({.host = "a", .headers = key}).error().message,
            "the value of the header Authorization has a line end or another control character in it");
}

TEST(request_writer, methods_targets_and_hosts_that_would_break_the_message_are_refused) {
  EXPECT_TRUE(write_request({.method = "GE T", .host = "a"}).has_error());
  EXPECT_TRUE(write_request({.method = "", .host = "a"}).has_error());
  EXPECT_TRUE(write_request({.target = "/a b", .host = "a"}).has_error());
  EXPECT_TRUE(write_request({.target = "/\r\n", .host = "a"}).has_error());
  EXPECT_TRUE(write_request({.target = "", .host = "a"}).has_error());
  EXPECT_TRUE(write_request({.host = ""}).has_error());
  EXPECT_TRUE(write_request({.host = "a\r\nb: c"}).has_error());
}

} // namespace
} // namespace loadgen::http
