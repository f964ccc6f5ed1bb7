#include "net_fixture.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/deferred.hpp>
#include <boost/asio/detached.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace loadgen::net::test {
namespace {

using namespace std::chrono_literals;
namespace asio = boost::asio;
using loadgen::test::scripted_connection;
using loadgen::test::scripted_server;

// Takes its time over every read, as a client does that cannot keep up.
class slow_sink final : public stream_sink {
public:
  appetite on_bytes(std::string_view bytes, const arrival& when) override {
    std::this_thread::sleep_for(30ms);
    behind.push_back(when.behind);
    return bytes.ends_with('.') ? appetite::satisfied : appetite::more;
  }

  std::vector<bool> behind;
};

asio::awaitable<void> exchange_and_forget(connection& link, std::string_view request, stream_sink& sink) {
  co_await link.async_exchange(request, sink, asio::deferred);
}

TEST(receive_loop, a_read_after_no_sleep_is_marked_and_the_stretch_is_counted) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.pause(50ms); // the loop has long gone to sleep
    for (int i = 0; i < 9; ++i) {
      client.send("x");
      client.pause(10ms);
    }
    client.send(".");
    client.wait_for_close();
  }};
  net_fixture worker;
  bool slept_before_the_first = false;
  for (int attempt = 0; attempt < 5 && !slept_before_the_first; ++attempt) { // on a busy machine it may be put aside
    const auto link = worker.connect(server.port());
    slow_sink sink;
    worker.loop.reset_measure();
    worker.run(exchange_and_forget(*link, "GET / HTTP/1.1\r\n\r\n", sink));
    slept_before_the_first = !sink.behind.front();
    EXPECT_GE(std::count(sink.behind.begin(), sink.behind.end(), true), 1);
    EXPECT_GE(worker.loop.measure().busy, 30ms);
    worker.loop.retire(link);
  }
  EXPECT_TRUE(slept_before_the_first);
}

TEST(receive_loop, an_idle_loop_is_never_busy) {
  receive_loop loop;
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(loop.measure().busy, 0ns);
}

TEST(receive_loop, connections_retired_in_the_midst_of_their_news_are_forgotten_safely) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    for (int i = 0; i < 200; ++i) client.send("xxxxxxxx");
    client.wait_for_close();
  }};
  net_fixture worker;
  for (int round = 0; round < 40; ++round) {
    const auto link = worker.connect(server.port());
    ASSERT_TRUE(link);
    collecting_sink sink{"."};
    asio::co_spawn(worker.context, exchange_and_forget(*link, "GET / HTTP/1.1\r\n\r\n", sink), asio::detached);
    worker.context.restart();
    worker.context.poll();
    worker.loop.retire(link); // while bytes arrive
    worker.context.run();
    EXPECT_FALSE(link->usable());
  }
}

} // namespace
} // namespace loadgen::net::test
