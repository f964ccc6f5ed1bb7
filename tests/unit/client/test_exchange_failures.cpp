// One exchange, failed at each of its steps: the cause metrics.md names, and the words a person needs.

#include "client_fixture.hpp"
#include "support/certificates.hpp"

#include <gtest/gtest.h>

namespace loadgen::client::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::cause;
using metrics::outcome;

struct failing_answer {
  const char* name;
  scripted_server::script play;
  cause expected;
  const char* words; // part of the message; "": none is expected
  std::uint16_t status = 0;
  std::size_t chunks = 0;
};

void PrintTo(const failing_answer& answer, std::ostream* out) {
  *out << answer.name;
}

// Reads the request, sends `bytes`, and closes in an orderly way.
scripted_server::script send_and_close(std::string bytes) {
  return [bytes = std::move(bytes)](scripted_connection& client, int) {
    client.read_request();
    client.send(bytes);
  };
}

scripted_server::script send_and_reset(std::string bytes) {
  return [bytes = std::move(bytes)](scripted_connection& client, int) {
    client.read_request();
    client.send(bytes);
    client.pause(20ms); // so that the bytes are read before the reset discards them
    client.reset();
  };
}

std::string response(std::string_view status, std::string_view type, std::string_view body) {
  return "HTTP/1.1 " + std::string{status} + "\r\nContent-Type: " + std::string{type} +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string{body};
}

std::string event(std::string_view data) {
  return chunk("data: " + std::string{data} + "\n\n");
}

const std::string done_tail = chunk("data: [DONE]\n\n") + "0\r\n\r\n";

class failing_exchange : public testing::TestWithParam<failing_answer> {};

TEST_P(failing_exchange, has_its_cause_and_words) {
  const failing_answer& answer = GetParam();
  scripted_server server{answer.play};
  client_fixture client{server.port()};
  const metrics::request_record record = client.run();
  EXPECT_EQ(record.end, outcome::failed);
  EXPECT_EQ(to_string(record.why), to_string(answer.expected)) << record.message;
  EXPECT_NE(record.message.find(answer.words), std::string::npos) << record.message;
  EXPECT_EQ(record.message.empty(), std::string_view{answer.words}.empty());
  EXPECT_EQ(record.http_status, answer.status);
  EXPECT_EQ(record.chunks.size(), answer.chunks);
  EXPECT_TRUE(record.ended.has_value());
}

