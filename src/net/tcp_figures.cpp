#include "net/tcp_figures.hpp"

#include <cstddef>
#include <limits>
#include <linux/tcp.h> // glibc's own tcp_info ends before tcpi_min_rtt
#include <netinet/in.h>
#include <sys/socket.h>

namespace loadgen::net {

std::optional<tcp_figures> read_tcp_figures(int socket) noexcept {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (size < offsetof(tcp_info, tcpi_min_rtt) + sizeof info.tcpi_min_rtt) return std::nullopt;
  tcp_figures figures;
  const bool measured = info.tcpi_min_rtt != std::numeric_limits<decltype(info.tcpi_min_rtt)>::max();
  if (measured) figures.min_rtt = std::chrono::microseconds{info.tcpi_min_rtt};
  figures.retransmits = info.tcpi_total_retrans;
  return figures;
}

} // namespace loadgen::net
