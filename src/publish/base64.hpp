#pragma once

#include <string>
#include <string_view>

namespace loadgen::publish {

/// RFC 4648: the standard alphabet, with padding.
[[nodiscard]] std::string base64(std::string_view bytes);

/// The same with the alphabet that is safe in URLs and file names.
[[nodiscard]] std::string base64_for_urls(std::string_view bytes);

} // namespace loadgen::publish
