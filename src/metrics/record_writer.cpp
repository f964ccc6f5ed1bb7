#include "metrics/record_writer.hpp"

#include "metrics/block_file.hpp"
#include "metrics/meta_codec.hpp"
#include "metrics/record_codec.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace loadgen::metrics {

namespace {

constexpr std::size_t block_fills_at = 256U * 1024U;

// Room on the disk that is always kept ahead of the file: what is in flight when the disk gets full still fits.
constexpr std::uint64_t reserve = 2U * 1024U * 1024U;

} // namespace

struct record_writer::state {
  unique_fd fd;
  std::filesystem::path file;
  instant epoch;
  std::uint64_t whole_size = 0;  // bytes of the file up to the end of its last whole block
  std::uint64_t reserved_to = 0; // room on the disk is the file's up to here
  bool can_reserve = true;
  bool torn = false; // a write failed, perhaps half-way through a block
  std::string pending =
      std::string(block_header_size, '\0'); // the next block of records, its header still to be filled
  std::uint64_t pending_records = 0;

  [[nodiscard]] bool has_pending() const noexcept { return pending.size() > block_header_size; }

  [[nodiscard]] result<void> write_whole(std::string_view bytes);
  [[nodiscard]] result<void> reserve_room();
  void give_back_room() noexcept;
  [[nodiscard]] result<void> write_pending();
  [[nodiscard]] result<void> write_meta(block_type type, std::string_view payload);
};

result<void> record_writer::state::write_whole(std::string_view bytes) {
  // A reader stops at half a block: what follows a failed write must not stand behind one.
  if (torn && ::ftruncate(fd.get(), static_cast<off_t>(whole_size)) != 0) return io_error("repair", file, errno);
  torn = false;
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t wrote = ::write(fd.get(), rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) {
      torn = true;
      return io_error("write", file, errno);
    }
    rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
  whole_size += bytes.size();
  return {};
}

// In steps of half the reserve, so that most writes ask for nothing.
result<void> record_writer::state::reserve_room() {
  if (!can_reserve || reserved_to >= whole_size + reserve / 2) return {};
  const std::uint64_t wanted = whole_size + reserve;
  const std::uint64_t from = std::max(reserved_to, whole_size);
  if (::fallocate(fd.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(from), static_cast<off_t>(wanted - from)) == 0) {
    reserved_to = wanted;
    return {};
  }
  if (errno == ENOSPC || errno == EDQUOT) return io_error("make room for", file, errno);
  can_reserve = errno == EINTR; // not every file system knows how: there a write says when the disk is full
  return {};
}

void record_writer::state::give_back_room() noexcept {
  if (reserved_to > whole_size) static_cast<void>(::ftruncate(fd.get(), static_cast<off_t>(whole_size)));
}

result<void> record_writer::state::write_pending() {
  if (!has_pending()) return {};
  seal_block(pending, block_type::records);
  const auto written = write_whole(pending);
  if (!written) return written;
  pending.resize(block_header_size);
  pending_records = 0;
  return {};
}

result<void> record_writer::state::write_meta(block_type type, std::string_view payload) {
  if (auto written = write_pending(); !written) return written;
  return write_whole(make_block(type, payload));
}

record_writer::record_writer(std::unique_ptr<state> opened) : state_(std::move(opened)) {}

record_writer::record_writer(record_writer&&) noexcept = default;

record_writer& record_writer::operator=(record_writer&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

record_writer::~record_writer() {
  if (!state_) return;
  static_cast<void>(state_->write_pending()); // whoever needs to know that it failed calls flush()
  state_->give_back_room();
}

result<record_writer> record_writer::create(const std::filesystem::path& file, const run_info& info) {
  unique_fd fd{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0644)};
  if (fd.get() < 0) return io_error("create", file, errno);
  auto opened = std::make_unique<state>(state{.fd = std::move(fd), .file = file, .epoch = info.epoch});
  auto written = opened->reserve_room();
  if (written) written = opened->write_whole(file_header() + make_block(block_type::run_header, encode(info)));
  if (!written) {
    ::unlink(file.c_str()); // a file without its header is nothing to keep
    return written.error();
  }
  return record_writer{std::move(opened)};
}

result<void> record_writer::begin_level(const level_info& level) {
  return state_->write_meta(block_type::level_begin, encode(level, state_->epoch));
}

result<void> record_writer::append(const request_record& record) {
  encode_record(record, state_->epoch, state_->pending);
  ++state_->pending_records;
  if (state_->pending.size() < block_fills_at) return {};
  return state_->write_pending();
}

result<void> record_writer::end_level(const level_end& end) {
  return state_->write_meta(block_type::level_end, encode(end, state_->epoch));
}

result<void> record_writer::end_run(const run_end& end) {
  return state_->write_meta(block_type::run_end, encode(end));
}

result<void> record_writer::flush() {
  return state_->write_pending();
}

std::uint64_t record_writer::unwritten() const noexcept {
  return state_->pending_records;
}

result<void> record_writer::keep_room() {
  return state_->reserve_room();
}

} // namespace loadgen::metrics
