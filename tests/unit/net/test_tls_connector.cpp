#include "net_fixture.hpp"
#include "support/certificates.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace loadgen::net::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using loadgen::test::certificate_authority;
using loadgen::test::make_server_tls;
using loadgen::test::scripted_connection;
using loadgen::test::scripted_server;
using loadgen::test::tls_versions;

asio::ip::tcp::endpoint loopback(std::uint16_t port) {
  return {asio::ip::make_address("127.0.0.1"), port};
}

void keep_still(scripted_connection& client, int) {
  client.wait_for_close();
}

asio::awaitable<exchange_result> exchange(connection& link, std::string_view request, stream_sink& sink) {
  co_return co_await link.async_exchange(request, sink, asio::deferred);
}

class tls_connector : public testing::Test {
protected:
  [[nodiscard]] std::shared_ptr<ssl_ctx_st> server_tls(tls_versions versions = {}) const {
    return make_server_tls(authority_.issue_for_localhost(), versions);
  }

  [[nodiscard]] std::shared_ptr<const tls_client_context> trust(const std::string& host = "localhost",
                                                                bool insecure = false) const {
    return tls_client_context::make(host, {authority_.file(), insecure}).value();
  }

  connect_result connect(std::uint16_t port, const tls_client_context& tls) {
    connect_result result = worker_.try_connect({loopback(port)}, &tls);
    if (result.opened) worker_.loop.retire(result.opened);
    return result;
  }

  certificate_authority authority_;
  net_fixture worker_;
};

TEST_F(tls_connector, opens_a_connection_and_times_connect_and_handshake_apart) {
  scripted_server server{keep_still, server_tls()};
  const auto tls = trust();
  const connect_result result = connect(server.port(), *tls);
  ASSERT_TRUE(result.opened) << result.message;
  EXPECT_GT(result.connect_time, 0ns);
  EXPECT_GT(result.tls_time, result.connect_time); // cryptography takes longer than loopback
  EXPECT_FALSE(result.resumed);
}

TEST_F(tls_connector, resumes_with_either_version) {
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    scripted_server server{[](scripted_connection& client, int) {
                             while (client.read_request()) client.send("ok.");
                           },
                           server_tls({version, version})};
    const auto tls = trust();
    for (int i = 0; i < 3; ++i) {
      const connect_result result = worker_.try_connect({loopback(server.port())}, tls.get());
      ASSERT_TRUE(result.opened) << result.message;
      EXPECT_EQ(result.resumed, i > 0) << version;
      collecting_sink sink{"."};
      EXPECT_EQ(worker_.run(exchange(*result.opened, "GET / HTTP/1.1\r\n\r\n", sink)).end, exchange_end::satisfied);
      worker_.loop.retire(result.opened);
    }
  }
}

TEST_F(tls_connector, an_untrusted_certificate_is_named) {
  scripted_server server{keep_still, server_tls()};
  const certificate_authority other;
  const auto tls = tls_client_context::make("localhost", {other.file(), false}).value();
  const connect_result result = connect(server.port(), *tls);
  EXPECT_FALSE(result.opened);
  EXPECT_TRUE(result.failure.failed());
  EXPECT_EQ(result.stage, connect_stage::certificate);
  EXPECT_EQ(result.message, "the certificate of localhost is not trusted: unable to get local issuer certificate");
}

TEST_F(tls_connector, a_certificate_for_another_host_is_not_trusted_unless_told_so) {
  scripted_server server{keep_still, server_tls()};
  EXPECT_EQ(connect(server.port(), *trust("example.org")).stage, connect_stage::certificate);
  EXPECT_TRUE(connect(server.port(), *trust("example.org", true)).opened);
}

TEST_F(tls_connector, a_server_of_older_versions_only_is_refused) {
  scripted_server server{keep_still, server_tls({TLS1_VERSION, TLS1_1_VERSION})};
  const connect_result result = connect(server.port(), *trust());
  EXPECT_FALSE(result.opened);
  EXPECT_EQ(result.stage, connect_stage::tls);
  EXPECT_NE(result.message.find("no TLS version in common"), std::string::npos) << result.message;
}

TEST_F(tls_connector, a_server_without_tls_is_told) {
  scripted_server server{[](scripted_connection& client, int) {
    client.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    client.wait_for_close();
  }};
  const connect_result result = connect(server.port(), *trust());
  EXPECT_EQ(result.stage, connect_stage::tls);
  EXPECT_NE(result.message.find("does not speak TLS"), std::string::npos) << result.message;
}

TEST_F(tls_connector, a_close_in_the_handshake_is_told) {
  scripted_server server{[](scripted_connection& client, int) { EXPECT_TRUE(client.wait_for_bytes()); }};
  const connect_result result = connect(server.port(), *trust());
  EXPECT_EQ(result.stage, connect_stage::tls);
  EXPECT_FALSE(result.opened);
}

TEST_F(tls_connector, a_handshake_that_is_not_answered_ends_at_the_limit_and_leaves_time_for_the_next_address) {
  scripted_server silent{[](scripted_connection& client, int) { client.wait_for_close(); }};
  scripted_server good{keep_still, server_tls()};
  const auto tls = trust();
  worker_.settings.timeout = 50ms;
  const connect_result alone = connect(silent.port(), *tls);
  EXPECT_EQ(alone.failure, asio::error::timed_out);
  EXPECT_EQ(alone.stage, connect_stage::tls);
  EXPECT_EQ(alone.message, "the TLS handshake took too long");
  worker_.settings.timeout = 2s;
  const connect_result both = worker_.try_connect({loopback(silent.port()), loopback(good.port())}, tls.get());
  ASSERT_TRUE(both.opened);
  EXPECT_EQ(both.address, loopback(good.port()));
  worker_.loop.retire(both.opened);
}

} // namespace
} // namespace loadgen::net::test
