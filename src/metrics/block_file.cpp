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

// A byte above 0x7F and both line ends: a transfer that rewrites text shows in the first bytes, as in PNG.
constexpr std::string_view file_magic{"\x89LGREC\r\n", 8};
constexpr std::size_t file_header_size = file_magic.size() + 4;

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

std::string file_header() {
  std::string header{file_magic};
  header.resize(file_header_size);
  store_u32(header, file_magic.size(), records_format_version);
  return header;
}

void seal_block(std::string& block, block_type type) {
  const std::string_view payload = std::string_view{block}.substr(block_header_size);
  block.replace(0, block_magic.size(), block_magic);
  block[type_offset] = static_cast<char>(type);
  store_u32(block, length_offset, static_cast<std::uint32_t>(payload.size()));
  store_u32(block, checksum_offset, checksum(block, payload));
}

std::string make_block(block_type type, std::string_view payload) {
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

error io_error(std::string_view act, const std::filesystem::path& file, int errno_value) {
  return error{errc::io,
               fmt::format("cannot {} {}: {}", act, file.string(), std::generic_category().message(errno_value))};
}

block_reader::block_reader(unique_fd opened, std::filesystem::path file, std::uint64_t size)
    : fd_(std::move(opened)),
      file_(std::move(file)),
      size_(size),
      unread_(size) {}

result<block_reader> block_reader::open(const std::filesystem::path& file, std::uint64_t limit) {
  unique_fd fd{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (fd.get() < 0) return io_error("open", file, errno);

  struct stat status {};

  if (::fstat(fd.get(), &status) != 0) return io_error("read", file, errno);
  if (!S_ISREG(status.st_mode)) return invalid_input(fmt::format("{} is not a regular file", file.string()));

  block_reader reader{std::move(fd), file, std::min(static_cast<std::uint64_t>(status.st_size), limit)};
  const auto whole = reader.read_into(reader.header_, file_header_size);
  if (!whole) return whole.error();
  if (!*whole || !std::string_view{reader.header_}.starts_with(file_magic))
    return invalid_input(fmt::format("{} is not a file of request records", file.string()));
  const std::uint32_t version = load_u32(reader.header_, file_magic.size());
  if (version == 0 || version > records_format_version)
    return invalid_input(fmt::format("{} has records format version {}; this program reads versions up to {}",
                                     file.string(), version, records_format_version));
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
