#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace loadgen::cli {

/// The candidate that `word` was most likely meant to be, or nothing where none is close: at most two edits, or a
/// third of the word's length, away.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

} // namespace loadgen::cli
