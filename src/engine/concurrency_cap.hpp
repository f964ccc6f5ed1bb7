#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>

namespace loadgen::engine {

/// The user's limit on how many requests of an open loop are in flight at once, over all workers.
///
/// Thread-safety: all members may be called from any thread.
class concurrency_cap {
public:
  /// `most` is at least 1.
  explicit concurrency_cap(std::uint32_t most) : free_(most) {}

  /// Takes a place if one is free and nobody waits for it.
  [[nodiscard]] bool try_enter() {
    const std::lock_guard lock{mutex_};
    return take_free();
  }

  /// Takes a place now (true), or calls `granted` with one when it falls free (false): once, by the thread that left,
  /// in the order of the calls.
  [[nodiscard]] bool enter_or_wait(std::function<void()> granted) {
    const std::lock_guard lock{mutex_};
    if (take_free()) return true;
    waiting_.push_back(std::move(granted));
    return false;
  }

  /// Gives a place back: to whoever has waited longest, or to be free.
  void leave() {
    std::function<void()> granted;
    {
      const std::lock_guard lock{mutex_};
      if (waiting_.empty()) {
        ++free_;
        return;
      }
      granted = std::move(waiting_.front());
      waiting_.pop_front();
    }
    granted();
  }

private:
  [[nodiscard]] bool take_free() {
    if (free_ == 0) return false;
    --free_;
    return true;
  }

  std::mutex mutex_;
  std::uint32_t free_;
  std::deque<std::function<void()>> waiting_;
};

} // namespace loadgen::engine
