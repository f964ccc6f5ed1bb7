#pragma once

#include <loadgen/base/error.hpp>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace loadgen::metrics {

// The frame of raw/records.bin, and of other files of a run: a file header, then checksummed blocks;
// docs/records-format.md describes both.

/// The version that this code writes, and the newest that it reads.
inline constexpr std::uint32_t records_format_version = 3;

enum class block_type : std::uint8_t {
  run_header = 1,
  level_begin = 2,
  records = 3,
  level_end = 4,
  run_end = 5,
};

/// What a file of blocks begins with, and how to speak of it.
struct block_file_kind {
  std::string_view magic;    ///< eight bytes
  std::uint32_t version = 1; ///< that this code writes, and the newest that it reads
  std::string_view contents; ///< "request records"
  std::string_view format;   ///< "records format"
};

/// A byte above 0x7F and both line ends: a transfer that rewrites text shows in the first bytes, as in PNG.
inline constexpr block_file_kind records_file{std::string_view{"\x89LGREC\r\n", 8}, records_format_version,
                                              "request records", "records format"};

/// What stands before each payload: magic, type, payload length, checksum.
inline constexpr std::size_t block_header_size = 13;

/// The bytes a file begins with.
[[nodiscard]] std::string file_header(const block_file_kind& kind = records_file);

/// Fills in the header of `block`, whose first block_header_size bytes were left for it; the rest is the payload, of
/// less than 4 GiB.
void seal_block(std::string& block, std::uint8_t type);

inline void seal_block(std::string& block, block_type type) {
  seal_block(block, static_cast<std::uint8_t>(type));
}

/// A whole block around a payload.
[[nodiscard]] std::string make_block(std::uint8_t type, std::string_view payload);

[[nodiscard]] inline std::string make_block(block_type type, std::string_view payload) {
  return make_block(static_cast<std::uint8_t>(type), payload);
}

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

/// A new file that is written at its end, in whole pieces: what follows a write that failed half-way takes its place.
///
/// Thread-safety: one thread at a time.
class append_file {
public:
  /// Creates `file`, which must not exist, with those permissions. Errors: io.
  [[nodiscard]] static result<append_file> create(const std::filesystem::path& file, unsigned permissions);

  /// Errors: io; the file keeps the pieces before.
  [[nodiscard]] result<void> append(std::string_view piece);

  /// Keeps room on the disk ahead of the file's end, from half of `reserve` bytes to all of them, where the file system
  /// can. Errors: io where the disk is too full for that; what was kept before is still there to be written to.
  [[nodiscard]] result<void> keep_room(std::uint64_t reserve);

  /// Gives the room that was kept back to the disk.
  void give_back_room() noexcept;

  /// Removes the file; nothing may be written after it.
  void remove() noexcept;

  /// Bytes of all whole pieces.
  [[nodiscard]] std::uint64_t size() const noexcept { return whole_size_; }

private:
  append_file(unique_fd opened, std::filesystem::path file) : fd_(std::move(opened)), file_(std::move(file)) {}

  unique_fd fd_;
  std::filesystem::path file_;
  std::uint64_t whole_size_ = 0;
  std::uint64_t reserved_to_ = 0; // room on the disk is the file's up to here
  bool can_reserve_ = true;
  bool torn_ = false; // a write failed, perhaps half-way through a piece
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
  /// where it is not a file of that kind or of a newer version.
  [[nodiscard]] static result<block_reader> open(const std::filesystem::path& file,
                                                 std::uint64_t limit = std::numeric_limits<std::uint64_t>::max(),
                                                 const block_file_kind& kind = records_file);

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
