#pragma once

#include <loadgen/base/error.hpp>

#include <filesystem>
#include <string_view>

namespace loadgen::report {

/// Puts `text` into `file`, creating the folders above it. Readers see the file whole or not at all (or as it was):
/// it is written beside its place and renamed. Errors: io.
[[nodiscard]] result<void> write_whole(const std::filesystem::path& file, std::string_view text);

/// Appends `line` to `file`, after `header` where the file is new or empty. Both end in a line feed. Processes that
/// append at once take turns; a line that a killed writer left unfinished is ended first. Errors: io, and the file is
/// as it was.
[[nodiscard]] result<void> append_line(const std::filesystem::path& file, std::string_view header,
                                       std::string_view line);

} // namespace loadgen::report
