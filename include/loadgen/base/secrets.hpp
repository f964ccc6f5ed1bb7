#pragma once

#include <string_view>

namespace loadgen {

/// What stands in a file or on a screen for a value that must not be there.
inline constexpr std::string_view hidden = "(hidden)";

/// Whether the value of a header of that name is a secret: Authorization, cookies, and names that speak of a key, a
/// token, a secret or a password. Upper and lower case are the same.
[[nodiscard]] bool is_secret_header(std::string_view name);

} // namespace loadgen
