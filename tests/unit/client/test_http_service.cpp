#include "client/http_service.hpp"
#include "support/scripted_server.hpp"

#include <gtest/gtest.h>

namespace loadgen::client {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;

base_url url_of(const scripted_server& server, std::string_view path = "") {
  return parse_base_url("http://127.0.0.1:" + std::to_string(server.port()) + std::string{path}, {"", ""}).value();
}

TEST(http_service, sends_a_body_behind_its_own_path_and_brings_the_answer) {
  std::string head, body;
  scripted_server server{[&](scripted_connection& client, int) {
    client.read_request();
    head = client.head();
    body = client.body();
    client.send("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\nok");
  }};
  const auto service = http_service::create(url_of(server, "/a/b//"), {.headers = {{"X-Key", "k"}}, .ca_file = {}});
  const auto reply = service->ask({.method = "PUT", .path = "/c", .content_type = "text/plain", .body = "hello"});
  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->status, 202);
  EXPECT_EQ(reply->body, "ok");
  const std::string host = "127.0.0.1:" + std::to_string(server.port());
  EXPECT_EQ(head, "PUT /a/b/c HTTP/1.1\r\nHost: " + host +
                      "\r\nX-Key: k\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(body, "hello");
  EXPECT_EQ(service->url(), "http://" + host + "/a/b");
}

TEST(http_service, carries_a_large_body_whole) {
  const std::string large(3'000'000, 'x');
  std::size_t received = 0;
  scripted_server server{[&](scripted_connection& client, int) {
    client.read_request();
    received = client.body().size();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  }};
  ASSERT_TRUE(http_service::create(url_of(server), {})->ask({.method = "PUT", .path = "/", .body = large}));
  EXPECT_EQ(received, large.size());
}

TEST(http_service, gives_up_on_a_server_that_does_not_answer) {
  scripted_server server{[&](scripted_connection& client, int) {
    client.read_request();
    client.wait_for_close();
  }};
  http_service::settings settings;
  settings.answer_limit = 50ms;
  const auto reply = http_service::create(url_of(server), settings)->ask({.method = "POST", .path = "/x"});
  ASSERT_TRUE(reply.has_error());
  EXPECT_EQ(reply.error().code, errc::unreachable);
  EXPECT_EQ(reply.error().message, "no answer to POST /x in time");
}

TEST(http_service, refuses_headers_that_http_cannot_carry_before_it_speaks_to_anyone) {
  const base_url where = parse_base_url("http://127.0.0.1:1", {"", ""}).value();
  const auto service = http_service::create(where, {.headers = {{"Authorization", "a\r\nX: y"}}, .ca_file = {}});
  ASSERT_TRUE(service.has_error());
  EXPECT_EQ(service.error().message.find("X: y"), std::string::npos);
}

} // namespace
} // namespace loadgen::client
