#include "client/exchange.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>

#include <utility>

namespace loadgen::client {

namespace asio = boost::asio;
using metrics::cause;

namespace {

constexpr auto as_values = asio::as_tuple(asio::deferred);

void mark_failed(metrics::request_record& record, cause why, std::string message) {
  const bool by_us = why == cause::interrupt || why == cause::drain_limit;
  record.end = by_us ? metrics::outcome::cancelled : metrics::outcome::failed;
  record.why = why;
  record.message = std::move(message);
}

cause cause_of(const net::connect_result& refused) {
  if (refused.stage != net::connect_stage::tcp) return cause::tls;
  return refused.failure == asio::error::timed_out ? cause::connect_timeout : cause::connect;
}

// What a further attempt starts from: all that this one has found is forgotten, but when the user began to wait.
void forget_response(metrics::request_record& record) {
  record.first_byte.reset();
  record.first_event.reset();
  record.done.reset();
  record.chunks.clear();
  record.empty_events.clear();
  record.http_status = 0;
  record.why = cause::none;
  record.message.clear();
}

// A server that closes a connection on which it was sent another request, without a word.
bool closed_unanswered(const net::exchange_result& result, const metrics::request_record& record) {
  using enum net::exchange_end;
  return (result.end == closed || result.end == broken || result.end == send_failed) && !record.first_byte;
}

} // namespace

exchange::exchange(net::connector& connector, exchange_limits limits, endpoint_kind endpoint, stream_meter& meter)
    : connector_(connector),
      limits_(limits),
      reader_(endpoint, meter) {}

asio::awaitable<void> exchange::run(route to, std::string_view body, metrics::request_record& record) {
  const std::string bytes = to.form.bytes(body);
  running_ = true;
  released_ = *record.released;
  cancelled_for_ = cause::none;
  co_await attempt(to, bytes, record);
  while (may_retry(record)) {
    ++record.retries;
    forget_response(record);
    co_await attempt(to, bytes, record);
  }
  running_ = false;
  record.ended = clock::now();
}

asio::awaitable<void> exchange::attempt(const route& to, std::string_view bytes, metrics::request_record& record) {
  for (;;) {
    pooled_connection used = co_await obtain(to, record);
    if (!used.link) co_return;
    if (cancelled_for_ != cause::none) { // meanwhile
      to.idle.retire(used);
      co_return mark_failed(record, cancelled_for_, {});
    }
    reader_.begin(record);
    in_use_ = used.link;
    const net::exchange_result result = co_await used.link->async_exchange(bytes, reader_, asio::deferred);
    in_use_.reset();
    if (result.end == net::exchange_end::stale && used.served > 0) {
      // Closed before our first byte: the server's right, and nothing was sent. The request goes on a new connection.
      ++record.stale_reconnects;
      to.idle.retire(used);
      continue;
    }
    if (used.served > 0 && closed_unanswered(result, record)) to.idle.note(keeping::closed);
    if (!record.sent && result.end != net::exchange_end::stale) {
      record.sent = result.sent;
      record.send_time = result.send_time;
    }
    ++used.served;
    reader_.conclude(result, cancelled_for_);
    to.idle.account(used);
    settle(to, std::move(used));
    co_return;
  }
}

asio::awaitable<pooled_connection> exchange::obtain(const route& to, metrics::request_record& record) {
  pooled_connection used = co_await take_idle(to, record);
  record.reused_connection = used.link != nullptr;
  if (used.link) co_return used;
  net::connect_result opened;
  if (cancelled_for_ == cause::none) opened = co_await connector_.connect(to.addresses, to.tls);
  if (!opened.opened) {
    if (cancelled_for_ != cause::none)
      mark_failed(record, cancelled_for_, {});
    else
      mark_failed(record, cause_of(opened), std::move(opened.message));
    co_return used;
  }
  used.link = std::move(opened.opened);
  record.connect_time = opened.connect_time;
  record.tls_time = opened.tls_time;
  if (!record.sent) record.connected = clock::now();
  co_return used;
}

// Of a server that is not known to keep its connections, the first to be used again is held back for a moment: should
// its close be on the way, the request would meet it.
asio::awaitable<pooled_connection> exchange::take_idle(const route& to, metrics::request_record& record) {
  pooled_connection used = to.idle.take(clock::now());
  if (!used.link) co_return used;
  const bool waits = to.idle.seen() == keeping::unknown;
  if (waits) {
    asio::steady_timer grace{co_await asio::this_coro::executor};
    grace.expires_at(used.idle_since + connection_pool::keeping_grace);
    co_await grace.async_wait(as_values);
    to.idle.note(used.link->usable() ? keeping::kept : keeping::closed);
  }
  if (!used.link->usable()) {
    ++record.stale_reconnects;
    to.idle.retire(used);
    co_return pooled_connection{};
  }
  if (!record.connected) record.connected = waits ? clock::now() : *record.released;
  co_return used;
}

void exchange::settle(const route& to, pooled_connection used) {
  if (to.form.closes_connection() || !reader_.connection_reusable()) return to.idle.retire(used);
  if (used.served == 1) used.limits = reader_.keep_alive();
  to.idle.give_back(std::move(used), clock::now());
}

bool exchange::may_retry(const metrics::request_record& record) const {
  if (record.end != metrics::outcome::failed || record.retries >= limits_.retries) return false;
  return cancelled_for_ == cause::none; // a limit of the whole request, or the user, has ended it
}

void exchange::cancel(cause why) {
  if (!running_ || cancelled_for_ != cause::none) return;
  cancelled_for_ = why;
  if (in_use_) in_use_->cancel();
}

void exchange::enforce_limits(instant now) {
  if (!running_) return;
  if (limits_.timeout > duration::zero() && now - released_ >= limits_.timeout) return cancel(cause::timeout);
  const bool silent =
      in_use_ && limits_.stall_timeout > duration::zero() && now - in_use_->last_activity() >= limits_.stall_timeout;
  if (silent) cancel(cause::stall_timeout);
}

} // namespace loadgen::client
