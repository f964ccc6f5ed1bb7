#include "serve/truth_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace loadgen::serve {

namespace {

constexpr std::size_t write_size = 16 * 1024;

} // namespace

result<truth_file> truth_file::create(const std::filesystem::path& file, std::string_view name) {
  unique_fd opened{::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644)};
  if (!opened)
    return error{errc::io, fmt::format("cannot create the {} {}: {}", name, file.string(), std::strerror(errno))};
  return truth_file{std::move(opened), fmt::format("{} {}", name, file.string())};
}

void truth_file::add(std::string_view line) {
  waiting_ += line;
  if (waiting_.size() >= write_size) flush();
}

void truth_file::flush() {
  std::string_view rest = waiting_;
  while (!rest.empty() && !failure_) {
    const ssize_t written = ::write(file_.get(), rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0)
      failure_ = error{errc::io, fmt::format("cannot write the {}: {}", name_, std::strerror(errno))};
    else
      rest.remove_prefix(static_cast<std::size_t>(written));
  }
  waiting_.clear();
}

} // namespace loadgen::serve
