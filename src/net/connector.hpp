#pragma once

#include "net/connection.hpp"
#include "net/resolver.hpp"
#include "net/tls_context.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>

namespace loadgen::net {

class receive_loop;

/// How far a connect got.
enum class connect_stage : std::uint8_t {
  tcp,
  tls,         ///< the address accepted, and the handshake failed
  certificate, ///< the same, since the server's certificate is not trusted
};

/// How an attempt to connect ended.
struct connect_result {
  std::shared_ptr<connection> opened; ///< null where none was
  boost::system::error_code failure;  ///< of the last address tried; asio::error::timed_out when the limit was reached
  connect_stage stage = connect_stage::tcp; ///< where it failed
  std::string message;                      ///< the failure in words
  boost::asio::ip::tcp::endpoint address;   ///< the last one tried: where it is open, the one that accepted
  duration connect_time{};                  ///< of the TCP connect that succeeded
  duration tls_time{};                      ///< of the TLS handshake after it; zero on a plain connection
  bool resumed = false;                     ///< the handshake went on from an earlier session
};

/// Opens connections from a worker's coroutines: TCP_NODELAY, TLS where wanted, kernel stamps, received by the worker's
/// loop.
///
/// Thread-safety: the worker's thread only. Lifetime: longer than every connect under way.
class connector {
public:
  struct settings {
    duration timeout = std::chrono::seconds{5}; ///< of one connect, handshake included, over all its addresses, each of
                                                ///< which has an equal share of what is left; zero: no limit
    bool kernel_stamps = true;
  };

  connector(boost::asio::any_io_executor executor, receive_loop& loop, settings chosen);

  /// Tries the addresses in order until one accepts; a handshake that fails ends it, too. `tls`, null for a plain
  /// connection, and `addresses` must live until completion. Cancellation: abort_all().
  [[nodiscard]] boost::asio::awaitable<connect_result> connect(const address_list& addresses,
                                                               const tls_client_context* tls = nullptr);

  /// Ends all connects under way with asio::error::operation_aborted.
  void abort_all();

private:
  struct attempt;

  [[nodiscard]] boost::asio::awaitable<void> try_address(attempt& trying, const tls_client_context* tls);
  [[nodiscard]] boost::asio::awaitable<void> shake_hands(attempt& trying);
  void hand_over(attempt& trying);

  boost::asio::any_io_executor executor_;
  receive_loop& loop_;
  settings settings_;
  std::unordered_set<std::shared_ptr<attempt>> under_way_;
};

} // namespace loadgen::net
