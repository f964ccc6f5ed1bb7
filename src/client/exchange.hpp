#pragma once

#include "client/connection_pool.hpp"
#include "client/request_template.hpp"
#include "client/response_reader.hpp"
#include "net/connector.hpp"

#include <loadgen/metrics/record.hpp>

#include <boost/asio/awaitable.hpp>

#include <cstdint>
#include <string_view>

namespace loadgen::client {

/// Limits on one request. Durations: zero means none.
struct exchange_limits {
  duration timeout{};       ///< of the whole request, from released
  duration stall_timeout{}; ///< of silence between bytes, the wait for the first included
  std::uint32_t retries = 0;
};

/// One server as a worker's exchanges see it.
struct route {
  const net::address_list& addresses;
  const request_template& form;
  connection_pool& idle;
  const net::tls_client_context* tls = nullptr; ///< null: plain
};

/// The life of one request after another: takes or opens a connection, sends, has the response read into the record,
/// tries again where it may, and keeps to its limits. Reused, so that its buffers are.
///
/// Thread-safety: the worker's thread only. Cancellation: cancel(). Lifetime: longer than run().
class exchange {
public:
  exchange(net::connector& connector, exchange_limits limits, endpoint_kind endpoint, stream_meter& meter);

  /// Tells `listener` of the content of all responses from now on. It must live as long as this.
  void tell(content_listener& listener) { reader_.tell(listener); }

  /// Carries out one request. `record` comes with its plan filled in and `released` set, and is complete when this
  /// ends.
  [[nodiscard]] boost::asio::awaitable<void> run(route to, std::string_view body, metrics::request_record& record);

  /// Ends the request that runs, if one does, for that cause. No retry follows.
  void cancel(metrics::cause why);

  /// Ends the request that runs where it has reached a limit. To be called now and then.
  void enforce_limits(instant now);

private:
  [[nodiscard]] boost::asio::awaitable<void> attempt(const route& to, std::string_view bytes,
                                                     metrics::request_record& record);
  [[nodiscard]] boost::asio::awaitable<pooled_connection> obtain(const route& to, metrics::request_record& record);
  [[nodiscard]] boost::asio::awaitable<pooled_connection> take_idle(const route& to, metrics::request_record& record);
  [[nodiscard]] bool may_retry(const metrics::request_record& record) const;
  void settle(const route& to, pooled_connection used);

  net::connector& connector_;
  exchange_limits limits_;
  response_reader reader_;

  bool running_ = false;
  instant released_;
  std::shared_ptr<net::connection> in_use_; // set while an exchange is under way on it
  metrics::cause cancelled_for_ = metrics::cause::none;
};

} // namespace loadgen::client
