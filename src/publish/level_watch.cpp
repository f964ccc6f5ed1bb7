#include <loadgen/publish/level_watch.hpp>
#include <loadgen/report/report.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <pthread.h>
#include <sched.h>
#include <thread>
#include <utility>

namespace loadgen::publish {

namespace {

void set_policy(pthread_t thread, int policy) {
  const sched_param none{};
  static_cast<void>(pthread_setschedparam(thread, policy, &none)); // where it is refused, nothing but courtesy is lost
}

} // namespace

struct level_watch::state {
  std::filesystem::path run_folder;
  sink take;
  std::mutex mutex; // of all below
  std::condition_variable changed;
  std::size_t ended = 0, done = 0; // levels; those done include the one in work once it is
  bool no_more = false, stop = false;
  std::thread thread;

  void run() {
    set_policy(pthread_self(), SCHED_IDLE);
    std::unique_lock lock{mutex};
    for (;;) {
      changed.wait(lock, [this] { return stop || no_more || done < ended; });
      if (stop || done == ended) return;
      const std::size_t level = done;
      lock.unlock();
      take(report::load_level(run_folder, level));
      lock.lock();
      ++done;
      changed.notify_all();
    }
  }

  void end() {
    {
      const std::lock_guard lock{mutex};
      stop = true;
    }
    changed.notify_all();
    if (thread.joinable()) thread.join();
  }
};

level_watch::level_watch(std::filesystem::path run_folder, sink take) : state_(std::make_unique<state>()) {
  state_->run_folder = std::move(run_folder);
  state_->take = std::move(take);
  state_->thread = std::thread{[watching = state_.get()] { watching->run(); }};
}

level_watch::~level_watch() {
  state_->end();
}

void level_watch::level_ended() {
  {
    const std::lock_guard lock{state_->mutex};
    ++state_->ended;
  }
  state_->changed.notify_all();
}

std::size_t level_watch::finish(duration limit) {
  set_policy(state_->thread.native_handle(), SCHED_OTHER);
  {
    std::unique_lock lock{state_->mutex};
    state_->no_more = true;
    state_->changed.notify_all();
    state_->changed.wait_for(lock, limit, [this] { return state_->done == state_->ended; });
  }
  state_->end();
  return state_->ended - state_->done;
}

} // namespace loadgen::publish
