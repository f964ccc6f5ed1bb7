#pragma once

#include <loadgen/base/time.hpp>

#include <cstdint>
#include <optional>

namespace loadgen::net {

/// What TCP knows of one connection since it was opened (TCP_INFO).
struct tcp_figures {
  std::optional<duration> min_rtt; ///< smallest round-trip time; unset before one was measured
  std::uint32_t retransmits = 0;   ///< segments sent again
};

/// Nothing where the system does not tell.
[[nodiscard]] std::optional<tcp_figures> read_tcp_figures(int socket) noexcept;

} // namespace loadgen::net
