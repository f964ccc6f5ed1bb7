#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/metrics/summary.hpp>

#include <filesystem>
#include <functional>
#include <memory>

namespace loadgen::publish {

/// Derives the figures of each level of a run that goes on, once the level has ended, from its records. That is done by
/// a thread of its own, which the system runs only where a core has nothing else to do, so that the level that is
/// measured meanwhile does not feel it.
///
/// Thread-safety: level_ended() from any thread, finish() from one. Lifetime: the destructor drops what is not begun.
class level_watch {
public:
  /// Takes the figures of a level, or why there are none. Called by that thread, one level after the other; it may take
  /// its time.
  using sink = std::function<void(const result<metrics::level_summary>&)>;

  /// Watches the run whose records are in RUN/raw/records.bin.
  level_watch(std::filesystem::path run_folder, sink take);
  level_watch(const level_watch&) = delete;
  level_watch& operator=(const level_watch&) = delete;
  ~level_watch();

  /// The next level, counted from the first, has ended, and all of it is in the file. Returns at once.
  void level_ended();

  /// No further level comes: waits until the sink has taken those that ended, for at most `limit` and the one that it
  /// is in; from here on the thread competes with others as usual. Gives how many levels were not begun any more.
  [[nodiscard]] std::size_t finish(duration limit);

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace loadgen::publish
