#include "engine/conductor.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <sys/resource.h>

namespace loadgen::engine {

namespace asio = boost::asio;

namespace {

// An open loop's first request would be late by the time that workers take to wake up, were it due at once.
constexpr duration open_loop_lead = std::chrono::milliseconds{5};

duration process_cpu_time() noexcept {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto span = [](const timeval& time) {
    return std::chrono::seconds{time.tv_sec} + std::chrono::microseconds{time.tv_usec};
  };
  return span(used.ru_utime) + span(used.ru_stime);
}

// Of `total`, what falls to one of `parts`: as even as whole numbers allow, the first ones taking what is left over.
std::uint32_t share_of(std::uint32_t total, std::size_t part, std::size_t parts) noexcept {
  const auto count = static_cast<std::uint32_t>(parts);
  return total / count + (part < total % count ? 1U : 0U);
}

/// Part number `part` of the lanes of all workers: they begin in turn.
lane_share lanes_of(const level_load& load, std::size_t part, std::size_t parts) noexcept {
  const duration gap = load.stagger / std::max(load.concurrency, 1U);
  return {.count = share_of(load.concurrency, part, parts),
          .first = gap * static_cast<std::int64_t>(part),
          .gap = gap * static_cast<std::int64_t>(parts)};
}

} // namespace

conductor::conductor(const run_settings& settings, const workload::plan& plan, const std::vector<server>& servers,
                     record_pump& records)
    : settings_(settings),
      plan_(plan),
      records_(records),
      signals_(events_),
      grace_(events_),
      deadline_(events_),
      pause_(events_),
      ticks_(events_),
      attachment_(settings.live, *this) {
  for (std::uint32_t i = 0; i < settings.threads; ++i)
    workers_.push_back(std::make_unique<worker>(static_cast<std::uint16_t>(i), settings.client,
                                                plan.settings().endpoint, servers, records));
}

metrics::run_end conductor::run_all() {
  if (settings_.handle_signals) {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    wait_for_signal();
  }
  tick();
  for (std::size_t level = 0; level < plan_.levels().size() && !ended_early(); ++level) {
    run_level(level);
    const bool is_last = level + 1 == plan_.levels().size();
    if (!is_last && !ended_early()) settle();
  }
  metrics::run_end end;
  end.complete = !ended_early();
  end.interrupted_by = interrupted_by_;
  return end;
}

void conductor::settle() {
  if (settings_.settle == duration::zero()) return;
  pause_.expires_after(settings_.settle);
  pause_.async_wait([this](boost::system::error_code) { events_.stop(); });
  events_.restart();
  events_.run();
}

void conductor::run_level(std::size_t level) {
  records_.begin_level(describe(level));
  warm_up(level);

  const bool open_loop = plan_.levels()[level].open_loop();
  const instant began = clock::now() + (open_loop ? open_loop_lead : duration::zero());
  phase measured{plan_, level, phase::kind::measured, began, bounds_of(level, began)};
  for (const auto& one : workers_) one->reset_measures();
  metrics::level_end end;
  end.measured_from = clock::now();
  const duration cpu_before = process_cpu_time();
  issuing_ended_.reset();
  if (!ended_early()) run_phase(measured, level);
  end.cpu_time = process_cpu_time() - cpu_before;
  end.ended = clock::now();
  end.duration_mode = measured.deadline().has_value();
  end.issuing_ended = issuing_ended_.value_or(measured.deadline().value_or(end.ended));
  end.cut_short = end.duration_mode && issuing_ended_;
  end.dropped_cap = measured.dropped();
  const std::uint64_t reached = measured.issued() + measured.dropped();
  if (!end.duration_mode) end.dropped_not_reached = plan_.levels()[level].requests - reached;
  reached_.push_back(reached);
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const net::punctuality measure = workers_[i]->punctuality();
    end.workers.push_back({static_cast<std::uint16_t>(i), measure.busy, measure.longest_stall});
    workers_[i]->add_tcp(end);
  }
  records_.end_level(end);
  records_failed_ = records_.has_failed();
}

phase::limits conductor::bounds_of(std::size_t level, instant began) const {
  const workload::level_settings& planned = plan_.levels()[level];
  const level_load& load = settings_.loads[level];
  phase::limits bounds;
  bounds.most = planned.open_loop() ? planned.offsets.size() : planned.time ? phase::unlimited : planned.requests;
  if (planned.time) bounds.deadline = began + *planned.time;
  bounds.max_concurrency = load.max_concurrency;
  bounds.on_cap = load.on_cap;
  return bounds;
}

