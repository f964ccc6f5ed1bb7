#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace loadgen::workload {

/// The offset of the first byte that is not part of well-formed UTF-8, or nothing where all of `bytes` is.
[[nodiscard]] std::optional<std::size_t> invalid_utf8_at(std::string_view bytes);

} // namespace loadgen::workload
