#include "net/connector.hpp"

#include "net/receive_loop.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>

#include <cerrno>
#include <netinet/tcp.h>
#include <utility>

namespace loadgen::net {

namespace asio = boost::asio;

namespace {

constexpr auto as_values = asio::as_tuple(asio::deferred);

} // namespace

// Shared with the timer's handler, which may still be queued when the connect has ended.
struct connector::attempt {
  explicit attempt(const asio::any_io_executor& executor) : socket(executor), deadline(executor) {}

  void give_up(boost::system::error_code why) {
    reason = why;
    boost::system::error_code ignored;
    socket.close(ignored);
  }

  asio::ip::tcp::socket socket;
  asio::steady_timer deadline;
  boost::system::error_code reason; // set when the attempt was ended from outside
};

connector::connector(asio::any_io_executor executor, receive_loop& loop, settings chosen)
    : executor_(std::move(executor)),
      loop_(loop),
      settings_(chosen) {}

asio::awaitable<connect_result> connector::connect(const address_list& addresses) {
  connect_result result;
  result.failure = asio::error::operation_aborted;
  const auto trying = std::make_shared<attempt>(executor_);
  under_way_.insert(trying);
  if (settings_.timeout > duration::zero()) {
    trying->deadline.expires_after(settings_.timeout);
    trying->deadline.async_wait([watched = std::weak_ptr{trying}](boost::system::error_code cancelled) {
      const auto overdue = watched.lock();
      if (!cancelled && overdue) overdue->give_up(asio::error::timed_out);
    });
  }
  for (const asio::ip::tcp::endpoint& address : addresses) {
    if (trying->reason) break;
    boost::system::error_code ignored;
    trying->socket.close(ignored);
    const instant began = clock::now();
    const auto [failure] = co_await trying->socket.async_connect(address, as_values);
    result.connect_time = clock::now() - began;
    result.failure = trying->reason ? trying->reason : failure;
    if (!result.failure) break;
  }
  trying->deadline.cancel();
  under_way_.erase(trying);
  if (result.failure) co_return result;

  trying->socket.set_option(asio::ip::tcp::no_delay{true}, result.failure);
  const int descriptor = trying->socket.release(result.failure);
  if (result.failure) co_return result;
  result.opened = std::make_shared<connection>(descriptor, settings_.kernel_stamps, executor_);
  if (!loop_.add(*result.opened)) {
    result.failure.assign(errno, boost::system::system_category());
    result.opened.reset();
  }
  co_return result;
}

void connector::abort_all() {
  for (const std::shared_ptr<attempt>& running : under_way_) running->give_up(asio::error::operation_aborted);
}

} // namespace loadgen::net
