#pragma once

#include <loadgen/metrics/record.hpp>
#include <loadgen/metrics/recorded_run.hpp>

namespace loadgen::engine {

/// Hears of a run as its records are written, in the order of their file: a level's begin, the requests that ended in
/// it (warm-up included), its end.
///
/// Thread-safety: calls come one after the other, from the thread that writes the records and the one that called
/// run(). What is measured does not wait for them, but the file does: they should be quick. They must not throw.
class run_observer {
public:
  virtual ~run_observer() = default;

  /// A level and trial begins, its warm-up included.
  virtual void on_level_begin(const metrics::level_info& level) = 0;

  /// A request has ended, however it did. Its record goes when the call has returned.
  virtual void on_record(const metrics::request_record& record) = 0;

  /// The level that began last has ended, and all of it is in the file, where that could be written.
  virtual void on_level_end(const metrics::level_end& end) = 0;

protected:
  run_observer() = default;
  /// Copied only as a part of what derives from it.
  run_observer(const run_observer&) = default;
  /// Assigned only as a part of what derives from it.
  run_observer& operator=(const run_observer&) = default;
};

} // namespace loadgen::engine
