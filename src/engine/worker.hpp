#pragma once

#include "client/connection_pool.hpp"
#include "client/exchange.hpp"
#include "engine/phase.hpp"
#include "engine/record_pump.hpp"
#include "engine/servers.hpp"
#include "net/connector.hpp"
#include "net/receive_loop.hpp"

#include <loadgen/engine/run.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

namespace loadgen::engine {

/// Runs its share of a phase: a thread with an io_context for the coroutines, and a receive loop beside it. Each lane
/// is a coroutine that carries out one request after another.
///
/// Thread-safety: as said at each member. Lifetime: joins its threads when destroyed; no phase may be running then.
class worker {
public:
  worker(std::uint16_t number, const client_settings& settings, endpoint_kind endpoint,
         const std::vector<server>& servers, record_pump& records);
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  ~worker();

  /// Runs `lanes` requests at once until `part` has none left and those issued have ended; then calls `on_done` from
  /// the worker's thread. Any thread; one phase at a time. `part` must live until then.
  void begin(phase& part, std::uint32_t lanes, std::function<void()> on_done);

  /// Ends all requests under way, for that cause. Any thread.
  void cancel_all(metrics::cause why);

  /// Content events received since the worker was made. Any thread.
  [[nodiscard]] std::uint64_t content_events() const noexcept {
    return content_events_.load(std::memory_order_relaxed);
  }

  /// How punctual the worker has been since the last reset. Any thread.
  [[nodiscard]] net::punctuality punctuality() const noexcept { return loop_.measure(); }

  void reset_punctuality() noexcept { loop_.reset_measure(); }

private:
  boost::asio::awaitable<void> run_lane(phase& part, client::exchange& lane);
  record_pump::record_pointer begin_record(const phase& part, const workload::planned_request& planned) const;
  void enforce_limits_from_now_on();

  const std::uint16_t number_;
  const client_settings& settings_;
  const endpoint_kind endpoint_;
  const std::vector<server>& servers_;
  record_pump& records_;

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  net::receive_loop loop_;
  net::connector connector_;
  std::vector<std::unique_ptr<client::connection_pool>> idle_; // one a server
  std::atomic<std::uint64_t> content_events_{0};
  std::vector<std::unique_ptr<client::exchange>> lanes_;
  std::uint32_t lanes_running_ = 0;
  std::function<void()> on_done_;
  boost::asio::steady_timer limits_timer_;
  std::thread thread_;
};

} // namespace loadgen::engine
