#pragma once

#include "client/connection_pool.hpp"
#include "client/exchange.hpp"
#include "client/stream_meter.hpp"
#include "engine/client_limits.hpp"
#include "engine/keepers.hpp"
#include "engine/phase.hpp"
#include "engine/reply_keeper.hpp"
#include "engine/request_meter.hpp"
#include "engine/servers.hpp"
#include "engine/target_chooser.hpp"
#include "engine/wire_log.hpp"
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
#include <unordered_map>
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
/// it is due. Where the plan has conversations, a lane that has taken one holds it to its end.
///
/// Thread-safety: as said at each member. Lifetime: joins its threads when destroyed; no phase may be running then.
class worker {
public:
  worker(std::uint16_t number, const client_settings& settings, answer_form asked, const std::vector<server>& servers,
         keepers keep);
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;
  ~worker();

  /// Issues requests of `part` until it has none left and those issued have ended; then calls `on_done` from the
  /// worker's thread. `lanes`: those of a closed loop; an open one takes as many as it needs. Any thread; one phase at
  /// a time. `part` must live until then.
  void begin(phase& part, lane_share lanes, std::function<void()> on_done);

  /// Wakes the pacer, or what starts the lanes, so that it sees what has changed. Any thread.
  void wake_pacer();

  /// The same, and the conversations that wait for their next turn: their phase has been stopped. Any thread.
  void wake_all();

  /// What went out of the plan's conversations since it was taken last. Between phases only.
  [[nodiscard]] wire_log& sent() noexcept { return sent_; }

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
    std::unique_ptr<workload::conversation> talk{}; // that it begins; null: none, or it goes on
  };

  /// What one request after another needs.
  struct lane {
    explicit lane(worker& of) : exchange(of.connector_, exchange_limits(of.settings_), of.asked_, of.streams_) {}

    /// Of a conversation that is held.
    struct talking {
      explicit talking(boost::asio::io_context& context) : thinking(context) {}

      boost::asio::steady_timer thinking; // until the next turn
      reply_keeper reply;                 // where they go on with the server's
    };

    client::exchange exchange;
    // Most streams need none of these, and there may be many thousands.
    std::unique_ptr<talking> talk;                       // from its first conversation on
    std::unique_ptr<recording::recording_tap> tap;       // where bytes are kept
    std::unique_ptr<recording::answer_collector> answer; // where texts are kept
  };

  /// How a request ended.
  struct ending {
    metrics::outcome how = metrics::outcome::failed;
    instant last_arrival;
  };

  boost::asio::awaitable<void> start_lanes(phase& part, lane_share lanes);
  boost::asio::awaitable<void> run_lane(phase& part, lane& on);
  boost::asio::awaitable<void> pace(phase& part);
  boost::asio::awaitable<void> wait_until(const phase& part, instant due);
  boost::asio::awaitable<bool> pass_cap(phase& part, metrics::request_record& record);
  boost::asio::awaitable<void> run_once(phase& part, lane& on, prepared_request request);
  boost::asio::awaitable<ending> carry_out(phase& part, lane& on, prepared_request request);
  boost::asio::awaitable<void> hold(phase& part, lane& on, prepared_request request);
  boost::asio::awaitable<bool> think(const phase& part, lane& on, instant due);

  [[nodiscard]] prepared_request prepare(phase& part, std::uint64_t index) const;
  [[nodiscard]] prepared_request prepare(const phase& part, workload::planned_request planned) const;
  void note_issued(phase& part) noexcept;
  void add_lane();
  void end_coroutine();
  void enforce_limits_from_now_on();

  const std::uint16_t number_;
  const client_settings& settings_;
  const answer_form asked_;
  const std::vector<server>& servers_;
  target_chooser chooser_;
  const keepers keep_;

  boost::asio::io_context context_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  net::receive_loop loop_;
  net::connector connector_;
  std::vector<std::unique_ptr<client::connection_pool>> idle_; // one a server
  client::stream_meter streams_;
  request_meter requests_;
  std::vector<std::unique_ptr<lane>> lanes_;
  std::vector<lane*> free_lanes_;      // open loop
  std::size_t coroutines_running_ = 0; // of the phase that runs
  std::function<void()> on_done_;
  boost::asio::steady_timer limits_timer_;
  boost::asio::steady_timer pace_timer_;
  wire_log sent_;
  instant cap_passed_; // when the pacer last got past the cap after a wait
  std::thread thread_;
};

} // namespace loadgen::engine
