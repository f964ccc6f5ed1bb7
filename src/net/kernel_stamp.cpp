#include "net/kernel_stamp.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <sys/socket.h>

namespace loadgen::net {

namespace {

std::chrono::nanoseconds since_epoch(const timespec& moment) noexcept {
  return std::chrono::seconds{moment.tv_sec} + std::chrono::nanoseconds{moment.tv_nsec};
}

} // namespace

// A thread that is put aside between the two readings would move every stamp of that moment by as long.
clock_pair clock_pair::now() noexcept {
  using namespace std::chrono_literals;
  constexpr int attempts = 3;
  clock_pair pair;
  for (int i = 0; i < attempts; ++i) {
    const instant before = clock::now();
    clock_gettime(CLOCK_REALTIME, &pair.real);
    pair.mono = clock::now();
    if (pair.mono - before <= 5us) break;
  }
  return pair;
}

instant to_monotonic(const timespec& stamp, const clock_pair& now) noexcept {
  const duration age = since_epoch(now.real) - since_epoch(stamp);
  return now.mono - std::max(age, duration::zero());
}

bool enable_receive_stamps(int socket) noexcept {
  const int on = 1;
  return setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) == 0;
}

stamped_read read_stamped(int socket, std::span<char> buffer) noexcept {
  iovec piece{buffer.data(), buffer.size()};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control; // left as it is: recvmsg fills what it says
  msghdr message{};
  message.msg_iov = &piece;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();

  stamped_read read;
  read.bytes = recvmsg(socket, &message, MSG_DONTWAIT);
  if (read.bytes <= 0) return read;
  for (const cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, const_cast<cmsghdr*>(header)))
    if (header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_TIMESTAMPNS)
      std::memcpy(&read.stamp.emplace(), CMSG_DATA(header), sizeof(timespec));
  return read;
}

} // namespace loadgen::net
