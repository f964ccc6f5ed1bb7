#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/metrics/figure.hpp>
#include <loadgen/metrics/summary.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::metrics {

/// How a gate holds a figure against its limit. Exact: both sides with all their digits.
enum class comparison : std::uint8_t {
  at_most,  ///< written "<="
  below,    ///< written "<"
  at_least, ///< written ">="
  above     ///< written ">"
};

/// "<=", "<", ">=", ">"
[[nodiscard]] std::string_view to_string(comparison relation) noexcept;

/// Whether `left` stands in that relation to `right`.
[[nodiscard]] bool compares(double left, comparison relation, double right) noexcept;

/// "ttft_p99 <= 500ms", taken apart. What the value may be depends on who asks: a limit here, a change in a comparison
/// of two runs.
struct gate_terms {
  figure of;           ///< the NAME
  comparison relation; ///< the OP
  std::string value;   ///< as written, without the space around it, never empty
};

/// Takes NAME OP VALUE apart; space around each of the three is free. Errors: invalid_input where that is not its shape
/// or there is no such figure.
[[nodiscard]] result<gate_terms> split_gate(std::string_view text);

/// A condition on one figure of every level and trial.
struct gate {
  figure of;           ///< what is held to the limit
  comparison relation; ///< how the figure has to stand to the limit for the gate to hold
  double limit;        ///< milliseconds for a latency, 1/s for a rate
  std::string text;    ///< "ttft_p99 <= 500ms", with one space between its terms

  /// False where the figure was not measured.
  [[nodiscard]] bool holds_in(const level_summary& level) const;
};

/// Reads a gate with its limit: a duration with its unit for a latency, a bare number of at least 0 for a rate. Errors:
/// those of split_gate; invalid_input for another limit.
[[nodiscard]] result<gate> parse_gate(std::string_view text);

} // namespace loadgen::metrics
