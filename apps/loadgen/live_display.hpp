#pragma once

#include "live_view.hpp"

#include <loadgen/engine/live_statistics.hpp>

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace loadgen::cli {

/// How a run is shown while it goes.
enum class display_form : std::uint8_t {
  in_place, ///< a view of some lines that is drawn anew twice a second, and gone at the end
  lines,    ///< a line every few seconds, which stays
};

/// Shows a run on a terminal or in a log, from a thread of its own ("display"), until it is destroyed. Nothing of the
/// terminal's state is changed, so that there is nothing to restore, however the program ends.
///
/// Lifetime: `run` must outlive it.
class live_display {
public:
  live_display(const engine::live_statistics& run, display_form form, int descriptor, view_style style);
  live_display(const live_display&) = delete;
  live_display& operator=(const live_display&) = delete;

  /// Leaves the terminal as if nothing had been there, with the cursor where the view began.
  ~live_display();

private:
  void show_until_stopped();
  void draw(const engine::live_snapshot& now);

  const engine::live_statistics& run_;
  const display_form form_;
  const int descriptor_;
  view_style style_;

  live_history history_;
  std::string view_; // what is on the terminal below where it began, for the thread alone
  instant drawn_;

  std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  std::thread thread_;
};

/// What to write so that `lines` stand where `shown`, the view before, stood on a terminal of that size. The cursor is
/// at the start of the line below `shown`, and will be below `lines`. Where the terminal is not high enough the last
/// lines are left out. `shown` becomes the view.
[[nodiscard]] std::string redrawn(std::string& shown, const std::vector<std::string>& lines, std::size_t columns,
                                  std::size_t rows);

} // namespace loadgen::cli
