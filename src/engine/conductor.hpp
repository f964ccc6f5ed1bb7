#pragma once

#include "base/sha256.hpp"
#include "engine/keepers.hpp"
#include "engine/live_source.hpp"
#include "engine/phase.hpp"
#include "engine/servers.hpp"
#include "engine/worker.hpp"

#include <loadgen/engine/run.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::engine {

/// Takes the workers through a run: level by level, warm-up and then measured, until the plan is done, and nothing is
/// chosen behind it, or a signal ends it. The thread that calls run_all() waits in an event loop of its own, where
/// signals, the end of a phase and the display's ticks arrive.
class conductor final : private live_source {
public:
  /// `choose`: asked for a level when the plan has no more; empty: never. Then the pump must keep a level's records.
  conductor(const run_settings& settings, workload::plan plan, const std::vector<server>& servers, keepers keep,
            level_chooser choose = {});

  /// Runs all levels and writes their records.
  [[nodiscard]] metrics::run_end run_all();

  /// What has come of all requests, warm-ups included.
  [[nodiscard]] live_counts counts_in_run() const;

  /// The plan with all levels that were chosen.
  [[nodiscard]] const workload::plan& plan() const noexcept { return plan_; }

  /// Why no further level could be chosen; unset where one could, or none was asked for.
  [[nodiscard]] const std::optional<error>& failure() const noexcept { return failure_; }

  /// How many requests of each level of the plan, or conversations, went out or were dropped in their turn: a prefix of
  /// the level.
  [[nodiscard]] const std::vector<std::uint64_t>& reached() const noexcept { return reached_; }

  /// Of the measured requests of all levels that went out, in plan order, where the plan has conversations. Only once.
  [[nodiscard]] std::string wire_digest() { return wire_.hex_digest(); }

private:
  void settle();
  [[nodiscard]] bool has_level(std::size_t level);
  [[nodiscard]] result<bool> choose_level();
  void run_level(std::size_t level);
  void run_phase(phase& part, std::size_t level);
  void announce(const phase& part, std::size_t level);
  void warm_up(std::size_t level);
  void hash_what_went_out();
  [[nodiscard]] phase::limits bounds_of(std::size_t level, instant began) const;
  void end_issuing_at_deadline(const phase& part, duration drain);
  void end_early();
  void end_with_grace();
  void stop_issuing();
  void cancel_all(metrics::cause why);
  [[nodiscard]] metrics::level_info describe(std::size_t level) const;
  void wait_for_signal();
  void on_signal(int number);
  void tick();
  void report_progress();
  void show(const phase& part, std::size_t level);
  void show_end_of_phase();
  [[nodiscard]] progress progress_of(const phase& part, std::size_t level) const;
  [[nodiscard]] live_snapshot snapshot() const override;
  void describe_phase(live_snapshot& shown) const;
  [[nodiscard]] metrics::audit audit_so_far(const live_snapshot& shown) const;
  [[nodiscard]] std::optional<duration> time_of_levels_from(std::size_t level) const;

  [[nodiscard]] bool is_running(std::uint64_t phase_number) const {
    return current_ != nullptr && phases_begun_ == phase_number;
  }

  [[nodiscard]] bool ended_early() const { return interrupted_by_ != 0 || records_failed_ || plan_failed_ || failure_; }

  const run_settings& settings_;
  workload::plan plan_;
  std::vector<level_load> loads_; // one for each of the plan's levels
  const keepers keep_;
  level_chooser choose_;
  metrics::recorded_level last_; // the level that ended last, where levels are chosen

  boost::asio::io_context events_{1};
  boost::asio::signal_set signals_;
  boost::asio::steady_timer grace_;
  boost::asio::steady_timer deadline_;
  boost::asio::steady_timer pause_;
  boost::asio::steady_timer ticks_;
  std::vector<std::unique_ptr<worker>> workers_; // gone before `events_`: their last post may still be on its way out

  phase* current_ = nullptr;       // the phase that runs
  std::uint64_t phases_begun_ = 0; // tells a late timer of one phase from those of the next
  std::size_t current_level_ = 0;
  std::vector<std::uint64_t> reached_;
  sha256 wire_; // of what went out in conversations
  std::size_t workers_running_ = 0;
  std::optional<instant> issuing_ended_; // of the phase that runs, where it was ended from outside
  int interrupted_by_ = 0;
  bool records_failed_ = false;
  std::optional<error> failure_;
  bool plan_failed_ = false;

  mutable std::mutex showing_;   // held for the change of a phase, and while a snapshot is taken
  const phase* shown_ = nullptr; // the phase that runs
  std::size_t shown_level_ = 0;
  live_counts before_phase_;                  // in the run
  std::optional<live_snapshot> phase_before_; // where none runs: how the one before ended
  live_attachment attachment_;                // last: asked from here on
};

} // namespace loadgen::engine
