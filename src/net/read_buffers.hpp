#pragma once

#include "net/tls_session.hpp"

#include <array>

namespace loadgen::net {

/// Scratch space of a thread that reads sockets: what one read brings, and what of it is plaintext when it is TLS.
struct read_buffers {
  static constexpr std::size_t read_size = 64 * 1024;

  std::array<char, read_size> wire;
  std::array<char, read_size + tls_record_size> plain;
};

} // namespace loadgen::net
