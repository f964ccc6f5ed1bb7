#pragma once

#include "net/connector.hpp"
#include "net/receive_loop.hpp"
#include "net/resolver.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <string>
#include <utility>

namespace loadgen::net::test {

/// A worker without an engine: an io_context, a receive loop and a connector.
struct net_fixture {
  boost::asio::io_context context{1};
  receive_loop loop;
  connector::settings settings;

  /// Runs one coroutine to its end.
  template<class T>
  T run(boost::asio::awaitable<T> task) {
    auto ended = boost::asio::co_spawn(context, std::move(task), boost::asio::use_future);
    context.restart();
    context.run();
    return ended.get();
  }

  /// Runs `step` when the coroutine that is run next has come to its first wait.
  template<class Step>
  void after_start(Step step) {
    boost::asio::post(context, [this, step] { boost::asio::post(context, step); });
  }

  std::shared_ptr<connection> connect(std::uint16_t port, const tls_client_context* tls = nullptr) {
    const address_list addresses = resolve("127.0.0.1", port).value();
    return try_connect(addresses, tls).opened;
  }

  connect_result try_connect(const address_list& addresses, const tls_client_context* tls = nullptr) {
    connector opener{context.get_executor(), loop, settings};
    return run(opener.connect(addresses, tls));
  }
};

/// Collects what arrives until it ends with `last`.
class collecting_sink final : public stream_sink {
public:
  explicit collecting_sink(std::string last) : last_(std::move(last)) {}

  appetite on_bytes(std::string_view bytes, const arrival& when) override {
    text += bytes;
    arrivals.push_back(when);
    return text.ends_with(last_) ? appetite::satisfied : appetite::more;
  }

  std::string text;
  std::vector<arrival> arrivals;

private:
  std::string last_;
};

} // namespace loadgen::net::test
