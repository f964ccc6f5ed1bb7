#pragma once

#include <loadgen/metrics/recorded_run.hpp>

#include <filesystem>
#include <memory>

namespace loadgen::metrics {

/// Appends a run to raw/records.bin: checksummed blocks (docs/records-format.md). What flush() has returned from
/// survives a kill -9 of this process.
///
/// Thread-safety: one thread at a time. Errors: io on every call whose write failed; the file keeps its whole blocks,
/// and the records that are not in it stay in memory, for the next call to write.
class record_writer {
public:
  /// Creates `file`, which must not exist, and writes the run's header block. Errors: io, and there is no file then.
  [[nodiscard]] static result<record_writer> create(const std::filesystem::path& file, const run_info& info);

  record_writer(record_writer&&) noexcept;
  record_writer& operator=(record_writer&&) noexcept;
  ~record_writer();

  [[nodiscard]] result<void> begin_level(const level_info& level);
  /// Buffers one record; it reaches the file with the next flush, or sooner when the buffer has grown to a block.
  [[nodiscard]] result<void> append(const request_record& record);
  [[nodiscard]] result<void> end_level(const level_end& end);
  [[nodiscard]] result<void> end_run(const run_end& end);
  /// Writes what is buffered as one block.
  [[nodiscard]] result<void> flush();
  /// Records that are not in the file.
  [[nodiscard]] std::uint64_t unwritten() const noexcept;
  /// Keeps 1 to 2 MiB of room on the disk ahead of the file's end, where the file system can. Errors: io where the disk
  /// is too full for that; what was kept before is still there to be written to.
  [[nodiscard]] result<void> keep_room();

private:
  struct state;
  explicit record_writer(std::unique_ptr<state> opened);
  std::unique_ptr<state> state_;
};

} // namespace loadgen::metrics
