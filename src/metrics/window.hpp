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

/// Finds the measured window of a level from its records, in any order.
class window_finder {
public:
  void add(const request_record& record) noexcept;

  /// Nothing where no measured request was sent. A level without its end block (the run was killed) ends with its last
  /// `done`; a level of which no request was done ends with the last request's `ended`.
  [[nodiscard]] std::optional<window> found(const std::optional<level_end>& end) const noexcept;

private:
  std::optional<instant> first_sent_, last_done_, last_ended_;
};

} // namespace loadgen::metrics
