#pragma once

#include "serve/unique_fd.hpp"

#include <loadgen/base/time.hpp>

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace loadgen::serve {

/// What one read brought, and when.
struct received_bytes {
  std::string_view bytes;
  instant arrival; ///< of the last byte, by the kernel's stamp; of the read, where there is none
  bool kernel_stamp = false;
};

/// The bytes of one client's connection: reads with their stamps, and writes that do not wait.
class connection {
public:
  explicit connection(unique_fd socket) noexcept : socket_(std::move(socket)) {}

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

  /// False once the peer has ended its side or the connection broke.
  [[nodiscard]] bool open() const noexcept { return open_; }

  /// What is there to read, up to the size of `buffer`; nothing where there is nothing yet, or no more: see open().
  [[nodiscard]] std::optional<received_bytes> receive(std::span<char> buffer) noexcept;

  /// Whether the socket takes no bytes now: flush() is to be called when it is reported writable.
  [[nodiscard]] bool blocked() const noexcept { return blocked_; }

  /// Sends `bytes` if the socket takes at least the first of them; what it does not take is kept, and goes out before
  /// anything else. False, and nothing was sent or kept, where it takes none. Not to be called while blocked.
  [[nodiscard]] bool try_send(std::string_view bytes);

  /// Sends `bytes` after all that is kept; never refuses.
  void send(std::string_view bytes);

  /// Sends what is kept.
  void flush();

  /// Tells the peer that no more bytes will follow.
  void end_writing() noexcept;

private:
  /// How many of `bytes` the socket took: the only place where bytes leave.
  [[nodiscard]] std::size_t write_some(std::string_view bytes) noexcept;

  unique_fd socket_;
  bool open_ = true;
  bool blocked_ = false;
  std::string unsent_;           // empty unless blocked
  std::size_t unsent_begin_ = 0; // what is before it has gone out
};

} // namespace loadgen::serve
