#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/comparison/change.hpp>
#include <loadgen/metrics/gate.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::comparison {

/// A condition on the change of one figure in every level.
struct change_gate {
  std::string figure;           ///< its name
  metrics::comparison relation; ///< how the change has to stand to the limit
  double limit = 0;             ///< relative: 0.05 for "+5%"
  std::string text;             ///< "itl_p50 <= +5%", with one space between its terms
};

/// Reads "1%", "+5%" or "-2.5%" as a share of one. Errors: invalid_input for anything else.
[[nodiscard]] result<double> parse_percent(std::string_view text);

/// Reads a gate with its change. Errors: those of metrics::split_gate; invalid_input where the value is no change or
/// the figure has no interval (a minimum, a maximum, a standard deviation).
[[nodiscard]] result<change_gate> parse_change_gate(std::string_view text);

/// What the data say of a gate; the worse, the larger.
enum class gate_outcome : std::uint8_t {
  holds,       ///< the whole interval of the change is within the limit
  cannot_tell, ///< part of it is, there is no interval, or the instrument could have moved the change over the limit
  fails,       ///< none of it is, or the figure was not measured
};

/// The name in files: "cannot_tell".
[[nodiscard]] std::string_view to_string(gate_outcome outcome) noexcept;

/// Holds one level's change of the gate's figure to it.
[[nodiscard]] gate_outcome judge(const change_gate& gate, const change& of) noexcept;

} // namespace loadgen::comparison
