#pragma once

#include <loadgen/base/time.hpp>
#include <loadgen/metrics/summary.hpp>
#include <loadgen/serve/truth.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

/// What the client on this machine measures, held against the truth of the reference server (docs/calibration.md).
namespace loadgen::calibrate {

/// The load of one level: a closed loop of streams at the reference server's steady pace.
struct offered_load {
  std::uint32_t streams = 1;  ///< requests in flight at once
  std::uint64_t requests = 1; ///< in all, each after the first `streams` when another one has ended
  std::uint32_t tokens = 2;   ///< of each answer, one an event; at least 2, so that it has a gap
  duration ttft{};            ///< the server's
  duration itl{};             ///< the server's, the same between all tokens

  /// How long an answer takes on time, from the request's arrival to the last token's write.
  [[nodiscard]] duration answer_time() const noexcept { return ttft + (tokens - 1) * itl; }

  /// Tokens the server writes each second when it is on time and no client is.
  [[nodiscard]] double tokens_per_s() const noexcept { return streams * tokens / to_s(answer_time()); }

  /// Member by member.
  friend bool operator==(const offered_load&, const offered_load&) = default;
};

/// One percentile as the client reported it and as the server knows it.
struct figure_reading {
  double reported_ms = 0; ///< from the client's records
  double true_ms = 0;     ///< from the server's truth file
  /// Reported less true, without what the server does not know itself: a chunk left at any time within a send call that
  /// was slow, and what lies within that is not the client's error.
  double error_ms = 0;
};

/// The figures of a level_reading: of each request its TTFT, of all gaps between tokens the ITL.
enum class figure : std::uint8_t { ttft_p50, ttft_p99, itl_p50, itl_p99 };

/// How many there are.
inline constexpr std::size_t figure_count = 4;

/// One level as it was measured.
struct level_reading {
  offered_load offered;    ///< what the level was to be
  bool complete = false;   ///< every request completed and is in the truth; else the figures below may be of a part
  double tokens_per_s = 0; ///< received, over the window from the first request to the last token
  std::array<figure_reading, figure_count> figures; ///< by figure: see of()
  double coalesced_fraction = 0;                    ///< of the tokens, those that came in one read with a later one
  double cpu_fraction = 0;                          ///< the client's CPU time over the length of the level: 1 is a core
  bool kernel_stamps = false;                       ///< every token had one
  metrics::verdict verdict = metrics::verdict::ok;  ///< the client's word on itself
  bool server_late = false; ///< half of the answers took the server 10 % longer than they should
  bool repeated = false;    ///< the better of two measurements

  /// One of the four.
  [[nodiscard]] const figure_reading& of(figure which) const noexcept {
    return figures[static_cast<std::size_t>(which)];
  }

  /// The largest error of the figures, either way.
  [[nodiscard]] double worst_error_ms() const noexcept;

  /// Whether the level shows the client to be within `error_ms` at this load: it was complete, the client was not
  /// behind (verdict::client_bound), and no figure has a larger error.
  [[nodiscard]] bool holds(double error_ms) const noexcept;
};

/// Holds what the client reported of a level against what the server wrote meanwhile. Pure. `truth`: of the same
/// requests and no others, in any order.
[[nodiscard]] level_reading read_level(const offered_load& offered, const metrics::level_summary& reported,
                                       const std::vector<serve::truth_record>& truth);

} // namespace loadgen::calibrate
