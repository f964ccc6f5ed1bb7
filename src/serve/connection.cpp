#include "serve/connection.hpp"

#include "net/kernel_stamp.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace loadgen::serve {

using tls_state = net::tls_session::state;

std::optional<received_bytes> connection::receive(net::read_buffers& scratch) {
  for (;;) {
    const net::stamped_read read = net::read_stamped(fd(), scratch.wire);
    if (read.bytes < 0 && errno == EINTR) continue;
    if (read.bytes <= 0) {
      if (read.bytes == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) open_ = false;
      return std::nullopt;
    }
    const net::clock_pair now = net::clock_pair::now();
    const std::string_view wire{scratch.wire.data(), static_cast<std::size_t>(read.bytes)};
    const std::string_view bytes = tls_ ? decrypt(wire, scratch.plain) : wire;
    if (!bytes.empty())
      return received_bytes{.bytes = bytes,
                            .arrival = read.stamp ? net::to_monotonic(*read.stamp, now) : now.mono,
                            .kernel_stamp = read.stamp.has_value(),
                            .emptied = wire.size() < scratch.wire.size()};
    if (!open_) return std::nullopt; // otherwise it was only TLS's own: a part of the handshake, or of a record
  }
}

// What TLS has to answer, its handshake above all, goes out at once, unless something sealed before it has to wait.
std::string_view connection::decrypt(std::string_view ciphertext, std::span<char> plaintext) {
  const std::string_view bytes{plaintext.data(), tls_->receive(ciphertext, plaintext)};
  if (!blocked_ && !refused_) write_sealed();
  const bool over = tls_->current() == tls_state::ended || tls_->current() == tls_state::failed;
  if (over && bytes.empty()) open_ = false;
  return bytes;
}

bool connection::write_sealed() {
  bool taken = false;
  while (!tls_->output().empty() && !blocked_ && open_) {
    const std::size_t size = write_some(tls_->output());
    tls_->consume_output(size);
    taken = taken || size > 0;
  }
  return taken;
}

std::size_t connection::write_some(std::string_view bytes) noexcept {
  ssize_t size = 0;
  do size = ::send(fd(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
  while (size < 0 && errno == EINTR);
  if (size < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK)
      blocked_ = true;
    else
      open_ = false;
    return 0;
  }
  if (static_cast<std::size_t>(size) < bytes.size()) blocked_ = true;
  return static_cast<std::size_t>(size);
}

bool connection::try_send(std::string_view bytes) {
  if (tls_) {
    if (!refused_ && !tls_->seal(bytes)) {
      open_ = false;
      return false;
    }
    refused_ = !write_sealed();
    return !refused_;
  }
  const std::size_t sent = write_some(bytes);
  if (sent > 0 && sent < bytes.size()) unsent_ = bytes.substr(sent);
  return sent > 0;
}

void connection::send(std::string_view bytes) {
  if (tls_) {
    open_ = open_ && tls_->seal(bytes);
    if (!blocked_) write_sealed();
    return;
  }
  if (!blocked_) bytes.remove_prefix(write_some(bytes));
  if (open_) unsent_ += bytes;
}

void connection::flush() {
  blocked_ = false;
  if (tls_) {
    if (!refused_) write_sealed(); // what was refused has its time taken when it is given again
    return;
  }
  while (unsent_begin_ < unsent_.size() && !blocked_ && open_)
    unsent_begin_ += write_some(std::string_view{unsent_}.substr(unsent_begin_));
  if (unsent_begin_ < unsent_.size()) return;
  unsent_.clear();
  unsent_begin_ = 0;
}

void connection::end_writing() {
  if (tls_) {
    tls_->end();
    write_sealed();
  }
  ::shutdown(fd(), SHUT_WR);
}

} // namespace loadgen::serve
