#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace loadgen::recording {

/// A thread that does the same thing again and again, and once more when it is stopped.
///
/// Thread-safety: stop() from any thread, once. What it does must not throw.
class periodic_thread {
public:
  periodic_thread(std::chrono::milliseconds interval, std::function<void()> work)
      : work_(std::move(work)),
        thread_([this, interval] { run(interval); }) {}

  periodic_thread(const periodic_thread&) = delete;
  periodic_thread& operator=(const periodic_thread&) = delete;

  ~periodic_thread() { stop(); }

  void stop() {
    {
      const std::lock_guard lock{mutex_};
      stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

private:
  void run(std::chrono::milliseconds interval) {
    std::unique_lock lock{mutex_};
    while (!wake_.wait_for(lock, interval, [this] { return stopping_; })) {
      lock.unlock();
      work_();
      lock.lock();
    }
    lock.unlock();
    work_();
  }

  std::function<void()> work_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

} // namespace loadgen::recording
