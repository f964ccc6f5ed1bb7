#pragma once

#include <loadgen/serve/reference_server.hpp>

namespace loadgen::serve {

/// The most tokens one answer may have: their numbers fill the six digits a token's text has.
inline constexpr std::uint32_t max_answer_tokens = 1'000'000;

/// Whether a server can be made of `settings`. Errors: invalid_input naming the setting, its value and its range.
[[nodiscard]] result<void> validate(const server_settings& settings);

} // namespace loadgen::serve
