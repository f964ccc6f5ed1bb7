#include "engine/conductor.hpp"

#include <boost/asio/post.hpp>

#include <csignal>
#include <sys/resource.h>

namespace loadgen::engine {

namespace asio = boost::asio;

namespace {

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

} // namespace

conductor::conductor(const run_settings& settings, const workload::plan& plan, const std::vector<server>& servers,
                     record_pump& records)
    : settings_(settings),
      plan_(plan),
      records_(records),
      signals_(events_),
      grace_(events_),
      ticks_(events_) {
  workers_.push_back(
      std::make_unique<worker>(std::uint16_t{0}, settings.client, plan.settings().endpoint, servers, records));
}

metrics::run_end conductor::run_all() {
  if (settings_.handle_signals) {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    wait_for_signal();
  }
  tick();
  for (std::size_t level = 0; level < plan_.levels().size() && !ended_early(); ++level) run_level(level);
  metrics::run_end end;
  end.complete = !ended_early();
  end.interrupted_by = interrupted_by_;
  return end;
}

void conductor::run_level(std::size_t level) {
  records_.begin_level(describe(level));
  warm_up(level);

  const std::uint64_t planned = plan_.levels()[level].requests;
  phase measured{plan_, level, phase::kind::measured, planned};
  for (const auto& one : workers_) one->reset_punctuality();
  metrics::level_end end;
  end.measured_from = clock::now();
  const duration cpu_before = process_cpu_time();
  if (!ended_early()) run_phase(measured, level);
  end.cpu_time = process_cpu_time() - cpu_before;
  end.ended = clock::now();
  end.issuing_ended = end.ended;
  end.dropped_not_reached = planned - measured.issued();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    const net::punctuality measure = workers_[i]->punctuality();
    end.workers.push_back({static_cast<std::uint16_t>(i), measure.busy, measure.longest_stall});
  }
  records_.end_level(end);
  records_failed_ = records_.failure().has_value();
}

void conductor::warm_up(std::size_t level) {
  const warmup_settings& wanted = settings_.warmup;
  if (wanted.requests == 0 && wanted.time == duration::zero()) return;
  std::optional<instant> deadline;
  if (wanted.time > duration::zero()) deadline = clock::now() + wanted.time;
  phase part{plan_, level, phase::kind::warmup, deadline ? phase::unlimited : wanted.requests, deadline};
  run_phase(part, level);
}

void conductor::run_phase(phase& part, std::size_t level) {
  current_ = &part;
  current_level_ = level;
  phase_began_ = clock::now();
  workers_running_ = workers_.size();
  const auto on_done = [this] {
    asio::post(events_, [this] {
      if (--workers_running_ == 0) events_.stop();
    });
  };
  for (std::size_t i = 0; i < workers_.size(); ++i)
    workers_[i]->begin(part, share_of(settings_.loads[level].concurrency, i, workers_.size()), on_done);
  const auto until_done = asio::make_work_guard(events_);
  events_.restart();
  events_.run();
  current_ = nullptr;
}

metrics::level_info conductor::describe(std::size_t level) const {
  const workload::level_settings& planned = plan_.levels()[level];
  metrics::level_info info;
  info.level = planned.level;
  info.trial = planned.trial;
  info.concurrency = settings_.loads[level].concurrency;
  info.planned = planned.requests;
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
  if (!again) interrupted_by_ = number;
  if (current_ != nullptr) current_->stop();
  const auto cut = [this] {
    for (const auto& one : workers_) one->cancel_all(metrics::cause::interrupt);
  };
  if (again) return cut();
  grace_.expires_after(settings_.interrupt_grace);
  grace_.async_wait([cut](boost::system::error_code cancelled) {
    if (!cancelled) cut();
  });
}

void conductor::tick() {
  ticks_.expires_after(settings_.progress_interval);
  ticks_.async_wait([this](boost::system::error_code cancelled) {
    if (cancelled) return;
    report_progress();
    if (records_.failure() && current_ != nullptr) current_->stop(); // what cannot be written need not be sent
    tick();
  });
}

void conductor::report_progress() {
  if (!settings_.on_progress || current_ == nullptr) return;
  const workload::level_settings& planned = plan_.levels()[current_level_];
  progress now;
  now.level = planned.level;
  now.levels = static_cast<std::uint32_t>(plan_.levels().size());
  now.trial = planned.trial;
  now.concurrency = settings_.loads[current_level_].concurrency;
  now.warming_up = current_->is_warmup();
  now.planned = current_->planned();
  now.issued = current_->issued();
  now.completed = current_->ended(metrics::outcome::completed);
  now.failed = current_->ended(metrics::outcome::failed);
  now.cancelled = current_->ended(metrics::outcome::cancelled);
  for (const auto& one : workers_) now.content_events += one->content_events();
  now.elapsed = clock::now() - phase_began_;
  settings_.on_progress(now);
}

} // namespace loadgen::engine
