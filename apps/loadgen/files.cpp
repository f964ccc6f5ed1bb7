#include "files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <unistd.h>

namespace loadgen::cli {

error cannot_write(const std::filesystem::path& file) {
  return error{errc::io, fmt::format("cannot write {}: {}", file.string(), std::strerror(errno))};
}

result<std::string> read_text_file(const std::filesystem::path& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored))
    return error{errc::io, fmt::format("cannot read {}: it is a folder", file.string())};
  std::ifstream stream{file, std::ios::binary};
  if (!stream) return error{errc::io, fmt::format("cannot read {}: {}", file.string(), std::strerror(errno))};
  std::string text{std::istreambuf_iterator<char>{stream}, {}};
  if (stream.bad()) return error{errc::io, fmt::format("cannot read {}", file.string())};
  return text;
}

namespace {

/// `mode` as fopen has it.
result<void> put_text(const std::filesystem::path& file, const char* mode, std::string_view text) {
  const bool to_standard_output = file == "-";
  std::FILE* stream = to_standard_output ? stdout : std::fopen(file.c_str(), mode);
  bool written = stream && std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  if (stream) written = (to_standard_output ? std::fflush(stream) : std::fclose(stream)) == 0 && written;
  if (!written) return cannot_write(to_standard_output ? "standard output" : file);
  return {};
}

} // namespace

result<void> write_text(const std::filesystem::path& file, std::string_view text) {
  return put_text(file, "wb", text);
}

result<void> append_text(const std::filesystem::path& file, std::string_view text) {
  return put_text(file, "ab", text);
}

result<void> write_whole(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::path unfinished = file;
  unfinished += fmt::format(".{}", getpid());
  std::error_code failure;
  if (auto written = write_text(unfinished, text); written.has_error()) {
    std::filesystem::remove(unfinished, failure);
    return written;
  }
  std::filesystem::rename(unfinished, file, failure);
  if (!failure) return {};
  std::error_code ignored;
  std::filesystem::remove(unfinished, ignored);
  return error{errc::io, fmt::format("cannot put {} in place: {}", file.string(), failure.message())};
}

result<void> can_write(const std::filesystem::path& file) {
  if (file == "-") return {};
  const std::filesystem::path folder = file.has_parent_path() ? file.parent_path() : ".";
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(file, ignored);
  if (is_there && std::filesystem::is_directory(file, ignored))
    return error{errc::io, fmt::format("cannot write {}: it is a folder", file.string())};
  if (::access(is_there ? file.c_str() : folder.c_str(), W_OK) == 0) return {};
  return cannot_write(file);
}

} // namespace loadgen::cli