void conductor::warm_up(std::size_t level) {
  const warmup_settings& wanted = settings_.warmup;
  if (ended_early() || (wanted.requests == 0 && wanted.time == duration::zero())) return;
  const workload::level_settings& planned = plan_.levels()[level];
  const instant began = clock::now();
  phase::limits bounds = bounds_of(level, began);
  bounds.on_cap = cap_policy::wait;
  bounds.deadline.reset();
  if (wanted.time > duration::zero()) bounds.deadline = began + wanted.time;
  bounds.most = planned.open_loop() ? planned.warmup_offsets.size()
                : bounds.deadline   ? phase::unlimited
                                    : wanted.requests;
  phase part{plan_, level, phase::kind::warmup, began, bounds};
  run_phase(part, level);
}

void conductor::run_phase(phase& part, std::size_t level) {
  current_ = &part;
  ++phases_begun_;
  current_level_ = level;
  workers_running_ = workers_.size();
  show(part, level);
  const auto on_done = [this] {
    asio::post(events_, [this] {
      if (--workers_running_ == 0) return events_.stop();
      for (const auto& one : workers_) one->wake_pacer(); // lanes that are yet to begin may have nothing left to do
    });
  };
  for (std::size_t i = 0; i < workers_.size(); ++i)
    workers_[i]->begin(part, lanes_of(settings_.loads[level], i, workers_.size()), on_done);
  if (part.deadline()) end_issuing_at_deadline(part, settings_.loads[level].drain);
  const auto until_done = asio::make_work_guard(events_);
  events_.restart();
  events_.run();
  deadline_.cancel();
  show_end_of_phase();
  current_ = nullptr;
}

// Lanes see the deadline for themselves; a pacer that waits has to be woken. Then what is in flight has the drain time,
// in a warm-up as long as it takes.
void conductor::end_issuing_at_deadline(const phase& part, duration drain) {
  deadline_.expires_at(*part.deadline());
  deadline_.async_wait([this, drain, number = phases_begun_](boost::system::error_code cancelled) {
    if (cancelled || !is_running(number)) return;
    stop_issuing();
    if (current_->is_warmup()) return;
    deadline_.expires_at(*current_->deadline() + drain);
    deadline_.async_wait([this, number](boost::system::error_code cancelled_later) {
      if (!cancelled_later && is_running(number)) cancel_all(metrics::cause::drain_limit);
    });
  });
}

// Before its deadline: what ends issuing for good.
void conductor::end_early() {
  const instant now = clock::now();
  const bool in_time = current_ != nullptr && !current_->over(now);
  if (in_time) issuing_ended_ = now;
  pause_.cancel();
  stop_issuing();
}

void conductor::stop_issuing() {
  if (current_ != nullptr) current_->stop();
  for (const auto& one : workers_) one->wake_pacer();
}

void conductor::cancel_all(metrics::cause why) {
  for (const auto& one : workers_) one->cancel_all(why);
}

metrics::level_info conductor::describe(std::size_t level) const {
  const workload::level_settings& planned = plan_.levels()[level];
  const level_load& load = settings_.loads[level];
  metrics::level_info info;
  info.level = planned.level;
  info.trial = planned.trial;
  if (planned.open_loop())
    info.rate = load.rate;
  else
    info.concurrency = load.concurrency;
  if (!planned.time) info.planned = planned.requests;
  info.begin = clock::now();
  return info;
}

void conductor::wait_for_signal() {
  signals_.async_wait([this](boost::system::error_code failure, int number) {
    if (failure) return;
    on_signal(number);
    wait_for_signal();
  });
}

// The first signal stops issuing and gives what is in flight a moment to end well; the second one does not wait.
void conductor::on_signal(int number) {
  const bool again = interrupted_by_ != 0;
  if (again) return cancel_all(metrics::cause::interrupt);
  interrupted_by_ = number;
  end_with_grace();
}

void conductor::end_with_grace() {
  end_early();
  grace_.expires_after(settings_.interrupt_grace);
  grace_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled) cancel_all(metrics::cause::interrupt);
  });
}

void conductor::tick() {
  ticks_.expires_after(settings_.progress_interval);
  ticks_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled) return;
    report_progress();
    if (records_.has_failed() && !records_failed_) { // what cannot be written need not be sent
      records_failed_ = true;
      end_with_grace();
    }
    tick();
  });
}

void conductor::report_progress() {
  if (settings_.on_progress && current_ != nullptr) settings_.on_progress(progress_of(*current_, current_level_));
}

} // namespace loadgen::engine
