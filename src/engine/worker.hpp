#pragma once

#include "client/connection_pool.hpp"
#include "client/exchange.hpp"
#include "client/stream_meter.hpp"
#include "engine/phase.hpp"
#include "engine/record_pump.hpp"
#include "engine/request_meter.hpp"
#include "engine/servers.hpp"
#include "engine/target_chooser.hpp"
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
#include <string>
#include <thread>
#include <vector>

namespace loadgen::engine {

/// A worker's share of the lanes of a closed loop, and when they begin after the phase does.
struct lane_share {
  std::uint32_t count = 0;
  duration first{}; ///< the first of them
  duration gap{};   ///< from each to the next
};

/// Runs its share of a phase: a thread with an io_context for the coroutines, and a receive loop beside it. In a closed
/// loop each lane carries out one request after another; in an open one a pacer puts each request on a free lane when
/// it is due.
///
/// Thread-safety: as said at each member. Lifetime: joins its threads when destroyed; no phase may be running then.
class worker {
public:
  worker(std::uint16_t number, const client_settings& settings, endpoint_kind endpoint,
         const std::vector<server>& servers, record_pump& records);
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  ~worker();

  /// Issues requests of `part` until it has none left and those issued have ended; then calls `on_done` from the
  /// worker's thread. `lanes`: those of a closed loop; an open one takes as many as it needs. Any thread; one phase at
  /// a time. `part` must live until then.
  void begin(phase& part, lane_share lanes, std::function<void()> on_done);

  /// Wakes the pacer, or what starts the lanes, so that it sees that its phase has been stopped. Any thread.
  void wake_pacer();

  /// Ends all requests under way, for that cause. Any thread.
  void cancel_all(metrics::cause why);

  /// Content events received since the worker was made. Any thread.
  [[nodiscard]] std::uint64_t content_events() const noexcept { return streams_.content_events.load(); }

  /// Adds what has come since the worker was made. Any thread.
  void add_to(live_counts& total) const;

  /// How punctual the worker has been since the last reset. Any thread.
  [[nodiscard]] net::punctuality punctuality() const noexcept { return loop_.measure(); }

  /// Adds what TCP knows of its connections since the last reset to `end`. Between phases only.
  void add_tcp(metrics::level_end& end) const;

  /// Between phases only.
  void reset_measures() noexcept;

private:
  /// A request that waits for its moment.
  struct prepared_request {
    record_pump::record_pointer record;
    std::string body;
  };

  boost::asio::awaitable<void> start_lanes(phase& part, lane_share lanes);
  boost::asio::awaitable<void> run_lane(phase& part, client::exchange& lane);
  boost::asio::awaitable<void> pace(phase& part);
  boost::asio::awaitable<void> wait_until(const phase& part, instant due);
  boost::asio::awaitable<bool> pass_cap(phase& part, metrics::request_record& record);
  boost::asio::awaitable<void> run_once(phase& part, client::exchange& lane, prepared_request request);
  boost::asio::awaitable<void> carry_out(phase& part, client::exchange& lane, prepared_request request);

  [[nodiscard]] prepared_request prepare(const phase& part, std::uint64_t index) const;
  void note_issued(phase& part) noexcept;
  void add_lane();
  void end_coroutine();
  void enforce_limits_from_now_on();

  const std::uint16_t number_;
  const client_settings& settings_;
  const endpoint_kind endpoint_;
  const std::vector<server>& servers_;
  target_chooser chooser_;
  record_pump& records_;

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  net::receive_loop loop_;
  net::connector connector_;
  std::vector<std::unique_ptr<client::connection_pool>> idle_; // one a server
  client::stream_meter streams_;
  request_meter requests_;
  std::vector<std::unique_ptr<client::exchange>> lanes_;
  std::vector<client::exchange*> free_lanes_; // open loop
  std::size_t coroutines_running_ = 0;        // of the phase that runs
  std::function<void()> on_done_;
  boost::asio::steady_timer limits_timer_;
  boost::asio::steady_timer pace_timer_;
  instant cap_passed_; // when the pacer last got past the cap after a wait
  std::thread thread_;
};

} // namespace loadgen::engine
