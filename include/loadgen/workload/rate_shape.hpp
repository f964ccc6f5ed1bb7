#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>

#include <cstdint>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// How the rate goes from a stage's first value to its last.
enum class ramp_form : std::uint8_t {
  linear,      ///< by the same number of requests/s in each second
  exponential, ///< by the same factor in each second
};

/// A stretch of a load whose rate is held or changes steadily.
struct rate_stage {
  double from = 0;                    ///< requests/s at its begin, at least 0; above 0 where it is exponential
  double to = 0;                      ///< the same at its end; equal to `from` where the rate is held
  duration length{};                  ///< above 0
  ramp_form form = ramp_form::linear; ///< of no effect where the rate is held
};

/// A rate that changes with time: stages, one behind the other. It turns arrivals of one a second into arrivals of its
/// own, by the inverse of the number of requests expected up to a moment: the n-th comes when n are expected. What is
/// random about the arrivals stays as it was, and equal gaps stay equal wherever the rate is held.
///
/// Thread-safety: all const members may be called from several threads at once.
class rate_shape {
public:
  /// Errors: invalid_input where there is no stage, one is out of its range, none has a rate above 0, or all together
  /// are longer than 1000 hours or expect more than 10^9 requests.
  [[nodiscard]] static result<rate_shape> make(const std::vector<rate_stage>& stages);

  /// How long all stages are.
  [[nodiscard]] duration length() const noexcept { return length_; }

  /// How many requests all stages are expected to bring.
  [[nodiscard]] double expected_requests() const noexcept;

  /// Requests/s over the whole length.
  [[nodiscard]] double mean_rate() const noexcept { return expected_requests() / to_s(length_); }

  /// When `expected` requests are expected to have come, from the begin of the first stage, in seconds: ascending. At
  /// least 0 and below expected_requests().
  [[nodiscard]] double time_of(double expected) const noexcept;

private:
  struct placed_stage {
    rate_stage stage;
    double begin_s = 0;         // after the begin of the first
    double expected_before = 0; // requests, in all stages before it
    double expected_behind = 0; // the same with its own
  };

  std::vector<placed_stage> stages_; // those that expect anything
  duration length_{};
};

/// Reads stages with commas between them: "2@30s" holds 2/s for 30 s, "2..20@1m" goes evenly from 2/s to 20/s in one
/// minute, "2..20@1m:exponential" by the same factor in each second. Errors: invalid_input, quoting what cannot be
/// read, and those of rate_shape::make().
[[nodiscard]] result<rate_shape> parse_stages(std::string_view text);

} // namespace loadgen::workload
