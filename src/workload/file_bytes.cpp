#include "workload/file_bytes.hpp"

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

namespace loadgen::workload {

namespace {

struct close_file {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};

} // namespace

// C's streams, because they say why a read failed.
result<std::string> read_bytes(const std::filesystem::path& path) {
  const auto failed = [&path] {
    const int why = errno;
    return error{errc::io, fmt::format("cannot read '{}': {}", path.string(), std::generic_category().message(why))};
  };
  const std::unique_ptr<std::FILE, close_file> file{std::fopen(path.c_str(), "rb")};
  if (!file) return failed();
  std::string bytes;
  std::array<char, 65'536> block{};
  while (const std::size_t count = std::fread(block.data(), 1, block.size(), file.get()))
    bytes.append(block.data(), count);
  if (std::ferror(file.get()) != 0) return failed();
  return bytes;
}

} // namespace loadgen::workload
