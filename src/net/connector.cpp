#include "net/connector.hpp"

#include "net/receive_loop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <netinet/tcp.h>
#include <utility>

namespace loadgen::net {

namespace asio = boost::asio;

namespace {

constexpr auto as_values = asio::as_tuple(asio::deferred);

} // namespace

// One address being tried. Shared with the timer's handler, which may still be queued when the attempt has ended.
struct connector::attempt {
  attempt(const asio::any_io_executor& executor, const asio::ip::tcp::endpoint& address)
      : socket(executor),
        deadline(executor) {
    result.address = address;
  }

  void give_up(boost::system::error_code why) {
    reason = why;
    boost::system::error_code ignored;
    socket.close(ignored);
  }

  // What happened, unless it is the consequence of giving up.
  void fail(boost::system::error_code why) {
    result.failure = reason ? reason : why;
    result.message = result.failure.message();
  }

  asio::ip::tcp::socket socket;
  asio::steady_timer deadline;
  boost::system::error_code reason; // set when the attempt was ended from outside
  std::unique_ptr<tls_session> tls;
  connect_result result;
};

connector::connector(asio::any_io_executor executor, receive_loop& loop, settings chosen)
    : executor_(std::move(executor)),
      loop_(loop),
      settings_(chosen) {}

asio::awaitable<connect_result> connector::connect(const address_list& addresses, const tls_client_context* tls) {
  connect_result result;
  result.failure = asio::error::operation_aborted;
  result.message = result.failure.message();
  const instant began = clock::now();
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const auto trying = std::make_shared<attempt>(executor_, addresses[i]);
    under_way_.insert(trying);
    if (settings_.timeout > duration::zero()) {
      // An address that swallows every packet must not use up the time of those behind it.
      const duration left = std::max(settings_.timeout - (clock::now() - began), duration::zero());
      trying->deadline.expires_after(left / static_cast<duration::rep>(addresses.size() - i));
      trying->deadline.async_wait([watched = std::weak_ptr{trying}](boost::system::error_code cancelled) {
        const auto overdue = watched.lock();
        if (!cancelled && overdue) overdue->give_up(asio::error::timed_out);
      });
    }
    co_await try_address(*trying, tls);
    trying->deadline.cancel();
    under_way_.erase(trying);
    result = std::move(trying->result);
    const bool refused_tls = result.stage != connect_stage::tcp && result.failure != asio::error::timed_out;
    const bool aborted = result.failure == asio::error::operation_aborted;
    if (!result.failure || refused_tls || aborted) break;
  }
  co_return result;
}

asio::awaitable<void> connector::try_address(attempt& trying, const tls_client_context* tls) {
  connect_result& result = trying.result;
  const instant began = clock::now();
  const auto [failure] = co_await trying.socket.async_connect(result.address, as_values);
  const instant connected = clock::now();
  result.connect_time = connected - began;
  if (failure || trying.reason) co_return trying.fail(failure);
  boost::system::error_code unset;
  trying.socket.set_option(asio::ip::tcp::no_delay{true}, unset);
  if (tls != nullptr) {
    trying.tls = tls->new_session();
    co_await shake_hands(trying);
    result.tls_time = clock::now() - connected;
    if (result.stage == connect_stage::certificate)
      result.message = fmt::format("the certificate of {} is not trusted: {}", tls->host(), trying.tls->failure());
    if (result.failure) co_return;
    result.resumed = trying.tls->resumed();
  }
  hand_over(trying);
}

asio::awaitable<void> connector::shake_hands(attempt& trying) {
  tls_session& tls = *trying.tls;
  connect_result& result = trying.result;
  result.stage = connect_stage::tls;
  std::array<char, 4096> ciphertext; // filled by reads; only a handshake has room for it, thousands connect at once
  std::array<char, 1> early{};
  std::size_t early_size = tls.receive({}, early);
  for (;;) {
    const asio::const_buffer flight{tls.output().data(), tls.output().size()};
    if (flight.size() > 0) {
      const auto [failure, size] = co_await asio::async_write(trying.socket, flight, as_values);
      if (failure || trying.reason) co_return trying.fail(failure);
      tls.consume_output(size);
    }
    if (tls.current() != tls_session::state::handshake) break;
    const asio::mutable_buffer room{ciphertext.data(), ciphertext.size()};
    const auto [failure, size] = co_await trying.socket.async_receive(room, as_values);
    if (failure || trying.reason) {
      trying.fail(failure);
      if (result.failure == asio::error::timed_out) result.message = "the TLS handshake took too long";
      if (result.failure == asio::error::eof) result.message = "the connection was closed during the TLS handshake";
      co_return;
    }
    early_size = tls.receive({ciphertext.data(), size}, early);
  }
  if (tls.current() == tls_session::state::open && early_size == 0) co_return;
  result.failure = tls.current() == tls_session::state::failed ? tls.failure_code() : asio::error::connection_aborted;
  result.message = tls.current() == tls_session::state::failed ? tls.failure()
                                                               : "the server did not wait for a request after the "
                                                                 "TLS handshake";
  if (tls.certificate_refused()) result.stage = connect_stage::certificate;
}

void connector::hand_over(attempt& trying) {
  connect_result& result = trying.result;
  result.stage = connect_stage::tcp;
  const int descriptor = trying.socket.release(result.failure);
  if (result.failure) return trying.fail(result.failure);
  result.opened = std::make_shared<connection>(descriptor, settings_.kernel_stamps, executor_, std::move(trying.tls));
  if (loop_.add(*result.opened)) return;
  trying.fail({errno, boost::system::system_category()});
  result.opened.reset();
}

void connector::abort_all() {
  for (const std::shared_ptr<attempt>& running : under_way_) running->give_up(asio::error::operation_aborted);
}

} // namespace loadgen::net
