#include "http/message_parser.hpp"
#include "http/response_writer.hpp"
#include "recording_sink.hpp"

#include <gtest/gtest.h>

namespace loadgen::http {
namespace {

TEST(response_writer, whole_response) {
  std::string out = "before|";
  append_response(out, {.status = 404}, "{}");
  EXPECT_EQ(out, "before|HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
}

TEST(response_writer, status_without_a_known_reason) {
  std::string out;
  append_response(out, {.status = 418, .content_type = "text/plain", .keep_alive = false}, "");
  EXPECT_EQ(out, "HTTP/1.1 418 \r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

TEST(response_writer, chunks) {
  std::string out;
  append_chunk(out, std::string(26, 'x'));
  append_chunk(out, "");
  append_last_chunk(out);
  EXPECT_EQ(out, "1a\r\n" + std::string(26, 'x') + "\r\n0\r\n\r\n");
}

TEST(response_writer, event_stream_that_the_parser_reads) {
  const std::vector<header_field> headers{{"X-Request-Id", "7"}};
  std::string out;
  append_event_stream_head(out, {.headers = headers});
  append_chunk(out, "data: a\n\n");
  append_chunk(out, "data: b\n\n");
  append_last_chunk(out);
  message_parser parser{message_parser::kind::response};
  recording_sink sink;
  EXPECT_EQ(parser.feed(out, sink), out.size());
  EXPECT_TRUE(parser.reusable());
  EXPECT_EQ(sink.heads.at(0).header("content-type"), "text/event-stream");
  EXPECT_EQ(sink.heads.at(0).header("x-request-id"), "7");
  EXPECT_EQ(sink.pieces, (std::vector<std::string>{"data: a\n\n", "data: b\n\n"}));
}

TEST(response_writer, the_parser_sees_that_the_connection_closes) {
  std::string out;
  append_response(out, {.keep_alive = false}, "{}");
  message_parser parser{message_parser::kind::response};
  recording_sink sink;
  parser.feed(out, sink);
  EXPECT_TRUE(parser.complete());
  EXPECT_FALSE(parser.reusable());
}

} // namespace
} // namespace loadgen::http
