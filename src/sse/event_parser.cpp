#include "sse/event_parser.hpp"

#include <algorithm>

namespace loadgen::sse {

namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

// Finds the line ends of one piece of a stream, LF and CR, each of them searched for over any byte once.
class line_end_finder {
public:
  explicit line_end_finder(std::string_view bytes) noexcept
      : bytes_(bytes),
        lf_(bytes.find('\n')),
        cr_(bytes.find('\r')) {}

  // The first line end at or after `from`, or npos. `from` must not decrease.
  [[nodiscard]] std::size_t next(std::size_t from) noexcept {
    if (lf_ < from) lf_ = bytes_.find('\n', from);
    if (cr_ < from) cr_ = bytes_.find('\r', from);
    return std::min(lf_, cr_);
  }

private:
  std::string_view bytes_;
  std::size_t lf_, cr_;
};

} // namespace

event_parser::event_parser(std::size_t event_limit) : event_limit_(event_limit) {}

void event_parser::feed(std::string_view bytes, event_sink& sink) {
  if (too_large_) return;
  skip_byte_order_mark(bytes);
  if (bytes.empty()) return;
  std::size_t line_begin = after_cr_ && bytes.front() == '\n' ? 1 : 0;
  after_cr_ = false;

  line_end_finder line_ends{bytes};
  bool resumed = !line_.empty();
  for (;;) {
    const std::size_t line_end = line_ends.next(line_begin);
    const std::string_view rest = bytes.substr(line_begin, line_end - line_begin);
    if (line_end == std::string_view::npos) return keep_unfinished(rest, resumed);
    read_line(resumed ? std::string_view{line_.append(rest)} : rest, sink);
    if (too_large_) return;
    resumed = false;
    line_begin = line_end + 1;
    if (bytes[line_end] == '\r') {
      after_cr_ = line_begin == bytes.size();
      if (!after_cr_ && bytes[line_begin] == '\n') ++line_begin;
    }
  }
}

void event_parser::skip_byte_order_mark(std::string_view& bytes) {
  for (; byte_order_mark_seen_ < byte_order_mark.size() && !bytes.empty(); bytes.remove_prefix(1)) {
    if (bytes.front() != byte_order_mark[byte_order_mark_seen_]) {
      line_.assign(byte_order_mark.substr(0, byte_order_mark_seen_));
      byte_order_mark_seen_ = byte_order_mark.size();
      return;
    }
    ++byte_order_mark_seen_;
  }
}

void event_parser::read_line(std::string_view line, event_sink& sink) {
  if (line.empty()) return end_event(sink);
  if (event_bytes_ + line.size() > event_limit_) {
    too_large_ = true;
    return;
  }
  const bool comment = line.front() == ':';
  if (comment) return;
  event_bytes_ += line.size();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return read_field(line, {});
  std::string_view value = line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  read_field(line.substr(0, colon), value);
}

void event_parser::read_field(std::string_view name, std::string_view value) {
  if (name == "data") {
    if (has_data_)
      data_.append_line(value);
    else
      data_.view(value);
    has_data_ = true;
  } else if (name == "event") {
    type_.view(value);
  } else if (name == "id") {
    const bool has_nul = value.find('\0') != std::string_view::npos;
    if (!has_nul) id_.assign(value);
  }
}

void event_parser::end_event(event_sink& sink) {
  if (has_data_) sink.on_event({.type = type_.text(), .data = data_.text(), .id = id_});
  has_data_ = false;
  type_.clear();
  data_.clear();
  event_bytes_ = 0;
}

// The bytes being fed, and the line that was resumed with them, are about to go: what views them is copied first.
void event_parser::keep_unfinished(std::string_view rest, bool resumed) {
  type_.keep();
  data_.keep();
  if (!resumed) line_.clear();
  line_.append(rest);
  too_large_ = event_bytes_ + line_.size() > event_limit_;
}

bool event_parser::too_large() const noexcept {
  return too_large_;
}

bool event_parser::holds_partial_event() const noexcept {
  return event_bytes_ != 0 || (!line_.empty() && line_.front() != ':');
}

void event_parser::reset() {
  event_bytes_ = 0;
  byte_order_mark_seen_ = 0;
  after_cr_ = has_data_ = too_large_ = false;
  type_.clear();
  data_.clear();
  id_.clear();
  line_.clear();
}

} // namespace loadgen::sse
