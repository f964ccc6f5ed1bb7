#pragma once

#include "net/read_buffers.hpp"
#include "net/tls_session.hpp"
#include "serve/unique_fd.hpp"

#include <loadgen/base/time.hpp>

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace loadgen::serve {

/// What one read brought, and when.
struct received_bytes {
  std::string_view bytes;
  instant arrival; ///< of the last byte, by the kernel's stamp; of the read, where there is none. With TLS, of the
                   ///< ciphertext
  bool kernel_stamp = false;
  bool emptied = false; ///< the read did not fill its buffer: nothing more is there until it is reported anew
};

/// The bytes of one client's connection: reads with their stamps, and writes that do not wait. With TLS its handshake
/// takes place on the way, whenever there is something to read.
class connection {
public:
  /// `tls` is null for a plain connection.
  explicit connection(unique_fd socket, std::unique_ptr<net::tls_session> tls = nullptr) noexcept
      : socket_(std::move(socket)),
        tls_(std::move(tls)) {}

  [[nodiscard]] int fd() const noexcept { return socket_.get(); }

  /// False once the peer has ended its side or the connection broke.
  [[nodiscard]] bool open() const noexcept { return open_; }

  /// What is there to read, up to what fits into `scratch`, where it stays until the next call; nothing where there is
  /// nothing yet, or no more: see open().
  [[nodiscard]] std::optional<received_bytes> receive(net::read_buffers& scratch);

  /// Whether the socket takes no bytes now: flush() is to be called when it is reported writable.
  [[nodiscard]] bool blocked() const noexcept { return blocked_; }

  /// Sends `bytes` if the socket takes at least the first of them; what it does not take is kept, and goes out before
  /// anything else. False, and nothing was sent, where it takes none: then the same bytes must be the next ones. Not to
  /// be called while blocked.
  [[nodiscard]] bool try_send(std::string_view bytes);

  /// Sends `bytes` after all that is kept; never refuses.
  void send(std::string_view bytes);

  /// Sends what is kept.
  void flush();

  /// Tells the peer that no more bytes will follow.
  void end_writing();

private:
  /// How many of `bytes` the socket took: the only place where bytes leave.
  [[nodiscard]] std::size_t write_some(std::string_view bytes) noexcept;
  [[nodiscard]] std::string_view decrypt(std::string_view ciphertext, std::span<char> plaintext);
  /// Sends what TLS has sealed, as far as the socket takes it. False where it takes none of it.
  bool write_sealed();

  unique_fd socket_;
  std::unique_ptr<net::tls_session> tls_;
  bool open_ = true;
  bool blocked_ = false;
  bool refused_ = false;         // TLS: what try_send() was given last is sealed, and waits to be given again
  std::string unsent_;           // empty unless blocked; with TLS what is unsent is the session's output
  std::size_t unsent_begin_ = 0; // what is before it has gone out
};

} // namespace loadgen::serve
