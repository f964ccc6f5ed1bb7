#pragma once

#include "http/message_head.hpp"
#include "net/connection.hpp"
#include "net/receive_loop.hpp"

#include <loadgen/base/time.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace loadgen::client {

/// A connection with what decides whether it may be used again.
struct pooled_connection {
  std::shared_ptr<net::connection> link;
  std::uint32_t served = 0;       ///< requests it has carried
  http::keep_alive_limits limits; ///< the first the server named
  instant idle_since;
  std::uint32_t retransmits_told = 0; ///< those that are in the pool's tcp_totals
};

/// Over all connections and since the last reset.
struct tcp_totals {
  std::optional<duration> min_rtt;
  std::optional<std::uint64_t> retransmits; ///< unset where no connection told
};

/// What has been seen of a server's way with connections that it said it would keep.
enum class keeping : std::uint8_t {
  unknown,
  kept,   ///< one was still open some time after its response
  closed, ///< one was closed right behind its response, as llama.cpp does
};

/// The idle connections of one worker to one server. Hands out the one used last, so that those not needed grow old and
/// are retired: before they are idle for 4 s (uvicorn closes at 5) or reach a limit the server named. Keeps none once
/// the server has been seen to close them all the same: its close would cross the next request on the way, and a
/// request that has been sent is not sent again.
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

  /// How long a connection has to stay open behind its response to be taken for kept. Before the first has, whoever
  /// takes one that was given back later than this ago waits that long.
  static constexpr duration keeping_grace = std::chrono::milliseconds{5};

  [[nodiscard]] keeping seen() const noexcept { return seen_; }

  /// A connection was found open after the grace, or closed within it.
  void note(keeping what) noexcept {
    if (seen_ != keeping::kept) seen_ = what;
  }

  /// Adds what TCP has come to know of `used` to the totals.
  void account(pooled_connection& used);

  [[nodiscard]] const tcp_totals& tcp() const noexcept { return tcp_; }

  void reset_tcp() noexcept { tcp_ = {}; }

  void retire(const pooled_connection& used) { loop_.retire(used.link); }

  void clear();

private:
  net::receive_loop& loop_;
  std::vector<pooled_connection> idle_; // longest idle first
  keeping seen_ = keeping::unknown;
  tcp_totals tcp_;
};

} // namespace loadgen::client
