#pragma once

#include "net/connection.hpp"

#include <loadgen/base/time.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace loadgen::net {

/// How punctual a receive loop has been since the last reset.
struct punctuality {
  duration busy{};          ///< sum of the stretches of more than 10 ms without a sleep
  duration longest_stall{}; ///< longest time it did not run at all although it was due
};

/// Receives for all connections of one worker: a thread of its own drains one edge-triggered epoll in batches, so that
/// no event loop stands between the kernel and the decoding, and what the worker's coroutines do delays no read.
///
/// Thread-safety: all members may be called from any thread. Lifetime: stops and joins when destroyed.
class receive_loop {
public:
  /// What arrived while the loop was not behind had been there for no longer than this when it was read.
  static constexpr std::chrono::milliseconds longest_wait{7};

  receive_loop();
  receive_loop(const receive_loop&) = delete;
  receive_loop& operator=(const receive_loop&) = delete;
  ~receive_loop();

  /// Begins to deliver what arrives on `opened`, which must be retired before it goes. False where the system has no
  /// room for it (errno says why).
  [[nodiscard]] bool add(connection& opened);

  /// Closes `used` and forgets it.
  void retire(std::shared_ptr<connection> used);

  [[nodiscard]] punctuality measure() const noexcept;
  void reset_measure() noexcept;

private:
  void run() noexcept;

  struct harvested {
    int events = 0;
    bool late = false; // what is there may have been there for longer than a sleep lasts
    instant at;
  };

  harvested harvest() noexcept;
  void account_pass(instant now) noexcept;
  void account_sleep(instant slept_from, instant woke) noexcept;
  void note_stall(duration late) noexcept;
  void bury_retired();

  int epoll_ = -1;
  std::atomic<bool> stopping_{false};

  std::mutex retired_mutex_;
  std::vector<std::shared_ptr<connection>> retired_; // kept until no event of theirs can be in hand

  std::atomic<duration::rep> busy_{0};
  std::atomic<duration::rep> longest_stall_{0};
  std::atomic<instant::rep> awake_since_{0};
  instant last_pass_; // when the loop last looked for news, or woke

  struct batch;
  std::unique_ptr<batch> batch_;
  std::thread thread_;
};

} // namespace loadgen::net
