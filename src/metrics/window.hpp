#pragma once

#include <loadgen/metrics/recorded_run.hpp>

#include <optional>

namespace loadgen::metrics {

/// The span of a level that its rates are taken over, both ends inside.
struct window {
  instant begin; ///< first measured `sent`
  instant end;   ///< count mode: last `done`; duration mode: when issuing stopped
  bool duration_mode = false;

  [[nodiscard]] duration length() const noexcept { return end - begin; }

  [[nodiscard]] bool contains(instant when) const noexcept { return begin <= when && when <= end; }

  /// Whether the request's end falls inside: always in count mode.
  [[nodiscard]] bool ended_inside(const request_record& record) const noexcept;
};

/// The measured window of a level; nothing where no measured request was sent. A level without its end block (the run
/// was killed) ends with its last `done`; a level of which no request was done ends with the last request's `ended`.
[[nodiscard]] std::optional<window> measured_window(const recorded_level& level) noexcept;

} // namespace loadgen::metrics
