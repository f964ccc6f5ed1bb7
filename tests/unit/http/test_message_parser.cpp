#include "http/message_parser.hpp"
#include "parse_at_once.hpp"

#include <gtest/gtest.h>

namespace loadgen::http {
namespace {

using namespace std::string_view_literals;
using pieces = std::vector<std::string>;
using fields = std::vector<header_field>;

TEST(message_parser, sized_response) {
  const std::string_view bytes = "HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\nX-Y:  a b\t\r\n\r\nhello";
  const outcome result = parse_response(bytes);
  ASSERT_EQ(result.sink.heads.size(), 1U);
  EXPECT_EQ(result.sink.heads[0].status, 404);
  EXPECT_EQ(result.sink.heads[0].version_minor, 1);
  EXPECT_EQ(result.sink.heads[0].headers, (fields{{"content-length", "5"}, {"x-y", "a b"}}));
  EXPECT_EQ(result.sink.pieces, pieces{"hello"});
  EXPECT_EQ(result.taken, bytes.size());
  EXPECT_TRUE(result.parser.complete());
  EXPECT_TRUE(result.parser.reusable());
}

TEST(message_parser, chunked_response) {
  const outcome result = parse_response(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0010\r\n0123456789abcdef\r\n0\r\n\r\n");
  EXPECT_EQ(result.sink.pieces, (pieces{"abc", "0123456789abcdef"}));
  EXPECT_TRUE(result.parser.complete());
  EXPECT_TRUE(result.parser.reusable());
}

TEST(message_parser, body_pieces_are_views_of_the_bytes_given) {
  struct view_sink final : message_sink {
    void on_head(const message_head&) override {}

    void on_body(std::string_view piece) override { last = piece; }

    std::string_view last;
  } sink;

  const std::string_view bytes = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n";
  message_parser parser{message_parser::kind::response};
  parser.feed(bytes, sink);
  EXPECT_EQ(sink.last.data(), bytes.data() + bytes.find("abc"));
}

TEST(message_parser, chunk_size_split_across_reads) {
  message_parser parser{message_parser::kind::response};
  recording_sink sink;
  parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1", sink);
  parser.feed("0\r", sink);
  parser.feed("\n0123456789abcdef\r\n0\r\n\r\n", sink);
  EXPECT_EQ(sink.body(), "0123456789abcdef");
  EXPECT_TRUE(parser.complete());
}

TEST(message_parser, chunk_data_comes_without_waiting_for_the_rest_of_the_chunk_or_its_line_end) {
  message_parser parser{message_parser::kind::response};
  recording_sink sink;
  parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabc", sink);
  EXPECT_EQ(sink.pieces, pieces{"abc"});
  parser.feed("def", sink);
  EXPECT_EQ(sink.pieces, (pieces{"abc", "def"}));
}

TEST(message_parser, chunk_extensions_and_trailers_are_dropped) {
  const outcome result =
      parse_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "3;name=\"va;lue\"\r\nabc\r\n2 ; x\r\nde\r\n0;last\r\nX-Sum: 1\r\nX-Empty:\r\n\r\n");
  EXPECT_EQ(result.sink.body(), "abcde");
  EXPECT_EQ(result.sink.heads.at(0).headers.size(), 1U);
  EXPECT_TRUE(result.parser.complete());
}

TEST(message_parser, bytes_after_the_message_are_left) {
  const std::string_view message = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  const outcome result = parse_response(std::string{message} + "HTTP/1.1 200 OK\r\n");
  EXPECT_TRUE(result.parser.complete());
  EXPECT_EQ(result.taken, message.size());
}

TEST(message_parser, a_complete_message_takes_nothing_more) {
  outcome result = parse_response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  EXPECT_TRUE(result.parser.complete());
  EXPECT_EQ(result.parser.feed("more", result.sink), 0U);
  EXPECT_TRUE(result.sink.pieces.empty());
}

TEST(message_parser, body_framed_by_close) {
  outcome result = parse_response("HTTP/1.1 200 OK\r\n\r\nabc");
  EXPECT_EQ(result.parser.feed("def", result.sink), 3U);
  EXPECT_FALSE(result.parser.complete());
  EXPECT_TRUE(result.parser.finish());
  EXPECT_TRUE(result.parser.complete());
  EXPECT_FALSE(result.parser.reusable());
  EXPECT_EQ(result.sink.pieces, (pieces{"abc", "def"}));
}

TEST(message_parser, close_in_the_middle_does_not_complete_a_message) {
  for (const auto bytes :
       {""sv, "HTTP/1.1 2"sv, "HTTP/1.1 200 OK\r\nA: b\r\n"sv, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na"sv,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n"sv}) {
    outcome result = parse_response(bytes);
    EXPECT_FALSE(result.parser.finish()) << bytes;
    EXPECT_FALSE(result.parser.complete()) << bytes;
    EXPECT_EQ(result.parser.error(), parse_error::none) << bytes;
  }
}

TEST(message_parser, finish_after_a_complete_message_is_true) {
  outcome result = parse_response("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
  EXPECT_TRUE(result.parser.finish());
}

TEST(message_parser, responses_1xx_are_skipped) {
  const outcome result = parse_response("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n"
                                        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  ASSERT_EQ(result.sink.heads.size(), 1U);
  EXPECT_EQ(result.sink.heads[0].status, 200);
  EXPECT_EQ(result.sink.heads[0].headers, (fields{{"content-length", "2"}}));
  EXPECT_EQ(result.sink.body(), "ok");
}

TEST(message_parser, switching_protocols_ends_http_on_the_connection) {
  const outcome result = parse_response("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x01\x02");
  EXPECT_TRUE(result.parser.complete());
  EXPECT_EQ(result.sink.heads.at(0).status, 101);
  EXPECT_FALSE(result.parser.reusable());
}

TEST(message_parser, responses_204_and_304_have_no_body_whatever_their_headers_say) {
  for (const auto bytes :
       {"HTTP/1.1 204 No Content\r\n\r\n"sv, "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"sv,
        "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n"sv}) {
    const outcome result = parse_response(bytes);
    EXPECT_TRUE(result.parser.complete()) << bytes;
    EXPECT_TRUE(result.parser.reusable()) << bytes;
    EXPECT_EQ(result.sink.heads.size(), 1U) << bytes;
  }
}

TEST(message_parser, empty_header_value) {
  const outcome result =
      parse_response("HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: \r\nA:\r\nContent-Length:0\r\n\r\n");
  EXPECT_TRUE(result.parser.complete());
  EXPECT_EQ(result.sink.heads.at(0).headers,
            (fields{{"access-control-allow-origin", ""}, {"a", ""}, {"content-length", "0"}}));
}

TEST(message_parser, reason_phrase_may_be_empty_or_missing_with_its_space) {
  for (const auto line : {"HTTP/1.1 200 "sv, "HTTP/1.1 200"sv, "HTTP/1.1 200 Tr\xC3\xA8s bien"sv}) {
    const outcome result = parse_response(std::string{line} + "\r\nContent-Length: 0\r\n\r\n");
    EXPECT_TRUE(result.parser.complete()) << line;
  }
}

TEST(message_parser, repeated_equal_content_lengths_are_one) {
  for (const auto lines : {"Content-Length: 2\r\nContent-Length: 2\r\n"sv, "Content-Length: 2, 2\r\n"sv}) {
    const outcome result = parse_response("HTTP/1.1 200 OK\r\n" + std::string{lines} + "\r\nok");
    EXPECT_TRUE(result.parser.complete()) << lines;
    EXPECT_EQ(result.sink.body(), "ok") << lines;
  }
}

TEST(message_parser, the_largest_content_length_is_read) {
  const outcome result = parse_response("HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551615\r\n\r\nok");
  EXPECT_EQ(result.parser.error(), parse_error::none);
  EXPECT_FALSE(result.parser.complete());
  EXPECT_EQ(result.sink.body(), "ok");
}

TEST(message_parser, the_largest_chunk_size_is_read) {
  const outcome result = parse_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nFFFFffffFFFFffff\r\nabc");
  EXPECT_EQ(result.parser.error(), parse_error::none);
  EXPECT_EQ(result.sink.body(), "abc");
}

TEST(message_parser, started_from_the_first_byte_until_reset) {
  message_parser parser{message_parser::kind::response};
  recording_sink sink;
  EXPECT_FALSE(parser.started());
  parser.feed("", sink);
  EXPECT_FALSE(parser.started());
  parser.feed("H", sink);
  EXPECT_TRUE(parser.started());
  parser.reset();
  EXPECT_FALSE(parser.started());
}

TEST(message_parser, reusable_only_when_the_sender_keeps_the_connection) {
  const auto reusable = [](std::string_view start) {
    return parse_response(std::string{start} + "Content-Length: 0\r\n\r\n").parser.reusable();
  };
  EXPECT_TRUE(reusable("HTTP/1.1 200 OK\r\n"));
  EXPECT_FALSE(reusable("HTTP/1.1 200 OK\r\nConnection: close\r\n"));
  EXPECT_FALSE(reusable("HTTP/1.0 200 OK\r\n"));
  EXPECT_TRUE(reusable("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n"));
}

TEST(message_parser, not_reusable_before_it_is_complete) {
  outcome result = parse_response("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
  EXPECT_FALSE(result.parser.reusable());
  result.parser.feed("a", result.sink);
  EXPECT_TRUE(result.parser.reusable());
}

TEST(message_parser, reset_at_any_point_makes_ready_for_the_next_message) {
  const std::string_view whole = "HTTP/1.1 201 Created\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 "3;x\r\nabc\r\n0\r\nT: r\r\n\r\n";
  const std::string_view broken = "HTTP/1.1 200 OK\r\nbroken\r\n\r\n";
  message_parser parser{message_parser::kind::response};
  for (const std::string_view before : {whole, broken}) {
    for (std::size_t cut = 0; cut <= before.size(); ++cut) {
      recording_sink ignored;
      parser.feed(before.substr(0, cut), ignored);
      parser.reset();
      recording_sink sink;
      parser.feed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", sink);
      ASSERT_TRUE(parser.reusable()) << "after " << cut << " bytes of " << before;
      ASSERT_EQ(sink.heads.at(0).headers, (fields{{"transfer-encoding", "chunked"}}));
      ASSERT_EQ(sink.body(), "ok");
      parser.reset();
    }
  }
}

TEST(message_parser, messages_in_sequence_find_their_own_headers) { // whose memory is handed from one to the next
  message_parser parser{message_parser::kind::response};
  for (const fields& expected :
       {fields{{"a", "1"}, {"content-length", "0"}, {"b", std::string(100, 'b')}}, fields{{"content-length", "0"}},
        fields{{"b", "2"}, {"c", "3"}, {"content-length", "0"}, {"d", ""}}}) {
    std::string bytes = "HTTP/1.1 200 OK\r\n";
    for (const auto& [name, value] : expected) bytes += name + ": " + value + "\r\n";
    recording_sink sink;
    parser.feed(bytes + "\r\n", sink);
    EXPECT_EQ(sink.heads.at(0).headers, expected);
    parser.reset();
  }
}

TEST(message_parser, request_with_a_body) {
  const outcome result =
      parse_request("POST /v1/chat/completions?x=1 HTTP/1.1\r\nHost: a:80\r\nContent-Length: 2\r\n\r\n{}GET");
  ASSERT_EQ(result.sink.heads.size(), 1U);
  EXPECT_EQ(result.sink.heads[0].method, "POST");
  EXPECT_EQ(result.sink.heads[0].target, "/v1/chat/completions?x=1");
  EXPECT_EQ(result.sink.body(), "{}");
  EXPECT_TRUE(result.parser.complete());
  EXPECT_TRUE(result.parser.reusable());
}

TEST(message_parser, request_without_a_length_has_no_body) {
  const outcome result = parse_request("GET /health HTTP/1.0\r\n\r\nrest");
  EXPECT_TRUE(result.parser.complete());
  EXPECT_EQ(result.taken, std::string_view{"GET /health HTTP/1.0\r\n\r\n"}.size());
  EXPECT_EQ(result.sink.heads.at(0).version_minor, 0);
  EXPECT_FALSE(result.parser.reusable());
}

TEST(message_parser, chunked_request) {
  const outcome result = parse_request("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n");
  EXPECT_EQ(result.sink.body(), "{}");
  EXPECT_TRUE(result.parser.complete());
}

TEST(message_parser, empty_lines_before_a_request_are_ignored) {
  const outcome result = parse_request("\r\n\r\nGET / HTTP/1.1\r\n\r\n");
  EXPECT_TRUE(result.parser.complete());
  EXPECT_EQ(result.sink.heads.at(0).method, "GET");
}

} // namespace
} // namespace loadgen::http
