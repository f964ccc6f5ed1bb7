#include "metrics/record_writer.hpp"

#include "metrics/block_file.hpp"
#include "metrics/meta_codec.hpp"
#include "metrics/record_codec.hpp"

#include <utility>

namespace loadgen::metrics {

namespace {

constexpr std::size_t block_fills_at = 256U * 1024U;

// Room on the disk that is always kept ahead of the file: what is in flight when the disk gets full still fits.
constexpr std::uint64_t reserve = 2U * 1024U * 1024U;

} // namespace

struct record_writer::state {
  append_file out;
  instant epoch;
  std::string pending =
      std::string(block_header_size, '\0'); // the next block of records, its header still to be filled
  std::uint64_t pending_records = 0;

  [[nodiscard]] bool has_pending() const noexcept { return pending.size() > block_header_size; }

  [[nodiscard]] result<void> write_pending();
  [[nodiscard]] result<void> write_meta(block_type type, std::string_view payload);
};

result<void> record_writer::state::write_pending() {
  if (!has_pending()) return {};
  seal_block(pending, block_type::records);
  const auto written = out.append(pending);
  if (!written) return written;
  pending.resize(block_header_size);
  pending_records = 0;
  return {};
}

result<void> record_writer::state::write_meta(block_type type, std::string_view payload) {
  if (auto written = write_pending(); !written) return written;
  return out.append(make_block(type, payload));
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
  state_->out.give_back_room();
}

result<record_writer> record_writer::create(const std::filesystem::path& file, const run_info& info) {
  auto out = append_file::create(file, 0644);
  if (!out) return out.error();
  auto opened = std::make_unique<state>(state{.out = std::move(*out), .epoch = info.epoch});
  auto written = opened->out.keep_room(reserve);
  if (written) written = opened->out.append(file_header() + make_block(block_type::run_header, encode(info)));
  if (!written) {
    opened->out.remove(); // a file without its header is nothing to keep
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
  return state_->out.keep_room(reserve);
}

} // namespace loadgen::metrics
