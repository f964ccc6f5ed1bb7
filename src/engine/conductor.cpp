#include "engine/conductor.hpp"

#include "engine/descriptor_limit.hpp"
#include "engine/level_checks.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <sys/resource.h>
#include <utility>

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

conductor::conductor(const run_settings& settings, workload::plan plan, const std::vector<server>& servers,
                     keepers keep, level_chooser choose)
    : settings_(settings),
      plan_(std::move(plan)),
      loads_(settings.loads),
      keep_(keep),
      choose_(std::move(choose)),
      signals_(events_),
      grace_(events_),
      deadline_(events_),
      pause_(events_),
      ticks_(events_),
      attachment_(settings.live, *this) {
  for (std::uint32_t i = 0; i < settings.threads; ++i)
    workers_.push_back(std::make_unique<worker>(static_cast<std::uint16_t>(i), settings.client,
                                                plan_.settings().answers(), servers, keep));
}

metrics::run_end conductor::run_all() {
  if (settings_.handle_signals) {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    wait_for_signal();
  }
  tick();
  for (std::size_t level = 0; !ended_early() && has_level(level); ++level) {
    if (level > 0) settle();
    if (!ended_early()) run_level(level);
  }
  metrics::run_end end;
  end.complete = !ended_early();
  end.interrupted_by = interrupted_by_;
  return end;
}

bool conductor::has_level(std::size_t level) {
  if (level < plan_.levels().size()) return true;
  if (!choose_) return false;
  const auto chosen = choose_level();
  if (chosen.has_error()) failure_ = chosen.error();
  return chosen.has_value() && *chosen;
}

/// Adds one behind the last; false where there is to be none.
result<bool> conductor::choose_level() {
  auto chosen = choose_(last_);
  if (chosen.has_error()) return chosen.error();
  if (!*chosen) return false;
  const level_load& load = (*chosen)->load;
  if (auto valid = validate(load, (*chosen)->planned); valid.has_error()) return valid.error();
  if (auto room = allow_connections(connections_of(load, (*chosen)->planned)); room.has_error()) return room.error();
  auto longer = plan_.with_level(std::move((*chosen)->planned));
  if (longer.has_error()) return longer.error();
  plan_ = std::move(*longer);
  loads_.push_back(load);
  return true;
}

void conductor::settle() {
  if (settings_.settle == duration::zero()) return;
  pause_.expires_after(settings_.settle);
  pause_.async_wait([this](boost::system::error_code) { events_.stop(); });
  events_.restart();
  events_.run();
}

void conductor::run_level(std::size_t level) {
  const metrics::level_info info = describe(level);
  keep_.records.begin_level(info);
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
  end.dropped_conversation = measured.abandoned();
  const std::uint64_t accounted = measured.issued() + measured.dropped() + measured.abandoned();
  if (!end.duration_mode) end.dropped_not_reached = plan_.levels()[level].requests - accounted;
  reached_.push_back(measured.reached());
  hash_what_went_out();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const net::punctuality measure = workers_[i]->punctuality();
    end.workers.push_back({static_cast<std::uint16_t>(i), measure.busy, measure.longest_stall});
    workers_[i]->add_tcp(end);
  }
  keep_.records.end_level(end);
  records_failed_ = keep_.records.has_failed();
  if (choose_) last_ = {.info = info, .requests = keep_.records.take_level(), .end = std::move(end)};
}

void conductor::hash_what_went_out() {
  wire_log all;
  for (const auto& one : workers_) all.take(one->sent());
  all.put_into(wire_);
}

phase::limits conductor::bounds_of(std::size_t level, instant began) const {
  const workload::level_settings& planned = plan_.levels()[level];
  const level_load& load = loads_[level];
  phase::limits bounds;
  bounds.most = planned.open_loop() ? planned.offsets.size() : planned.time ? phase::unlimited : planned.requests;
  if (planned.time) bounds.deadline = began + *planned.time;
  if (plan_.has_conversations()) {
    bounds.most = plan_.conversations(level).value_or(phase::unlimited);
    bounds.most_requests = planned.time ? phase::unlimited : planned.requests;
  }
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
  if (plan_.has_conversations()) {
    bounds.most_requests = bounds.deadline ? phase::unlimited : wanted.requests;
    if (!planned.open_loop() && !bounds.deadline) bounds.most = plan_.order().conversations_for(wanted.requests);
  }
  phase part{plan_, level, phase::kind::warmup, began, bounds};
  run_phase(part, level);
}

void conductor::announce(const phase& part, std::size_t level) {
  const workload::level_settings& planned = plan_.levels()[level];
  const recording::recorded_phase begun{static_cast<std::uint32_t>(level), planned.level, planned.trial,
                                        part.is_warmup(), part.began()};
  if (keep_.exchanges != nullptr) keep_.exchanges->begin_phase(begun);
  if (keep_.texts != nullptr) keep_.texts->begin_phase(begun);
}

void conductor::run_phase(phase& part, std::size_t level) {
  current_ = &part;
  ++phases_begun_;
  current_level_ = level;
  workers_running_ = workers_.size();
  announce(part, level);
  show(part, level);
  const auto on_done = [this] {
    asio::post(events_, [this] {
      if (--workers_running_ == 0) return events_.stop();
      for (const auto& one : workers_) one->wake_pacer(); // lanes that are yet to begin may have nothing left to do
    });
  };
  for (std::size_t i = 0; i < workers_.size(); ++i)
    workers_[i]->begin(part, lanes_of(loads_[level], i, workers_.size()), on_done);
  if (part.deadline()) end_issuing_at_deadline(part, loads_[level].drain);
  const auto until_done = asio::make_work_guard(events_);
  events_.restart();
  events_.run();
  deadline_.cancel();
  show_end_of_phase();
  plan_failed_ = plan_.failure().has_value();
  if (plan_failed_ && !issuing_ended_)
    issuing_ended_ = std::min(clock::now(), part.deadline().value_or(instant::max()));
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
  for (const auto& one : workers_) one->wake_all();
}

void conductor::cancel_all(metrics::cause why) {
  for (const auto& one : workers_) one->cancel_all(why);
}

metrics::level_info conductor::describe(std::size_t level) const {
  const workload::level_settings& planned = plan_.levels()[level];
  const level_load& load = loads_[level];
  metrics::level_info info;
  info.level = planned.level;
  info.trial = planned.trial;
  if (planned.open_loop())
    info.rate = load.rate;
  else
    info.concurrency = load.concurrency;
  if (!planned.time) {
    info.planned = planned.requests;
    info.planned_conversations = plan_.conversations(level);
  }
  if (planned.cell) {
    info.grid_input = planned.cell->input;
    info.grid_output = planned.cell->output;
  }
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
    if (keep_.records.has_failed() && !records_failed_) { // what cannot be written need not be sent
      records_failed_ = true;
      end_with_grace();
    }
    if (plan_.failure()) end_early();
    tick();
  });
}

void conductor::report_progress() {
  if (settings_.on_progress && current_ != nullptr) settings_.on_progress(progress_of(*current_, current_level_));
}

} // namespace loadgen::engine
