#pragma once

#include "metrics/record_writer.hpp"

#include <loadgen/engine/run_observer.hpp>
#include <loadgen/metrics/record.hpp>

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace loadgen::engine {

/// Writes the records of all workers from a thread of its own, and flushes them at least once a second. Workers hand a
/// record over by swapping a pointer into a vector: they never wait for the disk.
///
/// Thread-safety: push(), failure() and has_failed() from any thread, begin_level() to take_level() from one at a time.
class record_pump {
public:
  using record_pointer = std::unique_ptr<metrics::request_record>;

  /// What becomes of a record that has been written.
  enum class kept : std::uint8_t {
    none,
    those_of_a_level, ///< until take_level(): memory grows with the level
  };

  /// `observer` hears of what is written; null: nobody.
  explicit record_pump(metrics::record_writer writer, kept keep = kept::none, run_observer* observer = nullptr);
  record_pump(const record_pump&) = delete;
  record_pump& operator=(const record_pump&) = delete;
  ~record_pump();

  void push(record_pointer record);

  void begin_level(const metrics::level_info& level);
  /// All records of the level must have been pushed.
  /// Sets its longest_flush_gap.
  void end_level(metrics::level_end end);
  /// False where the file lacks any record, or this end.
  bool end_run(const metrics::run_end& end);

  /// The records of the level that has ended, where they are kept. Begins anew with the next level.
  [[nodiscard]] std::vector<metrics::request_record> take_level();

  /// How many records are in the file. Waits for a write that is under way.
  [[nodiscard]] std::uint64_t on_record() const;

  /// The first failure to write, or to keep room on the disk for what is in flight. What comes after it is kept, and
  /// written as soon as that can be. Waits for a write that is under way.
  [[nodiscard]] std::optional<error> failure() const;

  /// Whether there is such a failure, without waiting for the disk.
  [[nodiscard]] bool has_failed() const noexcept { return failed_.load(std::memory_order_relaxed); }

private:
  void run();
  void write_pushed(); // with writing_ held
  template<class Write>
  bool attempt(Write&& write); // with writing_ held; whether it could be written
  void note_flush();           // with writing_ held

  std::mutex pushing_; // held for as long as a pointer takes to move
  std::vector<record_pointer> pushed_;

  mutable std::mutex writing_;
  std::condition_variable wake_;
  bool stopping_ = false;
  metrics::record_writer writer_;
  const kept keep_;
  std::vector<metrics::request_record> level_; // its records, where they are kept
  run_observer* const observer_;
  std::optional<error> failure_;
  std::atomic<bool> failed_ = false;
  std::uint64_t taken_ = 0; // records that were given to the writer
  instant last_flush_;
  duration longest_flush_gap_{}; // in the level that runs
  std::thread thread_;
};

} // namespace loadgen::engine
