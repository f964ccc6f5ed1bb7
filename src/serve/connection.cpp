#include "serve/connection.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <sys/socket.h>

namespace loadgen::serve {

namespace {

duration to_duration(const timespec& time) noexcept {
  return std::chrono::seconds{time.tv_sec} + std::chrono::nanoseconds{time.tv_nsec};
}

/// The kernel's receive stamp of a read, since 1970.
std::optional<duration> find_stamp(msghdr& message) noexcept {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec stamp{};
    std::memcpy(&stamp, CMSG_DATA(header), sizeof stamp);
    return to_duration(stamp);
  }
  return std::nullopt;
}

/// How long ago the kernel took `stamp`, which a step of the wall clock since may have made meaningless.
duration age(duration stamp) noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return std::max(to_duration(now) - stamp, duration::zero());
}

} // namespace

std::optional<received_bytes> connection::receive(std::span<char> buffer) noexcept {
  iovec target{.iov_base = buffer.data(), .iov_len = buffer.size()};
  alignas(cmsghdr) std::array<char, 256> control; // NOLINT: filled by the kernel
  msghdr message{};
  message.msg_iov = &target;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t size = 0;
  do size = ::recvmsg(fd(), &message, 0);
  while (size < 0 && errno == EINTR);
  if (size <= 0) {
    if (size == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) open_ = false;
    return std::nullopt;
  }
  received_bytes received{.bytes = {buffer.data(), static_cast<std::size_t>(size)}, .arrival = clock::now()};
  if (const auto stamp = find_stamp(message)) {
    received.arrival -= age(*stamp);
    received.kernel_stamp = true;
  }
  return received;
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
  const std::size_t sent = write_some(bytes);
  if (sent > 0 && sent < bytes.size()) unsent_ = bytes.substr(sent);
  return sent > 0;
}

void connection::send(std::string_view bytes) {
  if (!blocked_) bytes.remove_prefix(write_some(bytes));
  if (open_) unsent_ += bytes;
}

void connection::flush() {
  blocked_ = false;
  while (unsent_begin_ < unsent_.size() && !blocked_ && open_)
    unsent_begin_ += write_some(std::string_view{unsent_}.substr(unsent_begin_));
  if (unsent_begin_ < unsent_.size()) return;
  unsent_.clear();
  unsent_begin_ = 0;
}

void connection::end_writing() noexcept {
  ::shutdown(fd(), SHUT_WR);
}

} // namespace loadgen::serve
