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

std::optional<window> measured_window(const recorded_level& level) noexcept {
  std::optional<instant> first_sent, last_done, last_ended;
  for (const request_record& record : level.requests) {
    if (record.warmup) continue;
    take_earlier(first_sent, record.sent);
    take_later(last_done, record.done);
    take_later(last_ended, record.ended);
  }
  if (!first_sent) return std::nullopt;
  const bool duration_mode = level.end && level.end->duration_mode;
  if (duration_mode) return window{*first_sent, std::max(*first_sent, level.end->issuing_ended), true};
  if (!last_done) last_done = last_ended;
  return window{*first_sent, last_done.value_or(*first_sent), false};
}

} // namespace loadgen::metrics
