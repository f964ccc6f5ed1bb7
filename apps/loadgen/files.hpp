#pragma once

#include <loadgen/base/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>

namespace loadgen::cli {

/// The whole of a file. Errors: io, naming the file.
[[nodiscard]] result<std::string> read_text_file(const std::filesystem::path& file);

/// Puts `text` into `file`, whose folder is there. Readers see it whole or not at all (or as it was). Errors: io.
[[nodiscard]] result<void> write_whole(const std::filesystem::path& file, std::string_view text);

/// Writes `text` to `file`, or to standard output where `file` is "-". Errors: io.
[[nodiscard]] result<void> write_text(const std::filesystem::path& file, std::string_view text);

/// Whether `file` can be written or made, as far as that can be told without doing it; "-" always. Errors: io.
[[nodiscard]] result<void> can_write(const std::filesystem::path& file);

} // namespace loadgen::cli
