#include "workload/byte_source.hpp"

#include "workload/file_bytes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace loadgen::workload {

namespace {

error unreadable(const std::filesystem::path& path, int why) {
  return error{errc::io, fmt::format("cannot read '{}': {}", path.string(), std::generic_category().message(why))};
}

class descriptor {
public:
  explicit descriptor(int number) noexcept : number_(number) {}

  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;

  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }

  [[nodiscard]] int get() const noexcept { return number_; }

private:
  int number_;
};

// Read, not mapped: a file that gets shorter would end the program with a signal.
class file_source final : public byte_source {
public:
  file_source(std::filesystem::path path, std::unique_ptr<descriptor> file, const struct stat& opened)
      : path_(std::move(path)),
        file_(std::move(file)),
        size_(opened.st_size),
        changed_(opened.st_mtim) {}

  [[nodiscard]] result<std::size_t> read(std::uint64_t offset, std::span<char> into) const override {
    std::size_t filled = 0;
    while (filled < into.size()) {
      const ssize_t count =
          ::pread(file_->get(), into.data() + filled, into.size() - filled, static_cast<off_t>(offset + filled));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return unreadable(path_, errno);
      if (count == 0) break;
      filled += static_cast<std::size_t>(count);
    }
    if (has_changed())
      return error{errc::io, fmt::format("'{}' was changed while it was in use; expected a file that stays as it is",
                                         path_.string())};
    return filled;
  }

private:
  [[nodiscard]] bool has_changed() const {
    struct stat now {};

    return ::fstat(file_->get(), &now) != 0 || now.st_size != size_ || now.st_mtim.tv_sec != changed_.tv_sec ||
           now.st_mtim.tv_nsec != changed_.tv_nsec;
  }

  std::filesystem::path path_;
  std::unique_ptr<descriptor> file_;
  off_t size_;
  timespec changed_;
};

class memory_source final : public byte_source {
public:
  explicit memory_source(std::string bytes) : held_(std::move(bytes)), bytes_(held_) {}

  explicit memory_source(std::string_view bytes) : bytes_(bytes) {}

  memory_source(const memory_source&) = delete;
  memory_source& operator=(const memory_source&) = delete;

  [[nodiscard]] result<std::size_t> read(std::uint64_t offset, std::span<char> into) const override {
    const std::string_view rest = bytes_.substr(std::min<std::size_t>(offset, bytes_.size()));
    return rest.copy(into.data(), into.size());
  }

private:
  std::string held_;
  std::string_view bytes_;
};

} // namespace

result<std::shared_ptr<const byte_source>> open_bytes(const std::filesystem::path& path) {
  auto file = std::make_unique<descriptor>(::open(path.c_str(), O_RDONLY | O_CLOEXEC));

  struct stat opened {};

  if (file->get() < 0 || ::fstat(file->get(), &opened) != 0) return unreadable(path, errno);
  if (S_ISREG(opened.st_mode))
    return std::shared_ptr<const byte_source>{std::make_shared<file_source>(path, std::move(file), opened)};
  auto bytes = read_bytes(path);
  if (bytes.has_error()) return bytes.error();
  return held_bytes(*std::move(bytes));
}

std::shared_ptr<const byte_source> held_bytes(std::string bytes) {
  return std::make_shared<memory_source>(std::move(bytes));
}

std::shared_ptr<const byte_source> borrowed_bytes(std::string_view bytes) {
  return std::make_shared<memory_source>(bytes);
}

} // namespace loadgen::workload
