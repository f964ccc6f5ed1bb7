#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>

#include <string>
#include <string_view>

namespace loadgen {

/// Reads a span with its unit: "500ms", "2s", "1.5m", "10us", "250ns", "1h". Zero is allowed, a negative span is not.
/// Errors: invalid_input for a bare number, an unknown unit, or a span above 1000 hours; the message quotes `text` and
/// names what was expected.
[[nodiscard]] result<duration> parse_duration(std::string_view text);

/// `span` in the largest unit that keeps it whole: "500ms", "90s", "1500us".
[[nodiscard]] std::string format_duration(duration span);

} // namespace loadgen
