#include "support/scripted_server.hpp"

#include <loadgen/engine/streamer.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

namespace loadgen::engine {
namespace {

using namespace std::chrono_literals;
using namespace loadgen::test;
using metrics::outcome;

client_settings settings_for(std::uint16_t port) {
  client_settings settings;
  settings.targets = {parse_target("http://127.0.0.1:" + std::to_string(port)).value()};
  return settings;
}

/// One request, its record and what was called back.
struct call {
  metrics::request_record record;
  std::vector<content_event> events;
  bool ended = false;
  bool called_after_end = false;
};

boost::asio::awaitable<void> carry_out(streamer& server, std::string body, call& into) {
  streamer::content_callback keep = [&into](const content_event& event) {
    into.called_after_end = into.called_after_end || into.ended;
    into.events.push_back(event);
  };
  into.record = co_await server.stream(std::move(body), std::move(keep));
  into.ended = true;
}

std::string event_with(const std::string& delta) {
  return chunk(R"(data: {"choices":[{"index":0,"delta":)" + delta + "}]}\n\n");
}

TEST(streamer, each_piece_is_called_back_in_order_with_the_stamp_of_the_record) {
  scripted_server server{[](scripted_connection& client, int) {
    while (client.read_request()) {
      client.send(stream_head() + event_with(R"({"role":"assistant","content":""})"));
      client.send(event_with(R"({"reasoning_content":"hm"})"));
      client.pause(2ms);
      client.send(event_with(R"({"content":"Hé\n"})"));
      client.pause(2ms);
      client.send(event_with(R"({"content":"llo"})") + stream_tail());
    }
  }};
  boost::asio::io_context context{1};
  auto with = streamer::create(context.get_executor(), settings_for(server.port()), endpoint_kind::chat).value();
  call one;
  boost::asio::co_spawn(context, carry_out(with, R"({"stream":true})", one), boost::asio::detached);
  context.run();
  EXPECT_EQ(one.record.end, outcome::completed) << one.record.message;
  EXPECT_FALSE(one.called_after_end);
  ASSERT_EQ(one.events.size(), 3U);
  ASSERT_EQ(one.record.chunks.size(), 3U);
  EXPECT_EQ(one.events[0].reasoning, "hm");
  EXPECT_EQ(one.events[0].text, "");
  EXPECT_EQ(one.events[1].text, "Hé\n");
  EXPECT_EQ(one.events[2].text, "llo");
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(one.events[i].arrival, one.record.chunks[i].arrival);
}

TEST(streamer, several_requests_run_at_once_and_a_failure_is_an_outcome) {
  scripted_server server{[](scripted_connection& client, int) {
    while (client.read_request()) {
      client.pause(10ms);
      if (client.body() == "bad") return client.send("HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\noops");
      client.send(stream_head() + token_chunk("a") + stream_tail());
    }
  }};
  boost::asio::io_context context{1};
  auto with = streamer::create(context.get_executor(), settings_for(server.port()), endpoint_kind::chat).value();
  std::vector<call> calls(4);
  for (std::size_t i = 0; i < calls.size(); ++i)
    boost::asio::co_spawn(context, carry_out(with, i == 2 ? "bad" : "{}", calls[i]), boost::asio::detached);
  context.run();
  for (std::size_t i = 0; i < calls.size(); ++i)
    EXPECT_EQ(calls[i].record.end, i == 2 ? outcome::failed : outcome::completed) << i;
  EXPECT_EQ(calls[2].record.http_status, 500);
}

TEST(streamer, limits_are_kept) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.wait_for_close();
  }};
  boost::asio::io_context context{1};
  client_settings settings = settings_for(server.port());
  settings.stall_timeout = 30ms;
  auto with = streamer::create(context.get_executor(), settings, endpoint_kind::chat).value();
  call one;
  boost::asio::co_spawn(context, carry_out(with, "{}", one), boost::asio::detached);
  context.run();
  EXPECT_EQ(one.record.why, metrics::cause::stall_timeout);
}

TEST(streamer, cancelled_requests_end_and_it_may_go_before_they_have) {
  scripted_server server{[](scripted_connection& client, int) {
    client.read_request();
    client.wait_for_close();
  }};
  boost::asio::io_context context{1};
  std::optional<streamer> with =
      streamer::create(context.get_executor(), settings_for(server.port()), endpoint_kind::chat).value();
  call one;
  boost::asio::co_spawn(context, carry_out(*with, "{}", one), boost::asio::detached);
  boost::asio::steady_timer soon{context, 30ms};
  soon.async_wait([&with](boost::system::error_code) {
    with->cancel_all();
    with.reset();
  });
  context.run();
  EXPECT_EQ(one.record.end, outcome::cancelled);
}

TEST(streamer, needs_a_target) {
  boost::asio::io_context context{1};
  EXPECT_EQ(streamer::create(context.get_executor(), {}, endpoint_kind::chat).error().code, errc::invalid_input);
}

} // namespace
} // namespace loadgen::engine
