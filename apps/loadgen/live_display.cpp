#include "live_display.hpp"

#include "terminal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <pthread.h>
#include <string_view>
#include <unistd.h>

namespace loadgen::cli {

namespace {

using namespace std::chrono_literals;

constexpr auto redraw_interval = 500ms;
constexpr auto line_interval = 2s;

// A program that was stopped and continued finds other text where its view was.
constexpr auto longest_gap = 5s;

constexpr std::string_view clear_line_behind = "\x1b[K";
constexpr std::string_view clear_below = "\x1b[J";

void write_out(int descriptor, std::string_view text) noexcept {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return; // nobody looks any more; the run goes on
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// Columns of a line of the view, without its colours.
std::size_t columns_of(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\x1b')
      i = text.find('m', i);
    else if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U)
      ++columns;
  }
  return columns;
}

/// Rows that the view takes: a terminal that was made narrower has wrapped its lines.
std::size_t rows_of(std::string_view view, std::size_t columns) {
  std::size_t rows = 0;
  while (!view.empty()) {
    const std::size_t end = view.find('\n');
    rows += std::max<std::size_t>(1, (columns_of(view.substr(0, end)) + columns - 1) / columns);
    view.remove_prefix(end + 1);
  }
  return rows;
}

} // namespace

std::string redrawn(std::string& shown, const std::vector<std::string>& lines, std::size_t columns, std::size_t rows) {
  std::string text = "\r";
  if (const std::size_t up = rows_of(shown, columns); up > 0) text += fmt::format("\x1b[{}A", up);
  shown.clear();
  // Line by line: what is cleared from the first row of a terminal on, some keep among what has scrolled away.
  for (std::size_t i = 0; i < lines.size() && i + 1 < rows; ++i) {
    shown += lines[i] + '\n';
    text += lines[i] + std::string{clear_line_behind} + '\n';
  }
  return text.append(clear_below);
}

live_display::live_display(const engine::live_statistics& run, display_form form, int descriptor, view_style style)
    : run_(run),
      form_(form),
      descriptor_(descriptor),
      style_(style) {
  thread_ = std::thread{[this] { show_until_stopped(); }};
  pthread_setname_np(thread_.native_handle(), "display");
}

live_display::~live_display() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  stop_.notify_one();
  thread_.join();
}

void live_display::show_until_stopped() {
  const duration interval = form_ == display_form::in_place ? duration{redraw_interval} : duration{line_interval};
  std::unique_lock lock{mutex_};
  while (!stop_.wait_for(lock, interval, [this] { return stopping_; })) {
    const engine::live_snapshot now = run_.snapshot();
    history_.add(now);
    if (!has_begun(now)) continue;
    if (form_ == display_form::in_place)
      draw(now);
    else if (now.running)
      write_out(descriptor_, plain_line(now, history_) + '\n');
  }
  if (!view_.empty()) write_out(descriptor_, redrawn(view_, {}, size_of_terminal(descriptor_).columns, 1));
}

void live_display::draw(const engine::live_snapshot& now) {
  const terminal_size size = size_of_terminal(descriptor_);
  if (now.at - drawn_ > longest_gap) view_.clear();
  drawn_ = now.at;
  style_.columns = size.columns;
  write_out(descriptor_, redrawn(view_, live_lines(now, history_, style_), size.columns, size.rows));
}

} // namespace loadgen::cli
