#pragma once

#include <string>
#include <string_view>

namespace loadgen::cli {

/// What stands in a file or on a screen for a value that must not be there.
inline constexpr std::string_view hidden = "(hidden)";

/// Whether the value of a header of that name is a secret: Authorization, cookies, and names that speak of a key, a
/// token, a secret or a password.
[[nodiscard]] bool is_secret_header(std::string_view name);

/// A header "K: V" as it may be shown: "K: (hidden)" where its value is a secret, else unchanged.
[[nodiscard]] std::string shown_header(std::string_view header);

} // namespace loadgen::cli
