#include "client/http_get.hpp"
#include "support/scripted_server.hpp"

#include <gtest/gtest.h>

namespace loadgen::client {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;

net::address_list loopback(std::uint16_t port) {
  return net::resolve("127.0.0.1", port).value();
}

TEST(http_get, brings_status_and_body) {
  std::string head;
  scripted_server server{[&](scripted_connection& client, int) {
    client.read_request();
    head = client.head();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    client.wait_for_close();
  }};
  const auto reply = http_get(loopback(server.port()), "/v1/models", "localhost:8000", {{"X-Test", "1"}}, 5s);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->status, 200);
  EXPECT_EQ(reply->body, "hello");
  EXPECT_EQ(head, "GET /v1/models HTTP/1.1\r\nHost: localhost:8000\r\nX-Test: 1\r\n\r\n");
}

TEST(http_get, without_a_path_only_connects) {
  scripted_server server{[](scripted_connection& client, int) { EXPECT_FALSE(client.read_request()); }};
  EXPECT_TRUE(http_get(loopback(server.port()), "", "localhost", {}, 5s).has_value());
}

TEST(http_get, a_refused_connection_is_unreachable) {
  const auto reply = http_get(loopback(unused_port()), "/", "localhost", {}, 5s);
  ASSERT_TRUE(reply.has_error());
  EXPECT_EQ(reply.error().code, errc::unreachable);
}

TEST(http_get, a_server_that_does_not_answer_is_given_up) {
  scripted_server server{[](scripted_connection& client, int) { client.wait_for_close(); }};
  const auto reply = http_get(loopback(server.port()), "/v1/models", "localhost", {}, 50ms);
  ASSERT_TRUE(reply.has_error());
  EXPECT_NE(reply.error().message.find("in time"), std::string::npos);
}

TEST(http_get, half_an_answer_is_an_error) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
  }};
  EXPECT_TRUE(http_get(loopback(server.port()), "/", "localhost", {}, 5s).has_error());
}

} // namespace
} // namespace loadgen::client
