#include "net/connection.hpp"

#include <array>
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

bool would_block() noexcept {
  return errno == EAGAIN || errno == EWOULDBLOCK;
}

constexpr std::uint32_t ended_or_broken = EPOLLRDHUP | EPOLLHUP | EPOLLERR;

} // namespace

connection::connection(int socket, bool kernel_stamps, boost::asio::any_io_executor executor,
                       std::unique_ptr<tls_session> tls)
    : socket_(socket),
      kernel_stamps_(kernel_stamps && enable_receive_stamps(socket)),
      executor_(std::move(executor)),
      tls_(std::move(tls)) {}

connection::~connection() {
  if (socket_ >= 0) ::close(socket_);
}

void connection::start(std::string_view request, stream_sink& sink, std::unique_ptr<exchange_waiter> waiter) {
  guard lock{mutex_};
  waiter_ = std::move(waiter);
  sink_ = &sink;
  result_ = {};
  result_.sent = clock::now();
  if (socket_ < 0 || !usable_ || !at_rest()) {
    usable_ = false;
    finish(lock, exchange_end::stale);
    return;
  }
  unsent_ = request;
  if (tls_ && !tls_->seal(request)) return finish(lock, exchange_end::send_failed, tls_->failure_code());
  result_.sent = clock::now();
  last_activity_.store(result_.sent.time_since_epoch().count(), std::memory_order_relaxed);
  write_pending(lock);
}

// Whether the peer has been silent since the last exchange. The receive loop may not have come round to an end of
// stream or a TLS message that the kernel already has.
bool connection::at_rest() {
  if (!tls_) {
    char byte = 0;
    return recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0 && would_block();
  }
  std::array<char, 4096> ciphertext; // filled by recv
  std::array<char, 1> plaintext{};
  for (;;) {
    const ssize_t size = recv(socket_, ciphertext.data(), ciphertext.size(), MSG_DONTWAIT);
    if (size < 0) return would_block();
    const std::string_view bytes{ciphertext.data(), static_cast<std::size_t>(size)};
    if (bytes.empty() || !decrypt(bytes, plaintext).empty() || !usable_) return false;
  }
}

void connection::write_pending(guard& lock) {
  while (!outgoing().empty()) {
    const std::string_view bytes = outgoing();
    const ssize_t written = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (written < 0) {
      if (errno == EINTR) continue;
      if (would_block()) return; // the receive loop goes on when there is room
      usable_ = false;
      if (sink_ != nullptr) finish(lock, exchange_end::send_failed, last_error());
      return;
    }
    if (result_.send_time == duration::zero()) result_.send_time = clock::now() - result_.sent;
    consume_outgoing(static_cast<std::size_t>(written));
  }
}

void connection::consume_outgoing(std::size_t size) {
  if (!tls_) {
    result_.bytes_sent += size;
    unsent_.remove_prefix(size);
    return;
  }
  tls_->consume_output(size);
  if (!tls_->output().empty()) return;
  result_.bytes_sent += unsent_.size();
  unsent_ = {};
}

void connection::on_ready(std::uint32_t events, read_buffers& scratch, instant behind_from) {
  guard lock{mutex_};
  if (socket_ < 0) return;
  // An end that came together with the last bytes makes no further news: it has to be taken note of now.
  if ((events & ended_or_broken) != 0) usable_ = false;
  // What the peer said before it stopped reading counts for more than the failure to write the rest to it.
  if ((events & (EPOLLIN | ended_or_broken)) != 0) read_available(events, scratch, behind_from, lock);
  if (lock && (events & EPOLLOUT) != 0) write_pending(lock);
}

void connection::read_available(std::uint32_t events, read_buffers& scratch, instant behind_from, guard& lock) {
  for (;;) {
    const stamped_read read = read_stamped(socket_, scratch.wire);
    if (read.bytes < 0) {
      if (errno == EINTR) continue;
      if (would_block()) return;
      usable_ = false;
      if (sink_ != nullptr) finish(lock, exchange_end::broken, last_error());
      return;
    }
    if (read.bytes == 0) {
      usable_ = false;
      if (sink_ != nullptr) finish(lock, exchange_end::closed);
      return;
    }
    const std::string_view received{scratch.wire.data(), static_cast<std::size_t>(read.bytes)};
    const arrival when = arrival_of(read, behind_from);
    if (!take(tls_ ? decrypt(received, scratch.plain) : received, when, lock)) return;
    // A short read has emptied the socket, and the edge that more bytes make will come; only an end may already be due.
    if (received.size() < scratch.wire.size() && (events & ended_or_broken) == 0) return;
  }
}

arrival connection::arrival_of(const stamped_read& read, instant behind_from) {
  const clock_pair now = clock_pair::now();
  const bool stamped = kernel_stamps_ && read.stamp.has_value();
  last_activity_.store(now.mono.time_since_epoch().count(), std::memory_order_relaxed);
  return {stamped ? to_monotonic(*read.stamp, now) : now.mono, stamped, now.mono >= behind_from, result_.sent};
}

// What TLS has to answer goes out at once, unless it has to wait behind a request that is still being written.
std::string_view connection::decrypt(std::string_view ciphertext, std::span<char> plaintext) {
  const std::string_view bytes{plaintext.data(), tls_->receive(ciphertext, plaintext)};
  if (tls_->current() != tls_session::state::open) usable_ = false;
  send_output();
  return bytes;
}

// A failure shows when the connection is next read.
void connection::send_output() noexcept {
  const std::string_view bytes = tls_->output();
  if (bytes.empty() || !unsent_.empty()) return;
  const ssize_t written = send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (written > 0) tls_->consume_output(static_cast<std::size_t>(written));
}

// Gives the sink what one read brought. False where nothing more is to be read, the exchange having ended with it.
bool connection::take(std::string_view bytes, const arrival& when, guard& lock) {
  if (sink_ == nullptr) {
    if (!bytes.empty()) usable_ = false; // words out of turn
    return usable_;
  }
  if (!bytes.empty() && sink_->on_bytes(bytes, when) == stream_sink::appetite::satisfied) {
    finish(lock, exchange_end::satisfied);
    return false;
  }
  if (!tls_ || tls_->current() == tls_session::state::open) return true;
  const bool ended = tls_->current() == tls_session::state::ended;
  finish(lock, ended ? exchange_end::closed : exchange_end::broken, tls_->failure_code());
  return false;
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

std::optional<tcp_figures> connection::tcp() const {
  const guard lock{mutex_};
  return read_tcp_figures(socket_);
}

instant connection::last_activity() const noexcept {
  return instant{instant::duration{last_activity_.load(std::memory_order_relaxed)}};
}

void connection::close() {
  guard lock{mutex_};
  if (socket_ >= 0) {
    if (tls_ && usable_ && sink_ == nullptr) { // a peer that is cut off is not told that all was said
      tls_->end();
      send_output();
    }
    ::close(std::exchange(socket_, -1));
  }
  usable_ = false;
  if (sink_ != nullptr) finish(lock, exchange_end::cancelled);
}

} // namespace loadgen::net
