#pragma once

#include "serve/unique_fd.hpp"

#include <loadgen/base/error.hpp>

#include <cstdint>
#include <string>

namespace loadgen::serve {

/// A listening socket whose connections carry the kernel's receive stamps.
class listener {
public:
  /// `bind` is an IPv4 or IPv6 address; `port` 0 takes a free one. Errors: invalid_input for an address that is none,
  /// resource_limit where it cannot be bound.
  [[nodiscard]] static result<listener> open(const std::string& bind, std::uint16_t port);

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

  enum class accept_end : std::uint8_t { accepted, none_waiting, no_descriptors };

  /// Takes one connection, non-blocking and without delay of small writes, into `socket`.
  [[nodiscard]] accept_end accept(unique_fd& socket) const noexcept;

private:
  listener(unique_fd socket, std::uint16_t port) noexcept : socket_(std::move(socket)), port_(port) {}

  unique_fd socket_;
  std::uint16_t port_;
};

/// Raises the limit of open descriptors to what the system allows this process: each connection takes one.
void raise_descriptor_limit() noexcept;

} // namespace loadgen::serve
