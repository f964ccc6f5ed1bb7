#pragma once

#include "serve/unique_fd.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <sys/epoll.h>
#include <utility>

namespace loadgen::serve {

/// The one place where the server sleeps: edge-triggered epoll with an exact alarm.
///
/// The alarm is a timerfd with an absolute time, which wakes within some microseconds of it. The kernel lets epoll's
/// own timeout, epoll_pwait2's too, run over by the timer slack and by a thousandth of its length.
///
/// Thread-safety: wake() from any thread or signal handler; all else from one thread.
class poller {
public:
  /// Tokens up to this one are the poller's own.
  static constexpr std::uint64_t first_free_token = 2;

  /// Errors: resource_limit.
  [[nodiscard]] static result<poller> create();

  /// Reports edges of `events` on `fd` under `token` until the descriptor is closed. False where the system refuses.
  [[nodiscard]] bool watch(int fd, std::uint32_t events, std::uint64_t token) noexcept;

  /// Sleeps until something happens or the clock reaches `alarm`; looks without sleeping where `alarm` is past or
  /// nearer than a sleep takes. The events are valid until the next call.
  [[nodiscard]] std::span<const epoll_event> wait(std::optional<instant> alarm, instant now);

  /// Makes the current or next wait() return, and woken() true.
  void wake() noexcept;

  /// Whether a wait() ended by wake() since the last call of this.
  [[nodiscard]] bool woken() noexcept { return std::exchange(woken_, false); }

private:
  poller(unique_fd epoll, unique_fd timer, unique_fd wake_up) noexcept;

  bool is_own(const epoll_event& event) noexcept;

  unique_fd epoll_, timer_, wake_up_;
  bool woken_ = false;
  std::optional<instant> armed_;
  std::array<epoll_event, 256> events_{};
};

} // namespace loadgen::serve
