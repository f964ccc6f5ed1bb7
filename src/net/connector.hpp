#pragma once

#include "net/connection.hpp"
#include "net/resolver.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <unordered_set>

namespace loadgen::net {

class receive_loop;

/// How an attempt to connect ended.
struct connect_result {
  std::shared_ptr<connection> opened; ///< null where none was
  boost::system::error_code failure;  ///< of the last address tried; asio::error::timed_out when the limit was reached
  duration connect_time{};            ///< of the TCP connect that succeeded
};

/// Opens connections from a worker's coroutines: TCP_NODELAY, kernel stamps, received by the worker's loop.
///
/// Thread-safety: the worker's thread only. Lifetime: longer than every connect under way.
class connector {
public:
  struct settings {
    duration timeout = std::chrono::seconds{5}; ///< of one connect over all its addresses; zero: no limit
    bool kernel_stamps = true;
  };

  connector(boost::asio::any_io_executor executor, receive_loop& loop, settings chosen);

  /// Tries the addresses in order until one accepts. Cancellation: abort_all().
  [[nodiscard]] boost::asio::awaitable<connect_result> connect(const address_list& addresses);

  /// Ends all connects under way with asio::error::operation_aborted.
  void abort_all();

private:
  struct attempt;

  boost::asio::any_io_executor executor_;
  receive_loop& loop_;
  settings settings_;
  std::unordered_set<std::shared_ptr<attempt>> under_way_;
};

} // namespace loadgen::net
