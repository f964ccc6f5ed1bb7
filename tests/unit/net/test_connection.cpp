#include "net_fixture.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>
#include <gtest/gtest.h>

namespace loadgen::net::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using loadgen::test::scripted_connection;
using loadgen::test::scripted_server;

asio::awaitable<exchange_result> exchange(connection& link, std::string_view request, stream_sink& sink) {
  co_return co_await link.async_exchange(request, sink, asio::deferred);
}

constexpr std::string_view request = "GET / HTTP/1.1\r\n\r\n";

TEST(connection, delivers_what_comes_until_the_sink_is_satisfied) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send("one ");
    client.pause(20ms);
    client.send("two.");
    client.wait_for_close();
  }};
  net_fixture worker;
  const auto link = worker.connect(server.port());
  ASSERT_TRUE(link);
  collecting_sink sink{"."};
  const instant before = clock::now();
  const exchange_result result = worker.run(exchange(*link, request, sink));
  EXPECT_EQ(result.end, exchange_end::satisfied);
  EXPECT_EQ(sink.text, "one two.");
  EXPECT_EQ(result.bytes_sent, request.size());
  EXPECT_GE(result.sent, before);
  ASSERT_EQ(sink.arrivals.size(), 2U);
  EXPECT_GE(sink.arrivals[1].at - sink.arrivals[0].at, 19ms);
  EXPECT_TRUE(sink.arrivals[1].kernel_stamped);
  EXPECT_TRUE(link->usable());
  worker.loop.retire(link);
}

TEST(connection, carries_one_exchange_after_another) {
  scripted_server server{[](scripted_connection& client, int) {
    while (client.read_request()) client.send("ok.");
  }};
  net_fixture worker;
  const auto link = worker.connect(server.port());
  for (int i = 0; i < 50; ++i) {
    collecting_sink sink{"."};
    ASSERT_EQ(worker.run(exchange(*link, request, sink)).end, exchange_end::satisfied);
    EXPECT_EQ(sink.text, "ok.");
  }
  EXPECT_EQ(server.connections(), 1);
  worker.loop.retire(link);
}

TEST(connection, an_orderly_close_and_a_reset_are_told_apart) {
  scripted_server server{[](scripted_connection& client, int number) {
    client.read_request();
    client.send("half");
    client.pause(10ms);
    if (number == 1) client.reset();
  }};
  net_fixture worker;
  for (const exchange_end expected : {exchange_end::closed, exchange_end::broken}) {
    const auto link = worker.connect(server.port());
    collecting_sink sink{"."};
    const exchange_result result = worker.run(exchange(*link, request, sink));
    EXPECT_EQ(result.end, expected);
    EXPECT_EQ(result.failure.failed(), expected == exchange_end::broken);
    EXPECT_EQ(sink.text, "half");
    EXPECT_FALSE(link->usable());
    worker.loop.retire(link);
  }
}

TEST(connection, closed_while_idle_is_stale_and_sends_nothing) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send("ok.");
  }};
  net_fixture worker;
  const auto link = worker.connect(server.port());
  collecting_sink first{"."};
  ASSERT_EQ(worker.run(exchange(*link, request, first)).end, exchange_end::satisfied);
  while (link->usable()) std::this_thread::sleep_for(1ms);
  collecting_sink second{"."};
  const exchange_result result = worker.run(exchange(*link, request, second));
  EXPECT_EQ(result.end, exchange_end::stale);
  EXPECT_EQ(result.bytes_sent, 0U);
  worker.loop.retire(link);
}

TEST(connection, bytes_out_of_turn_make_it_unusable) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send("ok.");
    client.pause(20ms);
    client.send("and another thing");
    client.wait_for_close();
  }};
  net_fixture worker;
  const auto link = worker.connect(server.port());
  collecting_sink sink{"."};
  ASSERT_EQ(worker.run(exchange(*link, request, sink)).end, exchange_end::satisfied);
  const instant limit = clock::now() + 10s;
  while (link->usable() && clock::now() < limit) std::this_thread::sleep_for(1ms);
  EXPECT_FALSE(link->usable());
  worker.loop.retire(link);
}

TEST(connection, a_request_larger_than_the_socket_buffer_goes_out_whole) {
  std::string body(32U << 20U, 'x');
  std::string arrived;
  scripted_server server{[&](scripted_connection& client, int) {
    client.pause(50ms); // until the socket is full
    client.read_request();
    arrived = client.body();
    client.send("ok.");
    client.wait_for_close();
  }};
  net_fixture worker;
  const auto link = worker.connect(server.port());
  const std::string large = "POST / HTTP/1.1\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  collecting_sink sink{"."};
  const exchange_result result = worker.run(exchange(*link, large, sink));
  EXPECT_EQ(result.end, exchange_end::satisfied);
  EXPECT_EQ(result.bytes_sent, large.size());
  EXPECT_TRUE(arrived == body);
  worker.loop.retire(link);
}

TEST(connection, an_answer_before_the_request_is_out_cannot_be_followed_by_another) {
  scripted_server server{[](scripted_connection& client, int) {
    client.send("413.");
    client.wait_for_close();
  }};
  net_fixture worker;
  const auto link = worker.connect(server.port());
  std::this_thread::sleep_for(20ms);
  const std::string large(64U << 20U, 'x');
  collecting_sink sink{"."};
  // The answer is there before the first byte is written: out of turn, so that nothing is sent at all.
  EXPECT_EQ(worker.run(exchange(*link, large, sink)).end, exchange_end::stale);
  worker.loop.retire(link);
}

TEST(connection, cancel_ends_an_exchange_that_waits) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.wait_for_close();
  }};
  net_fixture worker;
  const auto link = worker.connect(server.port());
  collecting_sink sink{"."};
  worker.after_start([&] { link->cancel(); });
  const exchange_result result = worker.run(exchange(*link, request, sink));
  EXPECT_EQ(result.end, exchange_end::cancelled);
  EXPECT_FALSE(link->usable());
  worker.loop.retire(link);
}

TEST(connection, without_kernel_stamps_the_time_of_the_read_is_given_and_marked) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.send("ok.");
    client.wait_for_close();
  }};
  net_fixture worker;
  worker.settings.kernel_stamps = false;
  const auto link = worker.connect(server.port());
  collecting_sink sink{"."};
  const exchange_result result = worker.run(exchange(*link, request, sink));
  ASSERT_EQ(sink.arrivals.size(), 1U);
  EXPECT_FALSE(sink.arrivals[0].kernel_stamped);
  EXPECT_GE(sink.arrivals[0].at, result.sent);
  EXPECT_LE(sink.arrivals[0].at, result.ended);
  worker.loop.retire(link);
}

} // namespace
} // namespace loadgen::net::test
