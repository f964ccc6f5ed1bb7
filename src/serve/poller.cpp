#include "serve/poller.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <sys/eventfd.h>
#include <sys/timerfd.h>

namespace loadgen::serve {

namespace {

constexpr std::uint64_t timer_token = 0;
constexpr std::uint64_t wake_up_token = 1;
constexpr duration shortest_sleep = std::chrono::microseconds{5}; // going to sleep and waking up take longer

} // namespace

result<poller> poller::create() {
  unique_fd epoll{::epoll_create1(EPOLL_CLOEXEC)};
  unique_fd timer{::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)};
  unique_fd wake_up{::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)};
  if (epoll && timer && wake_up) {
    poller made{std::move(epoll), std::move(timer), std::move(wake_up)};
    if (made.watch(made.timer_.get(), EPOLLIN | EPOLLET, timer_token) &&
        made.watch(made.wake_up_.get(), EPOLLIN, wake_up_token))
      return made;
  }
  return error{errc::resource_limit, fmt::format("cannot create the server's event loop: {}", std::strerror(errno))};
}

poller::poller(unique_fd epoll, unique_fd timer, unique_fd wake_up) noexcept
    : epoll_(std::move(epoll)),
      timer_(std::move(timer)),
      wake_up_(std::move(wake_up)) {}

bool poller::watch(int fd, std::uint32_t events, std::uint64_t token) noexcept {
  epoll_event wanted{};
  wanted.events = events;
  wanted.data.u64 = token;
  return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &wanted) == 0;
}

std::span<const epoll_event> poller::wait(std::optional<instant> alarm, instant now) {
  int timeout = -1;
  if (alarm && *alarm <= now + shortest_sleep) {
    timeout = 0;
  } else if (alarm && alarm != armed_) {
    const auto since_boot = alarm->time_since_epoch();
    const auto seconds = std::chrono::floor<std::chrono::seconds>(since_boot);
    itimerspec when{};
    when.it_value.tv_sec = seconds.count();
    when.it_value.tv_nsec = (since_boot - seconds).count();
    ::timerfd_settime(timer_.get(), TFD_TIMER_ABSTIME, &when, nullptr);
    armed_ = alarm;
  }
  const int count = ::epoll_wait(epoll_.get(), events_.data(), static_cast<int>(events_.size()), timeout);
  const auto last = std::remove_if(events_.begin(), events_.begin() + std::max(count, 0),
                                   [this](const epoll_event& event) { return is_own(event); });
  return {events_.begin(), last};
}

bool poller::is_own(const epoll_event& event) noexcept {
  if (event.data.u64 == wake_up_token) {
    std::uint64_t times = 0;
    woken_ = ::read(wake_up_.get(), &times, sizeof times) == sizeof times;
  }
  return event.data.u64 < first_free_token;
}

void poller::wake() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_up_.get(), &one, sizeof one);
}

} // namespace loadgen::serve