INSTANTIATE_TEST_SUITE_P(
    steps, failing_exchange,
    testing::Values(
        failing_answer{"closed_before_headers", send_and_close(""), cause::closed_before_response, "closed"},
        failing_answer{"reset_before_headers", send_and_reset(""), cause::closed_before_response, "reset"},
        failing_answer{"closed_in_headers", send_and_close("HTTP/1.1 200 O"), cause::truncated, "inside the response"},
        failing_answer{"garbage_status_line", send_and_close("SSH-2.0-OpenSSH_9.2\r\n"), cause::protocol,
                       "not HTTP/1.1"},
        failing_answer{"closed_mid_chunk", send_and_close(stream_head() + token_chunk("a") + "40\r\ndata: {"),
                       cause::truncated, "closed the connection inside the response", 200, 1},
        failing_answer{"reset_mid_stream", send_and_reset(stream_head() + token_chunk("a") + token_chunk("b")),
                       cause::truncated, "reset", 200, 2},
        failing_answer{"reset_after_the_last_token",
                       send_and_reset(stream_head() + token_chunk("a") + event(R"({"choices":[]})")), cause::truncated,
                       "reset", 200, 1},
        failing_answer{"no_end_mark", send_and_close(stream_head() + token_chunk("a") + "0\r\n\r\n"), cause::truncated,
                       "without a finish_reason or [DONE]", 200, 1},
        failing_answer{"bad_chunk_size", send_and_close(stream_head() + token_chunk("a") + "xyz\r\n"), cause::protocol,
                       "chunk size", 200, 1},
        failing_answer{"truncated_json", send_and_close(stream_head() + event(R"({"choices":[{"del)") + done_tail),
                       cause::bad_payload, R"({"choices":[{"del)", 200},
        failing_answer{"status_with_json_error",
                       send_and_close(response("503 Service Unavailable", "application/json",
                                               R"({"error":{"message":"Loading model","code":503}})")),
                       cause::http_status, "Loading model", 503},
        failing_answer{"status_with_text",
                       send_and_close(response("500 Internal", "text/plain", "Internal Server Error")),
                       cause::http_status, "Internal Server Error", 500},
        failing_answer{"status_without_body", send_and_close("HTTP/1.1 429 Too Many\r\nContent-Length: 0\r\n\r\n"),
                       cause::http_status, "", 429},
        failing_answer{"status_with_body_cut_short",
                       send_and_close("HTTP/1.1 401 No\r\nContent-Length: 900\r\n\r\n{\"error\":\"Unauthorized\""),
                       cause::http_status, "Unauthorized", 401},
        failing_answer{"error_in_a_200_stream_that_ends_cleanly",
                       send_and_close(stream_head() + token_chunk("a") +
                                      event(R"({"error":{"message":"engine died"}})") + done_tail),
                       cause::in_band_error, "engine died", 200, 1},
        failing_answer{"error_in_a_200_stream_that_breaks",
                       send_and_reset(stream_head() + event(R"({"error":"max_new_tokens must be positive"})")),
                       cause::in_band_error, "max_new_tokens", 200},
        failing_answer{"gzip_not_asked_for",
                       send_and_close("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Encoding: gzip\r\n"
                                      "Content-Length: 4\r\n\r\n\x1f\x8b\x08\x08"),
                       cause::protocol, "content-encoding 'gzip' was not asked for", 200},
        failing_answer{"html_from_a_proxy",
                       send_and_close(response("200 OK", "text/html", "<html><title>Sign in</title></html>")),
                       cause::content_type, "Sign in", 200},
        failing_answer{"json_instead_of_a_stream",
                       send_and_close(response("200 OK", "application/json", R"({"choices":[]})")), cause::content_type,
                       "application/json", 200}),
    [](const testing::TestParamInfo<failing_answer>& one) { return std::string{one.param.name}; });

TEST(failing_exchange, refused) {
  client_fixture client{unused_port()};
  const metrics::request_record record = client.run();
  EXPECT_EQ(record.why, cause::connect);
  EXPECT_FALSE(record.sent.has_value());
  EXPECT_NE(record.message.find("refused"), std::string::npos);
}

TEST(failing_exchange, a_certificate_that_is_not_trusted) {
  const certificate_authority authority;
  scripted_server server{[](scripted_connection&, int) {}, make_server_tls(authority.issue_for_localhost(), {})};
  client_fixture client{
      server.port(), {}, {}, net::tls_client_context::make("example.org", {authority.file(), false}).value()};
  const metrics::request_record record = client.run();
  EXPECT_EQ(record.end, outcome::failed);
  EXPECT_EQ(record.why, cause::tls);
  EXPECT_EQ(record.message, "the certificate of example.org is not trusted: hostname mismatch");
  EXPECT_FALSE(record.sent.has_value());
}

TEST(failing_exchange, a_stall_ends_at_its_limit) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send(stream_head() + token_chunk("a"));
    client.wait_for_close();
  }};
  exchange_limits limits;
  limits.stall_timeout = 50ms;
  client_fixture client{server.port(), limits};
  const metrics::request_record record = client.run();
  EXPECT_EQ(record.end, outcome::failed);
  EXPECT_EQ(record.why, cause::stall_timeout);
  EXPECT_EQ(record.chunks.size(), 1U);
  EXPECT_GE(*record.ended - *record.sent, 50ms);
}

TEST(failing_exchange, silence_before_the_first_byte_is_a_stall_too) {
  scripted_server server{[](scripted_connection& client, int) { client.wait_for_close(); }};
  exchange_limits limits;
  limits.stall_timeout = 30ms;
  client_fixture client{server.port(), limits};
  EXPECT_EQ(client.run().why, cause::stall_timeout);
}

TEST(failing_exchange, a_stream_that_never_ends_meets_the_timeout) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send(stream_head());
    for (int i = 0; i < 400; ++i) {
      client.send(token_chunk("x"));
      client.pause(2ms);
    }
  }};
  exchange_limits limits;
  limits.timeout = 60ms;
  limits.stall_timeout = 10s;
  client_fixture client{server.port(), limits};
  const metrics::request_record record = client.run();
  EXPECT_EQ(record.why, cause::timeout);
  EXPECT_GE(*record.ended - *record.released, 60ms);
  EXPECT_GE(record.chunks.size(), 2U);
}

TEST(failing_exchange, an_interrupt_cancels_and_is_no_failure) {
  scripted_server server{[](scripted_connection& client, int) { client.wait_for_close(); }};
  client_fixture client{server.port()};
  boost::asio::steady_timer later{client.context, 20ms};
  later.async_wait([&](boost::system::error_code) { client.one.cancel(cause::interrupt); });
  const metrics::request_record record = client.run();
  EXPECT_EQ(record.end, outcome::cancelled);
  EXPECT_EQ(record.why, cause::interrupt);
}

TEST(failing_exchange, leaves_the_next_request_untouched) {
  scripted_server server{[](scripted_connection& client, int number) {
    client.read_request();
    if (number == 0) return client.send(stream_head() + token_chunk("a") + "zz");
    client.send(stream_head() + token_chunk("b") + stream_tail());
    client.wait_for_close();
  }};
  client_fixture client{server.port()};
  EXPECT_EQ(client.run().why, cause::protocol);
  const metrics::request_record next = client.run();
  EXPECT_EQ(next.end, outcome::completed) << next.message;
  EXPECT_EQ(next.chunks.size(), 1U);
}

} // namespace
} // namespace loadgen::client::test
