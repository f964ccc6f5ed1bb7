#pragma once

#include <loadgen/base/time.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <sys/types.h>
#include <time.h>

namespace loadgen::net {

/// Both clocks, read together: `mono` and `real` are within 5 us of each other, unless the thread was put aside between
/// them three times in a row.
struct clock_pair {
  instant mono;
  timespec real{};

  [[nodiscard]] static clock_pair now() noexcept;
};

/// Moves a CLOCK_REALTIME stamp to the run's clock by the age it had when both clocks were read, so that a step of the
/// wall clock between two reads moves nothing. A stamp from the future (the wall clock was stepped back since) counts
/// as just arrived.
[[nodiscard]] instant to_monotonic(const timespec& stamp, const clock_pair& now) noexcept;

/// Asks the kernel to stamp what arrives on this socket. False where it cannot.
[[nodiscard]] bool enable_receive_stamps(int socket) noexcept;

/// What one recvmsg brought.
struct stamped_read {
  ssize_t bytes = 0;             ///< as recvmsg: 0 at the end of the stream, -1 with errno set
  std::optional<timespec> stamp; ///< when the kernel received the last of these bytes, CLOCK_REALTIME
};

/// Reads what is there, without waiting.
[[nodiscard]] stamped_read read_stamped(int socket, std::span<char> buffer) noexcept;

} // namespace loadgen::net
