#include "report/files.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace loadgen::report {

namespace {

namespace fs = std::filesystem;

class file_descriptor {
public:
  explicit file_descriptor(int opened) noexcept : fd_(opened) {}

  file_descriptor(const file_descriptor&) = delete;
  file_descriptor& operator=(const file_descriptor&) = delete;

  ~file_descriptor() {
    if (is_open()) ::close(fd_);
  }

  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }

  [[nodiscard]] int get() const noexcept { return fd_; }

private:
  int fd_;
};

error io_error(std::string_view what, const fs::path& file, int number) {
  return {errc::io, fmt::format("cannot {} {}: {}", what, file.string(), std::generic_category().message(number))};
}

/// Whether all of `text` was written; errno tells why not.
bool write_all(int fd, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool lock_exclusively(int fd) noexcept {
  int locked = 0;
  do locked = ::flock(fd, LOCK_EX);
  while (locked != 0 && errno == EINTR);
  return locked == 0;
}

bool ends_in_line_feed(int fd, off_t size) noexcept {
  char last = 0;
  return ::pread(fd, &last, 1, size - 1) == 1 && last == '\n';
}

/// Whether `file` names what `opened` is of.
bool is_still_at(const fs::path& file, const struct stat& opened) noexcept {
  struct stat named {};

  return ::stat(file.c_str(), &named) == 0 && named.st_ino == opened.st_ino && named.st_dev == opened.st_dev;
}

bool begins_with(int fd, std::string_view header) {
  std::string begin(header.size(), '\0');
  return ::pread(fd, begin.data(), begin.size(), 0) == static_cast<ssize_t>(header.size()) && begin == header;
}

/// Renames NAME.csv to NAME.1.csv, or to the first such name that is free.
result<void> put_aside(const fs::path& file) {
  for (int number = 1;; ++number) {
    fs::path aside = file;
    aside.replace_extension(fmt::format("{}{}", number, file.extension().string()));
    if (::renameat2(AT_FDCWD, file.c_str(), AT_FDCWD, aside.c_str(), RENAME_NOREPLACE) == 0) return {};
    if (errno != EEXIST) return io_error("put aside", file, errno);
  }
}

result<void> append_locked(const fs::path& file, int fd, off_t size, std::string_view header, std::string_view lines) {
  std::string text;
  if (size == 0)
    text = header;
  else if (!ends_in_line_feed(fd, size))
    text = "\n";
  text += lines;
  if (write_all(fd, text)) return {};
  const int number = errno;
  if (::ftruncate(fd, size) != 0) return io_error("write, or take back what was written to,", file, number);
  return io_error("write", file, number);
}

} // namespace

result<void> create_folder_of(const fs::path& file) {
  if (!file.has_parent_path()) return {};
  std::error_code failure;
  fs::create_directories(file.parent_path(), failure);
  if (failure) return io_error("create the folder", file.parent_path(), failure.value());
  return {};
}

fs::path unfinished_beside(const fs::path& file) {
  return file.parent_path() / fmt::format(".{}.{}", file.filename().string(), ::getpid());
}

unfinished_file::unfinished_file(int fd, fs::path file, fs::path unfinished)
    : fd_(fd),
      file_(std::move(file)),
      unfinished_(std::move(unfinished)) {}

unfinished_file::unfinished_file(unfinished_file&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      file_(std::move(other.file_)),
      unfinished_(std::move(other.unfinished_)) {}

unfinished_file::~unfinished_file() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(unfinished_.c_str());
}

result<unfinished_file> unfinished_file::create(const fs::path& file) {
  if (const result<void> created = create_folder_of(file); created.has_error()) return created.error();
  fs::path unfinished = unfinished_beside(file);
  const int fd = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (fd < 0) return io_error("create", file, errno);
  return unfinished_file{fd, file, std::move(unfinished)};
}

result<void> unfinished_file::append(std::string_view text) {
  if (!write_all(fd_, text)) return io_error("write", file_, errno);
  return {};
}

// close() tells the errors that some file systems keep until then.
result<void> unfinished_file::commit() {
  const char* what = nullptr;
  if (::close(std::exchange(fd_, -1)) != 0)
    what = "write";
  else if (::rename(unfinished_.c_str(), file_.c_str()) != 0)
    what = "put in place";
  if (what == nullptr) return {};
  const int number = errno;
  ::unlink(unfinished_.c_str());
  return io_error(what, file_, number);
}

result<void> write_whole(const fs::path& file, std::string_view text) {
  auto unfinished = unfinished_file::create(file);
  if (unfinished.has_error()) return unfinished.error();
  if (const result<void> written = unfinished->append(text); written.has_error()) return written;
  return unfinished->commit();
}

result<void> append_lines(const fs::path& file, std::string_view header, std::string_view lines) {
  if (const result<void> created = create_folder_of(file); created.has_error()) return created;
  for (;;) {
    const file_descriptor opened{::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)};
    if (!opened.is_open()) return io_error("open", file, errno);
    if (!lock_exclusively(opened.get())) return io_error("lock", file, errno);

    struct stat status {};

    if (::fstat(opened.get(), &status) != 0) return io_error("read the size of", file, errno);
    if (!is_still_at(file, status)) continue; // another process put it aside while this one waited for its turn
    if (status.st_size > 0 && !begins_with(opened.get(), header)) {
      if (const result<void> moved = put_aside(file); moved.has_error()) return moved;
      continue;
    }
    return append_locked(file, opened.get(), status.st_size, header, lines);
  }
}

} // namespace loadgen::report
