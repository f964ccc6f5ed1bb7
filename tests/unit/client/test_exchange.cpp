#include "client_fixture.hpp"
#include "support/certificates.hpp"

#include <gtest/gtest.h>

namespace loadgen::client::test {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::cause;
using metrics::outcome;

void answer_well(scripted_connection& client, int tokens = 3) {
  client.send(stream_head());
  for (int i = 0; i < tokens; ++i) client.send(token_chunk("x"));
  client.send(stream_tail());
}

TEST(exchange, a_whole_stream_is_completed_with_its_clock_points_in_order) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send(stream_head());
    client.pause(10ms);
    client.send(token_chunk("a"));
    client.pause(10ms);
    client.send(token_chunk("b"));
    client.pause(10ms);
    client.send(stream_tail());
    client.wait_for_close();
  }};
  client_fixture client{server.port()};
  const metrics::request_record record = client.run();
  EXPECT_EQ(record.end, outcome::completed);
  EXPECT_EQ(record.http_status, 200);
  EXPECT_EQ(record.finish_reason, "stop");
  ASSERT_EQ(record.chunks.size(), 2U);
  EXPECT_LE(*record.released, *record.connected);
  EXPECT_LE(*record.connected, *record.sent);
  EXPECT_GE(record.chunks[0].arrival - *record.first_byte, 9ms);
  EXPECT_GE(record.chunks[1].arrival - record.chunks[0].arrival, 9ms);
  EXPECT_GE(*record.done - record.chunks[1].arrival, 9ms);
  EXPECT_LE(*record.done, *record.ended);
  EXPECT_FALSE(record.reused_connection);
  EXPECT_GT(record.connect_time, 0ns);
  EXPECT_EQ(client.meter.content_events.load(), 2U);
}

TEST(exchange, the_body_is_sent_as_it_is_and_the_connection_is_reused) {
  std::vector<std::string> bodies;
  scripted_server server{[&](scripted_connection& client, int) {
    while (client.read_request()) {
      bodies.push_back(client.body());
      answer_well(client);
    }
  }};
  {
    client_fixture client{server.port()};
    EXPECT_EQ(client.run(R"({"n":1})").end, outcome::completed);
    const metrics::request_record second = client.run(R"({"n":2})");
    EXPECT_EQ(second.end, outcome::completed);
    EXPECT_TRUE(second.reused_connection);
    EXPECT_EQ(second.connect_time, 0ns);
  }
  EXPECT_EQ(server.connections(), 1);
  EXPECT_EQ(bodies, (std::vector<std::string>{R"({"n":1})", R"({"n":2})"}));
}

TEST(exchange, a_reused_connection_closed_before_the_first_byte_is_replaced_and_counted) {
  scripted_server server{[](scripted_connection& client, int number) {
    client.read_request();
    answer_well(client);
    if (number == 1) client.wait_for_close();
  }};
  client_fixture client{server.port()};
  EXPECT_EQ(client.run().end, outcome::completed);
  std::this_thread::sleep_for(
      50ms); // the server has closed; whether the loop has noticed or not, the request must live
  const metrics::request_record second = client.run();
  EXPECT_EQ(second.end, outcome::completed);
  EXPECT_FALSE(second.reused_connection);
  EXPECT_EQ(server.connections(), 2);
  EXPECT_LE(second.stale_reconnects, 1);
}

TEST(exchange, a_server_that_closes_behind_each_response_is_sent_each_request_on_a_connection_of_its_own) {
  std::atomic<int> requests{0};
  scripted_server server{[&requests](scripted_connection& client, int) {
    while (client.read_request()) {
      ++requests;
      client.send(stream_head() + token_chunk("a") + stream_tail());
      client.pause(1ms); // as llama.cpp does, which says that it keeps the connection
      return;
    }
  }};
  client_fixture client{server.port()};
  unsigned reconnects = 0;
  for (int i = 0; i < 4; ++i) {
    const metrics::request_record record = client.run();
    EXPECT_EQ(record.end, outcome::completed) << record.message;
    EXPECT_FALSE(record.reused_connection);
    reconnects += record.stale_reconnects;
  }
  EXPECT_LE(reconnects, 1U) << "one such close tells; none where it came before the connection was kept";
  EXPECT_EQ(requests, 4);
  EXPECT_EQ(server.connections(), 4);
}

TEST(exchange, a_server_is_given_a_moment_to_close_only_until_it_has_kept_a_connection) {
  scripted_server server{[](scripted_connection& client, int) {
    while (client.read_request()) client.send(stream_head() + token_chunk("a") + stream_tail());
  }};
  client_fixture client{server.port()};
  static_cast<void>(client.run());
  const metrics::request_record second = client.run();
  const metrics::request_record third = client.run();
  EXPECT_TRUE(second.reused_connection && third.reused_connection);
  EXPECT_GT(*second.connected, *second.released);
  EXPECT_EQ(*third.connected, *third.released);
  EXPECT_EQ(server.connections(), 1);
}

