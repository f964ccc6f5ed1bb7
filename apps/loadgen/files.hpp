#pragma once

#include <loadgen/base/error.hpp>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace loadgen::cli {

struct close_file {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

/// A stream that closes itself.
using file_stream = std::unique_ptr<std::FILE, close_file>;

/// Of `file`, which could not be written for the reason in errno.
[[nodiscard]] error cannot_write(const std::filesystem::path& file);

/// The whole of a file. Errors: io, naming the file.
[[nodiscard]] result<std::string> read_text_file(const std::filesystem::path& file);

/// Puts `text` into `file`, whose folder is there. Readers see it whole or not at all (or as it was). Errors: io.
[[nodiscard]] result<void> write_whole(const std::filesystem::path& file, std::string_view text);

/// Writes `text` to `file`, or to standard output where `file` is "-". Errors: io.
[[nodiscard]] result<void> write_text(const std::filesystem::path& file, std::string_view text);

/// Whether `file` can be written or made, as far as that can be told without doing it; "-" always. Errors: io.
[[nodiscard]] result<void> can_write(const std::filesystem::path& file);

/// Adds `text` to the end of `file`, which is made where it is not there; "-" as in write_text. Errors: io.
[[nodiscard]] result<void> append_text(const std::filesystem::path& file, std::string_view text);

} // namespace loadgen::cli
