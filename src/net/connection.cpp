#include "net/connection.hpp"

#include <cerrno>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace loadgen::net {

namespace {

boost::system::error_code last_error() noexcept {
  return {errno, boost::system::system_category()};
}

constexpr std::uint32_t ended_or_broken = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

} // namespace

connection::connection(int socket, bool kernel_stamps, boost::asio::any_io_executor executor)
    : socket_(socket),
      kernel_stamps_(kernel_stamps && enable_receive_stamps(socket)),
      executor_(std::move(executor)) {}

connection::~connection() {
  if (socket_ >= 0) ::close(socket_);
}

void connection::start(std::string_view request, stream_sink& sink, std::unique_ptr<exchange_waiter> waiter) {
  guard lock{mutex_};
  waiter_ = std::move(waiter);
  sink_ = &sink;
  unsent_ = request;
  result_ = {};
  result_.sent = clock::now();
  if (socket_ < 0 || !usable_ || closed_by_peer()) {
    usable_ = false;
    finish(lock, exchange_end::stale);
    return;
  }
  result_.sent = clock::now();
  last_activity_.store(result_.sent.time_since_epoch().count(), std::memory_order_relaxed);
  write_pending(lock);
}

// The receive loop may not have come round to an end of stream that the kernel already knows.
bool connection::closed_by_peer() const noexcept {
  char byte = 0;
  return recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

void connection::write_pending(guard& lock) {
  while (!unsent_.empty()) {
    const ssize_t written = send(socket_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (written < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return; // the receive loop goes on when there is room
      finish(lock, exchange_end::send_failed, last_error());
      return;
    }
    result_.bytes_sent += static_cast<std::uint64_t>(written);
    unsent_.remove_prefix(static_cast<std::size_t>(written));
  }
}

void connection::on_ready(std::uint32_t events, std::span<char> buffer, bool behind) {
  guard lock{mutex_};
  if (socket_ < 0) return;
  // An end that came together with the last bytes makes no further news: it has to be taken note of now.
  if ((events & ended_or_broken) != 0) usable_ = false;
  // What the peer said before it stopped reading counts for more than the failure to write the rest to it.
  if ((events & (EPOLLIN | ended_or_broken)) != 0) read_available(events, buffer, behind, lock);
  if (lock && sink_ != nullptr && (events & EPOLLOUT) != 0) write_pending(lock);
}

void connection::read_available(std::uint32_t events, std::span<char> buffer, bool behind, guard& lock) {
  for (;;) {
    const stamped_read read = read_stamped(socket_, buffer);
    if (read.bytes < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN || errno == EWOULDBLOCK) return;
      usable_ = false;
      if (sink_ != nullptr) finish(lock, exchange_end::broken, last_error());
      return;
    }
    if (read.bytes == 0 || sink_ == nullptr) { // the end, or words out of turn: either way this one is not used again
      usable_ = false;
      if (sink_ != nullptr) finish(lock, exchange_end::closed);
      return;
    }
    const clock_pair now = clock_pair::now();
    const bool stamped = kernel_stamps_ && read.stamp.has_value();
    const arrival when{stamped ? to_monotonic(*read.stamp, now) : now.mono, stamped, behind};
    last_activity_.store(now.mono.time_since_epoch().count(), std::memory_order_relaxed);
    const std::string_view bytes{buffer.data(), static_cast<std::size_t>(read.bytes)};
    if (sink_->on_bytes(bytes, when) == stream_sink::appetite::satisfied) {
      finish(lock, exchange_end::satisfied);
      return;
    }
    // A short read has emptied the socket, and the edge that more bytes make will come; only an end may already be due.
    if (bytes.size() < buffer.size() && (events & ended_or_broken) == 0) return;
  }
}

// Gives the lock back: whoever waits is resumed without it.
void connection::finish(guard& lock, exchange_end end, boost::system::error_code failure) {
  result_.end = end;
  result_.failure = failure;
  result_.ended = clock::now();
  if (end != exchange_end::satisfied) usable_ = false;
  if (!unsent_.empty()) usable_ = false; // an answer before the request was out: the rest of it would garble the next
  sink_ = nullptr;
  unsent_ = {};
  const auto waiter = std::move(waiter_);
  const exchange_result result = result_;
  lock.unlock();
  waiter->resume(executor_, result);
}

void connection::cancel() {
  guard lock{mutex_};
  if (sink_ != nullptr) finish(lock, exchange_end::cancelled);
}

bool connection::usable() const {
  const guard lock{mutex_};
  return usable_ && socket_ >= 0;
}

instant connection::last_activity() const noexcept {
  return instant{instant::duration{last_activity_.load(std::memory_order_relaxed)}};
}

void connection::close() {
  guard lock{mutex_};
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  usable_ = false;
  if (sink_ != nullptr) finish(lock, exchange_end::cancelled);
}

} // namespace loadgen::net
