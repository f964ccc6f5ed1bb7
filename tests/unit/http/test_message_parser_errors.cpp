#include "http/message_parser.hpp"
#include "parse_at_once.hpp"

#include <gtest/gtest.h>

namespace loadgen::http {
namespace {

using namespace std::string_view_literals;

void expect_refused(const outcome& result, parse_error why) {
  EXPECT_EQ(result.parser.error(), why) << describe(result.parser.error());
  EXPECT_FALSE(result.parser.complete());
  EXPECT_FALSE(result.parser.reusable());
}

TEST(message_parser_errors, endless_1xx_responses_meet_the_header_limit) {
  message_parser parser{message_parser::kind::response, 1000};
  recording_sink sink;
  for (int i = 0; i < 100; ++i) parser.feed("HTTP/1.1 100 Continue\r\n\r\n", sink);
  EXPECT_EQ(parser.error(), parse_error::header_too_large);
}

TEST(message_parser_errors, status_lines_that_are_none) {
  for (const auto line :
       {""sv, "HTTP/2.0 200 OK"sv, "HTTP/1. 200 OK"sv, "HTTP/1.x 200 OK"sv, "HTTP/1.1  200 OK"sv, "HTTP/1.1 20 OK"sv,
        "HTTP/1.1 2000 OK"sv, "HTTP/1.1 099 OK"sv, "HTTP/1.1 -20 OK"sv, "HTTP/1.1 20x OK"sv, "HTTP/1.1 200\tOK"sv,
        "HTTP/1.1 200 O\x01K"sv, "HTTP/1.1 200 OK\rfoo"sv, "http/1.1 200 OK"sv, "ICY 200 OK"sv})
    expect_refused(parse_response(std::string{line} + "\r\n\r\n"), parse_error::bad_start_line);
}

TEST(message_parser_errors, another_protocol_is_refused_before_its_first_line_ends) {
  expect_refused(parse_response("\x15\x03\x01\x00\x02"sv), parse_error::bad_start_line); // an alert of TLS
  expect_refused(parse_response("HTTQ"), parse_error::bad_start_line);
}

TEST(message_parser_errors, header_lines_that_are_none) {
  for (const auto line : {"no colon"sv, ": empty name"sv, "space : before colon"sv, " folded: line"sv, "\tfolded"sv,
                          "na(me: x"sv, "n\xC3\xA4me: x"sv, "bare: c\rr"sv, "nul: \0"sv, "control: \x7F"sv})
    expect_refused(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + std::string{line} + "\r\n\r\n"),
                   parse_error::bad_header);
}

TEST(message_parser_errors, a_lone_lf_is_no_line_end) {
  expect_refused(parse_response("HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n"), parse_error::bad_start_line);
  expect_refused(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 0\n\r\n"), parse_error::bad_header);
  expect_refused(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\n"), parse_error::bad_header);
}

TEST(message_parser_errors, contradictory_or_unreadable_framing) {
  for (const auto lines :
       {"Content-Length: 2\r\nContent-Length: 3\r\n"sv, "Content-Length: 2, 3\r\n"sv, "Content-Length: \r\n"sv,
        "Content-Length: -1\r\n"sv, "Content-Length: +1\r\n"sv, "Content-Length: 0x1\r\n"sv,
        "Content-Length: 1 2\r\n"sv, "Content-Length: 18446744073709551616\r\n"sv,
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n"sv, "Transfer-Encoding: gzip\r\n"sv,
        "Transfer-Encoding: gzip, chunked\r\n"sv, "Transfer-Encoding: chunked, chunked\r\n"sv,
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"sv, "Transfer-Encoding: \r\n"sv}) {
    const outcome result = parse_response("HTTP/1.1 200 OK\r\n" + std::string{lines} + "\r\nok");
    expect_refused(result, parse_error::bad_framing);
    EXPECT_TRUE(result.sink.heads.empty()) << lines;
  }
  expect_refused(parse_response("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), parse_error::bad_framing);
}

TEST(message_parser_errors, chunk_lines_that_are_none) {
  for (const auto chunk :
       {"\r\n"sv, "g\r\n"sv, "-1\r\na\r\n"sv, ";ext\r\n"sv, " 1\r\na\r\n"sv, "1\na\r\n"sv, "1\r\r\n"sv, "1;e\nxt\r\n"sv,
        "1;e\rxt\r\n"sv, "1\r\nab\r\n"sv, "1\r\na\n"sv, "1\r\na\rb"sv, "10000000000000000\r\n"sv, "0x1\r\na\r\n"sv})
    expect_refused(parse_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string{chunk}),
                   parse_error::bad_chunk);
}

TEST(message_parser_errors, trailer_lines_that_are_none) {
  expect_refused(parse_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nno colon\r\n\r\n"),
                 parse_error::bad_header);
}

TEST(message_parser_errors, head_of_exactly_the_limit_passes_and_one_byte_more_does_not) {
  const std::string head = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  recording_sink sink;
  message_parser wide{message_parser::kind::response, head.size()};
  wide.feed(head, sink);
  EXPECT_TRUE(wide.complete());
  message_parser narrow{message_parser::kind::response, head.size() - 1};
  EXPECT_EQ(narrow.feed(head, sink), head.size() - 1);
  EXPECT_EQ(narrow.error(), parse_error::header_too_large);
}

TEST(message_parser_errors, a_head_without_end_is_refused_at_the_limit_however_it_comes) {
  message_parser parser{message_parser::kind::response, 100};
  recording_sink sink;
  std::size_t taken = parser.feed("HTTP/1.1 200 OK\r\nA: ", sink);
  while (parser.error() == parse_error::none) taken += parser.feed("a", sink);
  EXPECT_EQ(parser.error(), parse_error::header_too_large);
  EXPECT_EQ(taken, 100U);
}

TEST(message_parser_errors, extensions_and_trailers_are_bounded_too) {
  const std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const std::string start : {"1;", "0\r\nX: "}) {
    message_parser parser{message_parser::kind::response, 100};
    recording_sink sink;
    parser.feed(head + start, sink);
    for (int i = 0; i <= 100; ++i) parser.feed("a", sink);
    EXPECT_EQ(parser.error(), parse_error::header_too_large) << start;
  }
}

TEST(message_parser_errors, the_limit_holds_for_each_chunk_apart) {
  message_parser parser{message_parser::kind::response, 64};
  recording_sink sink;
  parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", sink);
  for (int i = 0; i < 100; ++i) parser.feed("1;extension=0123456789\r\na\r\n", sink);
  parser.feed("0\r\n\r\n", sink);
  EXPECT_TRUE(parser.complete());
  EXPECT_EQ(sink.body(), std::string(100, 'a'));
}

TEST(message_parser_errors, request_lines_that_are_none) {
  for (const auto line :
       {"GET"sv, "GET /"sv, "GET  HTTP/1.1"sv, "GET / HTTP/2.0"sv, "GET / HTTP/1.10"sv, "GET / b HTTP/1.1"sv,
        "GE(T / HTTP/1.1"sv, " GET / HTTP/1.1"sv, "GET / HTTP/1.1 "sv, "GET /\x01 HTTP/1.1"sv, "GET / http/1.1"sv})
    expect_refused(parse_request(std::string{line} + "\r\n\r\n"), parse_error::bad_start_line);
}

TEST(message_parser_errors, every_error_has_its_line) {
  for (const parse_error why : {parse_error::none, parse_error::bad_start_line, parse_error::bad_header,
                                parse_error::bad_framing, parse_error::bad_chunk, parse_error::header_too_large}) {
    EXPECT_FALSE(describe(why).empty());
    EXPECT_NE(describe(why), "an unknown error");
  }
}

} // namespace
} // namespace loadgen::http
