#pragma once

#include <string_view>

namespace loadgen::cli {

/// "0.1.0"; the build gives it.
inline constexpr std::string_view version = LOADGEN_VERSION;

} // namespace loadgen::cli
