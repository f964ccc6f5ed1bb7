#include "net/tcp_figures.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <gtest/gtest.h>

#include <array>
#include <sys/socket.h>
#include <unistd.h>

namespace loadgen::net {
namespace {

namespace asio = boost::asio;

TEST(tcp_figures, a_loopback_connection_has_a_round_trip_time_and_has_lost_nothing) {
  asio::io_context context;
  asio::ip::tcp::acceptor listening{context, {asio::ip::address_v4::loopback(), 0}};
  asio::ip::tcp::socket client{context}, server{context};
  client.connect(listening.local_endpoint());
  listening.accept(server);
  std::array<char, 1> byte{'x'};
  asio::write(client, asio::buffer(byte));
  asio::read(server, asio::buffer(byte));
  asio::write(server, asio::buffer(byte));
  asio::read(client, asio::buffer(byte));
  const auto figures = read_tcp_figures(client.native_handle());
  ASSERT_TRUE(figures.has_value());
  ASSERT_TRUE(figures->min_rtt.has_value());
  EXPECT_GT(*figures->min_rtt, duration::zero());
  EXPECT_LT(*figures->min_rtt, std::chrono::seconds{1});
  EXPECT_EQ(figures->retransmits, 0U);
}

TEST(tcp_figures, what_is_no_tcp_socket_has_none) {
  int ends[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  EXPECT_FALSE(read_tcp_figures(ends[0]).has_value());
  EXPECT_FALSE(read_tcp_figures(-1).has_value());
  close(ends[0]);
  close(ends[1]);
}

} // namespace
} // namespace loadgen::net
