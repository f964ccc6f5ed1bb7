#pragma once

#include <loadgen/base/random.hpp>
#include <loadgen/serve/reference_server.hpp>

namespace loadgen::serve {

/// When the tokens of one answer are due: the first `ttft` after `start`, each next one a drawn gap after the one
/// before it. Gaps add up from the ideal times, never from the times of actual writes, so a late write delays nothing
/// after it.
///
/// The gaps are those of random_stream(seed, "gaps", request), so a request's schedule can be drawn again from its
/// number. Distributions, all of mean `itl`: constant; normal with deviation itl * cv, where a negative draw is a gap
/// of zero; lognormal with that coefficient of variation; exponential. No gap is longer than a day.
///
/// Reads no clock. Thread-safety: distinct objects safe.
class stream_schedule {
public:
  stream_schedule(const server_settings& settings, std::uint64_t request, instant start);

  /// When the current token, at first the answer's first one, is due.
  [[nodiscard]] instant due() const noexcept { return due_; }

  /// Moves on by `tokens` tokens.
  void advance(std::uint32_t tokens = 1);

private:
  [[nodiscard]] duration draw_gap();

  gap_distribution distribution_;
  duration itl_;
  double cv_;
  random_stream bits_;
  instant due_;
};

} // namespace loadgen::serve
