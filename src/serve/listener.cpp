#include "serve/listener.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string_view>
#include <sys/resource.h>
#include <sys/socket.h>

namespace loadgen::serve {

namespace {

struct free_addresses {
  void operator()(addrinfo* addresses) const noexcept { ::freeaddrinfo(addresses); }
};

bool enable(int fd, int level, int option) noexcept {
  const int on = 1;
  return ::setsockopt(fd, level, option, &on, sizeof on) == 0;
}

/// Has tokens leave when they are written: BBR, the default of some systems, would hold them back to its own pace.
void prefer_unpaced_sending(int fd) noexcept {
  constexpr std::string_view algorithm = "reno"; // the one every kernel has
  ::setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, algorithm.data(), static_cast<socklen_t>(algorithm.size()));
}

std::uint16_t bound_port(int fd) noexcept {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

} // namespace

result<listener> listener::open(const std::string& bind, std::uint16_t port) {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  wanted.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (::getaddrinfo(bind.c_str(), std::to_string(port).c_str(), &wanted, &found) != 0)
    return invalid_input(fmt::format("bind is '{}'; expected an IPv4 or IPv6 address", bind));
  const std::unique_ptr<addrinfo, free_addresses> address{found};

  unique_fd socket{::socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  // Stamps are asked for on the listener too, so that the kernel takes them from a connection's first segment on.
  if (!socket || !enable(socket.get(), SOL_SOCKET, SO_REUSEADDR) || !enable(socket.get(), SOL_SOCKET, SO_TIMESTAMPNS) ||
      ::bind(socket.get(), address->ai_addr, address->ai_addrlen) != 0 || ::listen(socket.get(), SOMAXCONN) != 0)
    return error{errc::resource_limit,
                 fmt::format("cannot listen on {} port {}: {}", bind, port, std::strerror(errno))};
  prefer_unpaced_sending(socket.get()); // inherited by its connections
  const std::uint16_t actual_port = bound_port(socket.get());
  return listener{std::move(socket), actual_port};
}

listener::accept_end listener::accept(unique_fd& socket) const noexcept {
  for (;;) {
    unique_fd accepted{::accept4(fd(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)};
    if (accepted) {
      enable(accepted.get(), IPPROTO_TCP, TCP_NODELAY);
      enable(accepted.get(), SOL_SOCKET, SO_TIMESTAMPNS);
      socket = std::move(accepted);
      return accept_end::accepted;
    }
    if (errno == EAGAIN || errno == EWOULDBLOCK) return accept_end::none_waiting;
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) return accept_end::no_descriptors;
    // Anything else is the end of that one connection, which went away while it waited.
  }
}

void raise_descriptor_limit() noexcept {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

} // namespace loadgen::serve
