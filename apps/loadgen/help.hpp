#pragma once

#include "options.hpp"

#include <string>

namespace loadgen::cli {

/// What --help prints of one subcommand: at most 100 columns. Options of later versions stand at the end.
[[nodiscard]] std::string help_text(const option_table& table);

/// `text` in lines of at most `width` columns, each after the first begun with `indent` spaces; no newline at the end.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t width, std::size_t indent);

} // namespace loadgen::cli