TEST(exchange, a_connection_the_server_wants_closed_is_not_used_again) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n"
                "Transfer-Encoding: chunked\r\n\r\n" +
                token_chunk("a") + stream_tail());
    client.wait_for_close();
  }};
  client_fixture client{server.port()};
  EXPECT_EQ(client.run().end, outcome::completed);
  EXPECT_EQ(client.run().end, outcome::completed);
  EXPECT_EQ(server.connections(), 2);
}

TEST(exchange, the_number_of_requests_a_server_allows_is_kept_to) {
  scripted_server server{[](scripted_connection& client, int) {
    for (int i = 0; i < 2 && client.read_request(); ++i)
      client.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nKeep-Alive: timeout=5, max=2\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n" +
                  token_chunk("a") + stream_tail());
    client.wait_for_close();
  }};
  client_fixture client{server.port()};
  for (int i = 0; i < 4; ++i) {
    const metrics::request_record record = client.run();
    EXPECT_EQ(record.end, outcome::completed);
    EXPECT_EQ(record.stale_reconnects, 0);
  }
  EXPECT_EQ(server.connections(), 2);
}

TEST(exchange, bodies_by_length_and_by_close_complete_too) {
  const std::string events = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\ndata: [DONE]\n\n";
  scripted_server server{[&](scripted_connection& client, int number) {
    client.read_request();
    const std::string head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n";
    client.send(number == 0 ? head + "Content-Length: " + std::to_string(events.size()) + "\r\n\r\n" + events
                            : head + "\r\n" + events);
    if (number == 0) client.wait_for_close();
  }};
  for (int i = 0; i < 2; ++i) {
    client_fixture client{server.port()};
    const metrics::request_record record = client.run();
    EXPECT_EQ(record.end, outcome::completed) << record.message;
    EXPECT_EQ(record.chunks.size(), 1U);
  }
}

TEST(exchange, a_retry_keeps_the_time_of_the_first_attempt) {
  scripted_server server{[](scripted_connection& client, int number) {
    client.read_request();
    if (number == 0) return;
    client.pause(20ms);
    answer_well(client);
    client.wait_for_close();
  }};
  exchange_limits limits;
  limits.retries = 1;
  client_fixture client{server.port(), limits};
  const instant before = clock::now();
  const metrics::request_record record = client.run();
  EXPECT_EQ(record.end, outcome::completed);
  EXPECT_EQ(record.retries, 1);
  EXPECT_GE(*record.sent, before);
  EXPECT_GE(record.chunks.front().arrival - *record.sent, 20ms); // the failed attempt is part of the wait
  EXPECT_EQ(record.chunks.size(), 3U);
}

TEST(exchange, over_tls_the_handshake_is_timed_apart_and_before_sent) {
  const certificate_authority authority;
  scripted_server server{[](scripted_connection& client, int) {
                           while (client.read_request()) answer_well(client);
                         },
                         make_server_tls(authority.issue_for_localhost(), {})};
  client_fixture client{
      server.port(), {}, {}, net::tls_client_context::make("localhost", {authority.file(), false}).value()};
  const metrics::request_record first = client.run();
  EXPECT_EQ(first.end, outcome::completed) << first.message;
  EXPECT_EQ(first.chunks.size(), 3U);
  EXPECT_GT(first.tls_time, 0ns);
  EXPECT_GE(*first.connected - *first.released, first.connect_time + first.tls_time);
  EXPECT_GE(*first.sent, *first.connected);
  const metrics::request_record second = client.run();
  EXPECT_TRUE(second.reused_connection);
  EXPECT_EQ(second.tls_time, 0ns);
}

TEST(exchange, each_has_a_connection_of_its_own_where_it_asks_for_the_end_of_it) {
  std::string head;
  scripted_server server{[&](scripted_connection& client, int) {
    while (client.read_request()) { // a server that would have kept it
      head = client.head();
      answer_well(client);
    }
  }};
  client_fixture client{server.port(), {}, {{"Connection", "close"}}};
  for (int i = 0; i < 3; ++i) {
    const metrics::request_record record = client.run();
    EXPECT_EQ(record.end, outcome::completed);
    EXPECT_FALSE(record.reused_connection);
    EXPECT_GT(record.connect_time, 0ns);
  }
  EXPECT_EQ(server.connections(), 3);
  EXPECT_NE(head.find("\r\nConnection: close\r\n"), std::string::npos);
}

TEST(exchange, without_retries_nothing_is_sent_twice) {
  scripted_server server{[](scripted_connection& client, int) { client.read_request(); }};
  client_fixture client{server.port()};
  EXPECT_EQ(client.run().why, cause::closed_before_response);
  EXPECT_EQ(server.connections(), 1);
}

} // namespace
} // namespace loadgen::client::test
