#include "client/http_get.hpp"
#include "support/certificates.hpp"
#include "support/scripted_server.hpp"

#include <gtest/gtest.h>

namespace loadgen::client {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;

http_contact get(std::uint16_t port, std::string_view path, const header_list& headers = {}, duration limit = 5s,
                 const net::tls_client_context* tls = nullptr) {
  const net::address_list addresses = net::resolve("127.0.0.1", port).value();
  return http_get({addresses, tls, "localhost:8000", headers}, path, 5s, limit).value();
}

TEST(http_get, brings_status_and_body) {
  std::string head;
  scripted_server server{[&](scripted_connection& client, int) {
    client.read_request();
    head = client.head();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    client.wait_for_close();
  }};
  const auto contact = get(server.port(), "/v1/models", {{"X-Test", "1"}});
  ASSERT_TRUE(contact.reply.has_value());
  EXPECT_EQ(contact.reply->status, 200);
  EXPECT_EQ(contact.reply->body, "hello");
  EXPECT_EQ(contact.connected.address.port(), server.port());
  EXPECT_EQ(head, "GET /v1/models HTTP/1.1\r\nHost: localhost:8000\r\nX-Test: 1\r\n\r\n");
}

TEST(http_get, goes_over_tls_too) {
  const certificate_authority authority;
  scripted_server server{[&](scripted_connection& client, int) {
                           client.read_request();
                           client.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
                         },
                         make_server_tls(authority.issue_for_localhost(), {})};
  const auto tls = net::tls_client_context::make("localhost", {authority.file(), false}).value();
  const auto contact = get(server.port(), "/", {}, 5s, tls.get());
  ASSERT_TRUE(contact.reply.has_value());
  EXPECT_EQ(contact.reply->body, "hello");
}

TEST(http_get, without_a_path_only_connects) {
  scripted_server server{[](scripted_connection& client, int) { EXPECT_FALSE(client.read_request()); }};
  const auto contact = get(server.port(), "");
  EXPECT_FALSE(contact.connected.failure);
  EXPECT_TRUE(contact.reply.has_value());
}

TEST(http_get, a_refused_connection_is_told_from_no_answer) {
  const auto contact = get(unused_port(), "/");
  EXPECT_TRUE(contact.connected.failure.failed());
  ASSERT_TRUE(contact.reply.has_error());
  EXPECT_EQ(contact.reply.error().code, errc::unreachable);
}

TEST(http_get, a_server_that_does_not_answer_is_given_up) {
  scripted_server server{[](scripted_connection& client, int) { client.wait_for_close(); }};
  const auto contact = get(server.port(), "/v1/models", {}, 50ms);
  EXPECT_FALSE(contact.connected.failure);
  ASSERT_TRUE(contact.reply.has_error());
  EXPECT_NE(contact.reply.error().message.find("in time"), std::string::npos);
}

TEST(http_get, half_an_answer_is_an_error) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello");
  }};
  EXPECT_TRUE(get(server.port(), "/").reply.has_error());
}

TEST(models_in, a_reply_that_lists_them) {
  EXPECT_EQ(models_in(http_reply{200, R"({"data":[{"id":"m"}]})"}), std::vector<std::string>{"m"});
  EXPECT_TRUE(models_in(http_reply{404, R"({"data":[{"id":"m"}]})"}).empty());
  EXPECT_TRUE(models_in(error{errc::unreachable, "no answer"}).empty());
}

} // namespace
} // namespace loadgen::client
