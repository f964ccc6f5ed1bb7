#pragma once

#include <loadgen/base/secrets.hpp>

#include <string>
#include <string_view>

namespace loadgen::cli {

/// A header "K: V" as it may be shown: "K: (hidden)" where its value is a secret, else unchanged.
[[nodiscard]] std::string shown_header(std::string_view header);

} // namespace loadgen::cli
