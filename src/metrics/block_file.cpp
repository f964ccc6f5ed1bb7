#include "metrics/block_file.hpp"

#include <boost/crc.hpp>
#include <boost/endian/conversion.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace loadgen::metrics {

namespace {

constexpr std::size_t magic_size = 8;
constexpr std::size_t file_header_size = magic_size + 4;

constexpr std::string_view block_magic{"LGBK", 4};
constexpr std::size_t type_offset = 4;
constexpr std::size_t length_offset = 5;
constexpr std::size_t checksum_offset = 9;

using crc32c = boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true>;

void store_u32(std::string& bytes, std::size_t offset, std::uint32_t value) {
  boost::endian::store_little_u32(reinterpret_cast<unsigned char*>(bytes.data() + offset), value);
}

std::uint32_t load_u32(std::string_view bytes, std::size_t offset) noexcept {
  return boost::endian::load_little_u32(reinterpret_cast<const unsigned char*>(bytes.data() + offset));
}

std::uint32_t checksum(std::string_view header, std::string_view payload) {
  crc32c crc;
  crc.process_bytes(header.data() + type_offset, checksum_offset - type_offset);
  crc.process_bytes(payload.data(), payload.size());
  return crc.checksum();
}

} // namespace

std::string file_header(const block_file_kind& kind) {
  std::string header{kind.magic};
  header.resize(file_header_size);
  store_u32(header, magic_size, kind.version);
  return header;
}

void seal_block(std::string& block, std::uint8_t type) {
  const std::string_view payload = std::string_view{block}.substr(block_header_size);
  block.replace(0, block_magic.size(), block_magic);
  block[type_offset] = static_cast<char>(type);
  store_u32(block, length_offset, static_cast<std::uint32_t>(payload.size()));
  store_u32(block, checksum_offset, checksum(block, payload));
}

std::string make_block(std::uint8_t type, std::string_view payload) {
  std::string block(block_header_size, '\0');
  block += payload;
  seal_block(block, type);
  return block;
}

unique_fd::unique_fd(unique_fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

unique_fd& unique_fd::operator=(unique_fd&& other) noexcept {
  std::swap(fd_, other.fd_);
  return *this;
}

unique_fd::~unique_fd() {
  if (fd_ >= 0) ::close(fd_);
}

result<append_file> append_file::create(const std::filesystem::path& file, unsigned permissions) {
  unique_fd fd{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, permissions)};
  if (fd.get() < 0) return io_error("create", file, errno);
  return append_file{std::move(fd), file};
}

result<void> append_file::append(std::string_view piece) {
  // A reader stops at half a block: what follows a failed write must not stand behind one.
  if (torn_ && ::ftruncate(fd_.get(), static_cast<off_t>(whole_size_)) != 0) return io_error("repair", file_, errno);
  torn_ = false;
  std::string_view rest = piece;
  while (!rest.empty()) {
    const ssize_t wrote = ::write(fd_.get(), rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      torn_ = true;
      return io_error("write", file_, errno);
    }
    rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
  whole_size_ += piece.size();
  return {};
}

// In steps of half the reserve, so that most writes ask for nothing.
result<void> append_file::keep_room(std::uint64_t reserve) {
  if (!can_reserve_ || reserved_to_ >= whole_size_ + reserve / 2) return {};
  const std::uint64_t wanted = whole_size_ + reserve;
  const std::uint64_t from = std::max(reserved_to_, whole_size_);
  if (::fallocate(fd_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from), static_cast<off_t>(wanted - from)) == 0) {
    reserved_to_ = wanted;
    return {};
  }
  if (errno == ENOSPC || errno == EDQUOT) return io_error("make room for", file_, errno);
  can_reserve_ = errno == EINTR; // not every file system knows how: there a write says when the disk is full
  return {};
}

void append_file::give_back_room() noexcept {
  if (reserved_to_ > whole_size_) static_cast<void>(::ftruncate(fd_.get(), static_cast<off_t>(whole_size_)));
}

void append_file::remove() noexcept {
  ::unlink(file_.c_str());
}

error io_error(std::string_view act, const std::filesystem::path& file, int errno_value) {
  return error{errc::io,
               fmt::format("cannot {} {}: {}", act, file.string(), std::generic_category().message(errno_value))};
}

block_reader::block_reader(unique_fd opened, std::filesystem::path file, std::uint64_t size)
    : fd_(std::move(opened)),
      file_(std::move(file)),
      size_(size),
      unread_(size) {}

result<block_reader> block_reader::open(const std::filesystem::path& file, std::uint64_t limit,
                                        const block_file_kind& kind) {
  unique_fd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (fd.get() < 0) return io_error("open", file, errno);

  struct stat status {};

  if (::fstat(fd.get(), &status) != 0) return io_error("read", file, errno);
  if (!S_ISREG(status.st_mode)) return invalid_input(fmt::format("{} is not a regular file", file.string()));

  block_reader reader{std::move(fd), file, std::min(static_cast<std::uint64_t>(status.st_size), limit)};
  const auto whole = reader.read_into(reader.header_, file_header_size);
  if (!whole) return whole.error();
  if (!*whole || !std::string_view{reader.header_}.starts_with(kind.magic))
    return invalid_input(fmt::format("{} is not a file of {}", file.string(), kind.contents));
  const std::uint32_t version = load_u32(reader.header_, magic_size);
  if (version == 0 || version > kind.version)
    return invalid_input(fmt::format("{} has {} version {}; this program reads versions up to {}", file.string(),
                                     kind.format, version, kind.version));
  reader.version_ = version;
  return reader;
}

result<std::optional<block_reader::block>> block_reader::next() {
  for (;;) {
    if (damaged_ || unread_ == 0) return std::optional<block>{};
    const auto has_header = read_into(header_, block_header_size);
    if (!has_header) return has_header.error();
    if (!*has_header || !std::string_view{header_}.starts_with(block_magic)) return stop_damaged();
    if (!passes_over(header_[type_offset])) break;
    const auto skipped = skip(load_u32(header_, length_offset));
    if (!skipped) return skipped.error();
    if (!*skipped) return stop_damaged();
  }
  const auto has_payload = read_into(payload_, load_u32(header_, length_offset));
  if (!has_payload) return has_payload.error();
  if (!*has_payload || checksum(header_, payload_) != load_u32(header_, checksum_offset)) return stop_damaged();
  return std::optional<block>{block{static_cast<std::uint8_t>(header_[type_offset]), payload_}};
}

result<std::optional<block_reader::block>> block_reader::stop_damaged() {
  damaged_ = true;
  return std::optional<block>{};
}

// False where the file ends before `size` more bytes: asked before any memory is taken for them.
result<bool> block_reader::read_into(std::string& bytes, std::size_t size) {
  if (size > unread_) return false;
  bytes.resize(size);
  std::size_t filled = 0;
  while (filled < size) {
    const ssize_t got = ::read(fd_.get(), bytes.data() + filled, size - filled);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return io_error("read", file_, errno);
    if (got == 0) return false;
    filled += static_cast<std::size_t>(got);
  }
  unread_ -= size;
  return true;
}

result<bool> block_reader::skip(std::size_t size) {
  if (size > unread_) return false;
  if (::lseek(fd_.get(), static_cast<off_t>(size), SEEK_CUR) < 0) return io_error("read", file_, errno);
  unread_ -= size;
  return true;
}

bool block_reader::passes_over(char type) const noexcept {
  return passed_over_ && static_cast<block_type>(type) == *passed_over_;
}

} // namespace loadgen::metrics
