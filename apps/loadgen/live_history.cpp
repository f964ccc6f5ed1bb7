#include "live_history.hpp"

#include <algorithm>

namespace loadgen::cli {

namespace {

// A sample takes some 60 KB: one a second is enough for a window of ten.
constexpr std::chrono::seconds between_samples{1};

} // namespace

bool live_history::is_of_another_phase(const engine::live_snapshot& now) const noexcept {
  return !latest_ || latest_->place != now.place || latest_->now.warming_up != now.now.warming_up ||
         latest_->in_phase.issued > now.in_phase.issued;
}

void live_history::add(const engine::live_snapshot& now) {
  if (is_of_another_phase(now)) samples_.assign(1, {now.at - now.now.elapsed, {}, 0});
  latest_ = now;
  if (now.at - samples_.back().at >= between_samples) samples_.push_back({now.at, now.in_phase, now.due});
  while (samples_.size() > 1 && samples_[1].at <= now.at - window) samples_.pop_front();
}

recent_figures live_history::recent() const {
  recent_figures figures;
  if (!latest_) return figures;
  const sample& from = samples_.front();
  figures.span = latest_->at - from.at;
  if (figures.span <= duration::zero()) return figures;
  engine::live_counts since = latest_->in_phase;
  since -= from.in_phase;
  const double seconds = to_s(figures.span);
  figures.sent_per_s = static_cast<double>(since.issued) / seconds;
  figures.completed_per_s = static_cast<double>(since.completed) / seconds;
  if (latest_->open_loop) figures.planned_per_s = static_cast<double>(latest_->due - from.due) / seconds;
  const auto events = static_cast<double>(latest_->in_run.content_events);
  const double tokens_per_event = events > 0 ? latest_->in_run.tokens_received() / events : 1;
  figures.tokens_per_s = static_cast<double>(since.content_events) * tokens_per_event / seconds;
  figures.ttft = std::move(since.ttft);
  figures.itl = std::move(since.itl);
  return figures;
}

std::optional<duration> live_history::time_left() const {
  if (!latest_ || !latest_->running || latest_->issuing_over) return std::nullopt;
  const engine::progress& now = latest_->now;
  if (latest_->issuing_time) return std::max(*latest_->issuing_time - now.elapsed, duration::zero());
  const std::uint64_t ended = now.completed + now.failed + now.cancelled;
  if (now.planned == 0 || ended == 0 || ended >= now.planned) return std::nullopt;
  const double left = static_cast<double>(now.planned - ended) / static_cast<double>(ended);
  return std::chrono::duration_cast<duration>(seconds_f{to_s(now.elapsed) * left});
}

} // namespace loadgen::cli
