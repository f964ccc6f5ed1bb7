#pragma once

#include "http/message_head.hpp"
#include "net/connection.hpp"
#include "net/receive_loop.hpp"

#include <loadgen/base/time.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace loadgen::client {

/// A connection with what decides whether it may be used again.
struct pooled_connection {
  std::shared_ptr<net::connection> link;
  std::uint32_t served = 0;       ///< requests it has carried
  http::keep_alive_limits limits; ///< the first the server named
  instant idle_since;
};

/// The idle connections of one worker to one server. Hands out the one used last, so that those not needed grow old and
/// are retired: before they are idle for 4 s (uvicorn closes at 5) or reach a limit the server named.
///
/// Thread-safety: none. Lifetime: shorter than the receive loop's.
class connection_pool {
public:
  explicit connection_pool(net::receive_loop& loop) : loop_(loop) {}

  connection_pool(const connection_pool&) = delete;
  connection_pool& operator=(const connection_pool&) = delete;

  ~connection_pool() { clear(); }

  /// An idle connection that may still be used, or one without a link.
  [[nodiscard]] pooled_connection take(instant now);

  /// Keeps `used` for another request, or retires it where it has reached its limits.
  void give_back(pooled_connection used, instant now);

  void retire(const pooled_connection& used) { loop_.retire(used.link); }

  void clear();

private:
  net::receive_loop& loop_;
  std::vector<pooled_connection> idle_; // longest idle first
};

} // namespace loadgen::client
