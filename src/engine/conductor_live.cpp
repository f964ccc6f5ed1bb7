#include "engine/conductor.hpp"
#include "metrics/verdict.hpp"

#include <algorithm>

namespace loadgen::engine {

namespace {

// Requests whose planned moment has come.
std::uint64_t due_at(const std::vector<duration>& offsets, duration elapsed) {
  return static_cast<std::uint64_t>(std::upper_bound(offsets.begin(), offsets.end(), elapsed) - offsets.begin());
}

} // namespace

// Those that have ended are read first: more may go out in between, but none ends that was not issued.
progress conductor::progress_of(const phase& part, std::size_t level) const {
  const workload::level_settings& planned = plan_.levels()[level];
  progress now;
  now.level = planned.level;
  now.levels = static_cast<std::uint32_t>(plan_.levels().size());
  now.trial = planned.trial;
  if (planned.open_loop())
    now.rate = settings_.loads[level].rate;
  else
    now.concurrency = settings_.loads[level].concurrency;
  now.warming_up = part.is_warmup();
  now.planned = part.planned();
  now.completed = part.ended(metrics::outcome::completed);
  now.failed = part.ended(metrics::outcome::failed);
  now.cancelled = part.ended(metrics::outcome::cancelled);
  now.issued = part.issued();
  now.dropped = part.dropped();
  for (const auto& one : workers_) now.content_events += one->content_events();
  now.elapsed = std::max(clock::now() - part.began(), duration::zero());
  return now;
}

void conductor::show(const phase& part, std::size_t level) {
  const std::lock_guard lock{showing_};
  before_phase_ = counts_in_run();
  shown_ = &part;
  shown_level_ = level;
}

void conductor::show_end_of_phase() {
  live_snapshot ended = snapshot();
  ended.running = false;
  const std::lock_guard lock{showing_};
  phase_before_ = std::move(ended);
  shown_ = nullptr;
}

live_snapshot conductor::snapshot() const {
  const std::lock_guard lock{showing_};
  if (shown_ == nullptr) {
    live_snapshot between = phase_before_.value_or(live_snapshot{});
    between.at = clock::now();
    return between;
  }
  live_snapshot shown;
  shown.running = true;
  shown.in_run = counts_in_run();
  shown.in_phase = shown.in_run;
  shown.in_phase -= before_phase_;
  shown.at = clock::now();
  describe_phase(shown);
  if (!shown.now.warming_up) shown.trust = audit_so_far(shown);
  return shown;
}

live_counts conductor::counts_in_run() const {
  live_counts total;
  for (const auto& one : workers_) one->add_to(total);
  return total;
}

void conductor::describe_phase(live_snapshot& shown) const {
  const workload::level_settings& planned = plan_.levels()[shown_level_];
  const std::vector<duration>& offsets = shown_->is_warmup() ? planned.warmup_offsets : planned.offsets;
  shown.place = static_cast<std::uint32_t>(shown_level_);
  shown.now = progress_of(*shown_, shown_level_);
  shown.open_loop = planned.open_loop();
  shown.issuing_over = !shown_->has_more(shown.at);
  if (shown.open_loop) shown.due = due_at(offsets, shown.at - shown_->began());
  if (shown_->deadline())
    shown.issuing_time = *shown_->deadline() - shown_->began();
  else if (!offsets.empty())
    shown.issuing_time = offsets.back();
  shown.time_of_later_levels = time_of_levels_from(shown_level_ + 1);
}

std::optional<duration> conductor::time_of_levels_from(std::size_t level) const {
  duration total{};
  for (; level < plan_.levels().size(); ++level) {
    const workload::level_settings& planned = plan_.levels()[level];
    const bool counted_warmup = settings_.warmup.requests > 0 && !planned.open_loop();
    if (counted_warmup || (!planned.time && !planned.open_loop())) return std::nullopt;
    const duration warmup = planned.warmup_offsets.empty() ? duration::zero() : planned.warmup_offsets.back();
    total += settings_.settle + std::max(settings_.warmup.time, warmup) + planned.time.value_or(duration::zero());
    if (!planned.time) total += planned.offsets.back();
  }
  return total;
}

metrics::audit conductor::audit_so_far(const live_snapshot& shown) const {
  metrics::audit trust;
  const live_counts& counts = shown.in_phase;
  trust.kernel_timestamps = counts.user_stamped == 0;
  if (counts.content_events > 0)
    trust.coalesced_behind_fraction =
        static_cast<double>(counts.coalesced_behind) / static_cast<double>(counts.content_events);
  trust.send_lag_ms.count = counts.send_lag.count();
  if (const auto lag = counts.send_lag.percentile(0.99)) trust.send_lag_ms.p99 = to_ms(*lag);
  net::punctuality worst;
  for (const auto& one : workers_) {
    const net::punctuality measured = one->punctuality();
    worst.busy = std::max(worst.busy, measured.busy);
    worst.longest_stall = std::max(worst.longest_stall, measured.longest_stall);
  }
  trust.longest_stall_ms = to_ms(worst.longest_stall);
  if (shown.now.elapsed > duration::zero()) trust.busy_fraction = to_s(worst.busy) / to_s(shown.now.elapsed);
  metrics::judge(trust);
  return trust;
}

} // namespace loadgen::engine
