#pragma once

#include "serve/answer.hpp"
#include "serve/connection.hpp"
#include "serve/request_reader.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::serve {

/// Names a session, and never a later one that has the same descriptor.
struct session_key {
  std::uint32_t fd = 0;
  std::uint32_t serial = 0; ///< from 1

  /// As one number, for epoll.
  [[nodiscard]] std::uint64_t packed() const noexcept { return std::uint64_t{serial} << 32U | fd; }

  [[nodiscard]] static session_key unpack(std::uint64_t packed) noexcept {
    return {.fd = static_cast<std::uint32_t>(packed), .serial = static_cast<std::uint32_t>(packed >> 32U)};
  }
};

/// Bytes that came while their connection was busy with an earlier request.
struct pending_bytes {
  std::string bytes;
  instant arrival;
  bool kernel_stamp = false;
};

/// One client's connection and what is going on on it.
struct session {
  session(connection client, session_key name) noexcept : key(name), link(std::move(client)) {}

  /// Whether the next request has to wait: one is in service, or its response is not out yet.
  [[nodiscard]] bool busy() const noexcept { return current.has_value() || link.blocked(); }

  session_key key;
  connection link;
  request_reader reader;
  std::deque<pending_bytes> pending;
  std::size_t pending_size = 0;
  std::optional<answer> current;
  instant free_since;           ///< when the last response was complete
  bool close_when_sent = false; ///< the last response is on its way
  bool ended = false;           ///< our side is closed, and the client has a moment to close its own
  bool gone = false;            ///< to be destroyed after this round of events
};

/// The sessions by descriptor.
class session_table {
public:
  session& add(connection client) {
    const auto fd = static_cast<std::uint32_t>(client.fd());
    if (fd >= by_fd_.size()) by_fd_.resize(fd + std::size_t{1});
    by_fd_[fd] = std::make_unique<session>(std::move(client), session_key{.fd = fd, .serial = ++last_serial_});
    return *by_fd_[fd];
  }

  /// The session of that name, unless it is gone.
  [[nodiscard]] session* find(session_key key) const noexcept {
    session* found = key.fd < by_fd_.size() ? by_fd_[key.fd].get() : nullptr;
    return found != nullptr && found->key.serial == key.serial && !found->gone ? found : nullptr;
  }

  /// Marks a session for sweep(): references to it stay valid until then.
  void remove(session& leaving) {
    leaving.gone = true;
    gone_.push_back(leaving.key.fd);
  }

  /// Destroys the removed sessions and closes their sockets. Returns how many.
  std::size_t sweep() noexcept {
    const std::size_t count = gone_.size();
    for (const std::uint32_t fd : gone_) by_fd_[fd].reset();
    gone_.clear();
    return count;
  }

  /// Calls `visit` with each session that is not gone.
  template<class Visitor>
  void for_each(Visitor visit) {
    for (const auto& entry : by_fd_)
      if (entry && !entry->gone) visit(*entry);
  }

private:
  std::vector<std::unique_ptr<session>> by_fd_;
  std::vector<std::uint32_t> gone_;
  std::uint32_t last_serial_ = 0;
};

} // namespace loadgen::serve
