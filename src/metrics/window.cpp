#include "metrics/window.hpp"

#include <algorithm>

namespace loadgen::metrics {

namespace {

void take_earlier(std::optional<instant>& earliest, const std::optional<instant>& when) noexcept {
  if (when && (!earliest || *when < *earliest)) earliest = when;
}

void take_later(std::optional<instant>& latest, const std::optional<instant>& when) noexcept {
  if (when && (!latest || *when > *latest)) latest = when;
}

} // namespace

bool window::ended_inside(const request_record& record) const noexcept {
  if (!duration_mode) return true;
  const auto& when = record.done ? record.done : record.ended;
  return when && contains(*when);
}

void window_finder::add(const request_record& record) noexcept {
  if (record.warmup) return;
  take_earlier(first_sent_, record.sent);
  take_later(last_done_, record.done);
  take_later(last_ended_, record.ended);
}

std::optional<window> window_finder::found(const std::optional<level_end>& end) const noexcept {
  if (!first_sent_) return std::nullopt;
  if (end && end->duration_mode) return window{*first_sent_, std::max(*first_sent_, end->issuing_ended), true};
  const std::optional<instant>& last = last_done_ ? last_done_ : last_ended_;
  return window{*first_sent_, last.value_or(*first_sent_), false};
}

} // namespace loadgen::metrics
