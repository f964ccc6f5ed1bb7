#include "net/receive_loop.hpp"

#include <array>
#include <stdexcept>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

namespace loadgen::net {

namespace {

using namespace std::chrono_literals;

// How long the loop sleeps at most. Waking this often is what lets it notice that it was not run when it was due.
constexpr std::chrono::milliseconds heartbeat = 5ms;
constexpr duration long_stretch = 10ms;

// A loop that comes to a socket later than this after it should have is as good as one that had not slept.
constexpr duration tolerance = 1ms;
static_assert(heartbeat + 2 * tolerance <= receive_loop::longest_wait);

} // namespace

struct receive_loop::batch {
  std::array<epoll_event, 256> events{};
  read_buffers scratch;
};

receive_loop::receive_loop() : epoll_(epoll_create1(EPOLL_CLOEXEC)), batch_(std::make_unique<batch>()) {
  if (epoll_ < 0) throw std::runtime_error("the system has no epoll descriptor left");
  thread_ = std::thread{[this] { run(); }};
}

receive_loop::~receive_loop() {
  stopping_.store(true, std::memory_order_relaxed);
  thread_.join();
  ::close(epoll_);
}

bool receive_loop::add(connection& opened) {
  epoll_event interest{};
  interest.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  interest.data.ptr = &opened;
  return epoll_ctl(epoll_, EPOLL_CTL_ADD, opened.native_handle(), &interest) == 0;
}

void receive_loop::retire(std::shared_ptr<connection> used) {
  used->close(); // takes it out of the epoll set as well
  const std::lock_guard lock{retired_mutex_};
  retired_.push_back(std::move(used));
}

void receive_loop::bury_retired() {
  std::vector<std::shared_ptr<connection>> dead;
  const std::lock_guard lock{retired_mutex_};
  dead.swap(retired_);
}

void receive_loop::run() noexcept {
  last_pass_ = clock::now();
  awake_since_.store(last_pass_.time_since_epoch().count(), std::memory_order_relaxed);
  while (!stopping_.load(std::memory_order_relaxed)) {
    bury_retired(); // between batches no event of theirs is in hand
    const harvested news = harvest();
    const instant behind_from = news.late ? instant::min() : news.at + tolerance;
    for (int i = 0; i < news.events; ++i) {
      const epoll_event& event = batch_->events[static_cast<std::size_t>(i)];
      static_cast<connection*>(event.data.ptr)->on_ready(event.events, batch_->scratch, behind_from);
    }
  }
}

// Looks before it sleeps: news that is there at once tells that the loop is behind, at the price of one system call
// that only a loop with time to spare pays.
receive_loop::harvested receive_loop::harvest() noexcept {
  const int capacity = static_cast<int>(batch_->events.size());
  const int waiting = epoll_wait(epoll_, batch_->events.data(), capacity, 0);
  const instant now = clock::now();
  account_pass(now);
  if (waiting > 0) return {waiting, true, now};
  const int ready = epoll_wait(epoll_, batch_->events.data(), capacity, static_cast<int>(heartbeat.count()));
  const instant woke = clock::now();
  account_sleep(now, woke);
  return {ready, woke - now > heartbeat + tolerance, woke};
}

// One batch is the work of a few milliseconds at most; what is far beyond it is time the loop was not run.
void receive_loop::account_pass(instant now) noexcept {
  note_stall(now - last_pass_);
  last_pass_ = now;
}

void receive_loop::account_sleep(instant slept_from, instant woke) noexcept {
  const instant awake_since{duration{awake_since_.load(std::memory_order_relaxed)}};
  const duration stretch = slept_from - awake_since;
  if (stretch > long_stretch)
    busy_.store(busy_.load(std::memory_order_relaxed) + stretch.count(), std::memory_order_relaxed);
  note_stall(woke - slept_from - heartbeat);
  awake_since_.store(woke.time_since_epoch().count(), std::memory_order_relaxed);
  last_pass_ = woke;
}

void receive_loop::note_stall(duration late) noexcept {
  if (late.count() > longest_stall_.load(std::memory_order_relaxed))
    longest_stall_.store(late.count(), std::memory_order_relaxed);
}

punctuality receive_loop::measure() const noexcept {
  punctuality measured{duration{busy_.load(std::memory_order_relaxed)},
                       duration{longest_stall_.load(std::memory_order_relaxed)}};
  // A loop that has not slept for long has not accounted for that stretch yet.
  const instant awake_since{duration{awake_since_.load(std::memory_order_relaxed)}};
  const duration current = clock::now() - awake_since - heartbeat;
  if (current > long_stretch) measured.busy += current;
  return measured;
}

void receive_loop::reset_measure() noexcept {
  busy_.store(0, std::memory_order_relaxed);
  longest_stall_.store(0, std::memory_order_relaxed);
}

} // namespace loadgen::net
