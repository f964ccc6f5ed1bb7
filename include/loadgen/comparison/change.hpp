#pragma once

#include <loadgen/metrics/statistics.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What changed from one run to another, and how far that is more than chance (docs/comparison.md).
namespace loadgen::comparison {

/// What is to be said of one figure.
enum class judgement : std::uint8_t {
  better,      ///< the change is more than chance, in the good direction, and at least the practical threshold
  worse,       ///< the same in the bad direction
  negligible,  ///< the change is more than chance, and below the practical threshold
  same,        ///< no change is seen, and one as large as the threshold is ruled out
  cannot_tell, ///< none of these can be said: see obstacle
};

/// The name in files: "cannot_tell".
[[nodiscard]] std::string_view to_string(judgement of) noexcept;

/// Why a figure's change cannot be told, or has no interval.
enum class obstacle : std::uint8_t {
  none,             ///< it can be told
  chance,           ///< the interval holds both no change and one beyond the threshold: it takes more requests
  not_measured,     ///< one of the two has no such figure
  no_ratio,         ///< one of the two is zero, or as good as zero, so that there is no relative change
  few_requests,     ///< fewer than 40 requests on a side
  few_samples,      ///< too few samples beyond the percentile
  lasting_likeness, ///< neighbouring requests are alike for as long as a twentieth of the level
  histograms,       ///< a side has no samples (--bounded)
  common_loop,      ///< a rate of two targets that took turns in one loop: neither can be ahead of the other
  instrument,       ///< the difference is no larger than what the instrument itself may have moved the figures
};

/// The name in files: "few_requests"; "" for none.
[[nodiscard]] std::string_view to_string(obstacle why) noexcept;

/// In words, without a full stop. Valid as long as the program.
[[nodiscard]] std::string_view explain(obstacle why) noexcept;

/// One figure of two runs. Relative numbers are shares of A's value: 0.05 is 5 % more.
struct change {
  std::string figure;                        ///< as gates name it: "ttft_p99", "output_tokens_per_s"
  bool headline = false;                     ///< one of the few that reports show and count
  std::optional<double> a;                   ///< milliseconds or 1/s; over trials the geometric mean
  std::optional<double> b;                   ///< the same of the other run
  std::optional<double> relative;            ///< b / a - 1; unset where a figure is missing or not above zero
  std::optional<metrics::interval> interval; ///< of `relative`, at the settings' confidence
  /// How often chance alone would give a difference as large, were there none; no smaller than the samples can show.
  std::optional<double> p;
  std::optional<double> adjusted_p; ///< of headlines: by Holm, over all headlines of all levels
  /// Most that the instruments of both runs together can have moved `relative`, either way. Unset: no bound is known.
  std::optional<double> instrument;
  judgement verdict = judgement::cannot_tell; ///< by interval, threshold and instrument
  obstacle why = obstacle::not_measured;      ///< `none` unless the verdict is cannot_tell
};

} // namespace loadgen::comparison
