#include "net_fixture.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/error.hpp>
#include <gtest/gtest.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace loadgen::net::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using loadgen::test::scripted_connection;
using loadgen::test::scripted_server;

// A listener whose queue is full answers no further connect: the kernel drops its first packet.
class deaf_listener {
public:
  deaf_listener() : listener_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    bind(listener_, reinterpret_cast<const sockaddr*>(&address), size);
    listen(listener_, 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    for (int& filler : fillers_) {
      filler = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
      static_cast<void>(::connect(filler, reinterpret_cast<const sockaddr*>(&address), size));
    }
  }

  deaf_listener(const deaf_listener&) = delete;
  deaf_listener& operator=(const deaf_listener&) = delete;

  ~deaf_listener() {
    for (const int filler : fillers_) close(filler);
    close(listener_);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

private:
  int listener_;
  int fillers_[4]{};
  std::uint16_t port_ = 0;
};

asio::ip::tcp::endpoint loopback(std::uint16_t port) {
  return {asio::ip::make_address("127.0.0.1"), port};
}

TEST(connector, opens_a_connection_and_times_it) {
  scripted_server server{[](scripted_connection& client, int) { client.wait_for_close(); }};
  net_fixture worker;
  connector opener{worker.context.get_executor(), worker.loop, worker.settings};
  const address_list addresses{loopback(server.port())};
  const connect_result result = worker.run(opener.connect(addresses));
  ASSERT_TRUE(result.opened);
  EXPECT_TRUE(result.opened->usable());
  EXPECT_GT(result.connect_time, 0ns);
  worker.loop.retire(result.opened);
}

TEST(connector, a_refused_connect_says_so) {
  net_fixture worker;
  connector opener{worker.context.get_executor(), worker.loop, worker.settings};
  const address_list addresses{loopback(loadgen::test::unused_port())};
  const connect_result result = worker.run(opener.connect(addresses));
  EXPECT_FALSE(result.opened);
  EXPECT_EQ(result.failure, asio::error::connection_refused);
}

TEST(connector, goes_on_to_the_next_address) {
  scripted_server server{[](scripted_connection& client, int) { client.wait_for_close(); }};
  net_fixture worker;
  connector opener{worker.context.get_executor(), worker.loop, worker.settings};
  const address_list addresses{loopback(loadgen::test::unused_port()), loopback(server.port())};
  const connect_result result = worker.run(opener.connect(addresses));
  ASSERT_TRUE(result.opened);
  worker.loop.retire(result.opened);
}

TEST(connector, an_address_that_is_silent_leaves_time_for_the_next) {
  const deaf_listener listener;
  scripted_server server{[](scripted_connection& client, int) { client.wait_for_close(); }};
  net_fixture worker;
  worker.settings.timeout = 400ms;
  const instant began = clock::now();
  const connect_result result = worker.try_connect({loopback(listener.port()), loopback(server.port())});
  ASSERT_TRUE(result.opened);
  EXPECT_EQ(result.address, loopback(server.port()));
  EXPECT_GE(clock::now() - began, 200ms); // half of the limit each
  EXPECT_LT(result.connect_time, 200ms);
  worker.loop.retire(result.opened);
}

TEST(connector, gives_up_at_its_limit) {
  const deaf_listener listener;
  net_fixture worker;
  worker.settings.timeout = 50ms;
  connector opener{worker.context.get_executor(), worker.loop, worker.settings};
  const address_list addresses{loopback(listener.port())};
  const instant began = clock::now();
  const connect_result result = worker.run(opener.connect(addresses));
  EXPECT_FALSE(result.opened);
  EXPECT_EQ(result.failure, asio::error::timed_out);
  EXPECT_GE(clock::now() - began, 50ms);
}

TEST(connector, abort_ends_what_is_under_way_and_nothing_later) {
  const deaf_listener listener;
  net_fixture worker;
  worker.settings.timeout = 0ms;
  connector opener{worker.context.get_executor(), worker.loop, worker.settings};
  const address_list addresses{loopback(listener.port())};
  worker.after_start([&] { opener.abort_all(); });
  EXPECT_EQ(worker.run(opener.connect(addresses)).failure, asio::error::operation_aborted);
  const address_list dead{loopback(loadgen::test::unused_port())};
  EXPECT_EQ(worker.run(opener.connect(dead)).failure, asio::error::connection_refused);
}

TEST(resolver, an_unknown_name_is_an_error_that_names_it) {
  const auto found = resolve("no-such-host.invalid", 80);
  ASSERT_TRUE(found.has_error());
  EXPECT_EQ(found.error().code, errc::unreachable);
  EXPECT_NE(found.error().message.find("no-such-host.invalid"), std::string::npos);
}

} // namespace
} // namespace loadgen::net::test
