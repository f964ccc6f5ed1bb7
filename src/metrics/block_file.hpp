#pragma once

#include <loadgen/base/error.hpp>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen::metrics {

// The frame of raw/records.bin: a file header, then checksummed blocks; docs/records-format.md describes both.

/// The version that this code writes, and the newest that it reads.
inline constexpr std::uint32_t records_format_version = 2;

enum class block_type : std::uint8_t {
  run_header = 1,
  level_begin = 2,
  records = 3,
  level_end = 4,
  run_end = 5,
};

/// What stands before each payload: magic, type, payload length, checksum.
inline constexpr std::size_t block_header_size = 13;

/// The bytes a file begins with.
[[nodiscard]] std::string file_header();

/// Fills in the header of `block`, whose first block_header_size bytes were left for it; the rest is the payload, of
/// less than 4 GiB.
void seal_block(std::string& block, block_type type);

/// A whole block around a payload.
[[nodiscard]] std::string make_block(block_type type, std::string_view payload);

/// Owns a file descriptor.
class unique_fd {
public:
  explicit unique_fd(int fd) noexcept : fd_(fd) {}

  unique_fd(unique_fd&& other) noexcept;
  unique_fd& operator=(unique_fd&& other) noexcept;
  ~unique_fd();

  [[nodiscard]] int get() const noexcept { return fd_; }

private:
  int fd_;
};

/// An io error about `file`: "cannot <act> <file>: <what errno says>".
[[nodiscard]] error io_error(std::string_view act, const std::filesystem::path& file, int errno_value);

/// Reads the blocks of one file in order, up to the first that is cut short or damaged.
///
/// Thread-safety: one thread at a time.
class block_reader {
public:
  struct block {
    std::uint8_t type = 0;    ///< a block_type, or one of a later revision
    std::string_view payload; ///< valid until the next call
  };

  /// What stands behind the first `limit` bytes is not read. Errors: io where the file cannot be read; invalid_input
  /// where it is not a file of records or of a newer version.
  [[nodiscard]] static result<block_reader> open(const std::filesystem::path& file,
                                                 std::uint64_t limit = std::numeric_limits<std::uint64_t>::max());

  /// Has next() pass over the blocks of that type, unread and unchecked, or give them again.
  void pass_over(std::optional<block_type> type) noexcept { passed_over_ = type; }

  /// The version of the format that the file says it has.
  [[nodiscard]] std::uint32_t version() const noexcept { return version_; }

  /// The next whole block; nothing at the end of the file or of its undamaged part. Errors: io.
  [[nodiscard]] result<std::optional<block>> next();

  /// How many bytes of the file it reads: its size when it was opened, or the limit.
  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  /// Whether bytes follow the last block that next() gave; true only once it gives nothing.
  [[nodiscard]] bool damaged() const noexcept { return damaged_; }

private:
  block_reader(unique_fd opened, std::filesystem::path file, std::uint64_t size);

  [[nodiscard]] result<bool> read_into(std::string& bytes, std::size_t size);
  [[nodiscard]] result<bool> skip(std::size_t size);
  [[nodiscard]] bool passes_over(char type) const noexcept;
  [[nodiscard]] result<std::optional<block>> stop_damaged();

  unique_fd fd_;
  std::filesystem::path file_;
  std::uint32_t version_ = 0;
  std::uint64_t size_;
  std::uint64_t unread_; ///< of those bytes
  std::string header_;
  std::string payload_;
  std::optional<block_type> passed_over_;
  bool damaged_ = false;
};

} // namespace loadgen::metrics
