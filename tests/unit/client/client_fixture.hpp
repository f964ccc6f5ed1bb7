#pragma once

#include "client/exchange.hpp"
#include "support/scripted_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>

#include <string>

namespace loadgen::client::test {

/// One exchange with a server on loopback, without an engine.
class client_fixture {
public:
  explicit client_fixture(std::uint16_t port, exchange_limits limits = {}, const header_list& headers = {},
                          std::shared_ptr<const net::tls_client_context> tls = nullptr)
      : addresses_(net::resolve("127.0.0.1", port).value()),
        form_(request_template::make("/v1/chat/completions", "127.0.0.1", headers).value()),
        tls_(std::move(tls)),
        idle_(loop),
        connector_(context.get_executor(), loop, {}),
        one(connector_, limits, endpoint_kind::chat, meter),
        timer_(context),
        watched_(limits.timeout > duration::zero() || limits.stall_timeout > duration::zero()) {}

  /// Runs one request to its end.
  metrics::request_record run(std::string body = "{}") {
    metrics::request_record record;
    record.asked_output = 8;
    record.released = clock::now();
    const route to{addresses_, form_, idle_, tls_.get()};
    auto ended = boost::asio::co_spawn(context, one.run(to, body, record), boost::asio::use_future);
    if (watched_) watch();
    context.restart();
    while (ended.wait_for(std::chrono::seconds{0}) != std::future_status::ready) context.run_one();
    timer_.cancel();
    context.run();
    ended.get();
    return record;
  }

  boost::asio::io_context context{1};
  net::receive_loop loop;
  stream_meter meter;

private:
  void watch() {
    timer_.expires_after(std::chrono::milliseconds{2});
    timer_.async_wait([this](boost::system::error_code cancelled) {
      if (cancelled) return;
      one.enforce_limits(clock::now());
      watch();
    });
  }

  net::address_list addresses_;
  request_template form_;
  std::shared_ptr<const net::tls_client_context> tls_; // null: plain
  connection_pool idle_;
  net::connector connector_;

public:
  exchange one;

private:
  boost::asio::steady_timer timer_;
  bool watched_;
};

} // namespace loadgen::client::test
