#pragma once

#include "sse/field_text.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::sse {

/// One dispatched event. Views are valid during the call only.
struct event {
  std::string_view type; ///< the `event` field; "" when there was none (the standard's "message")
  std::string_view data; ///< the `data` lines joined by LF
  std::string_view id;   ///< the last event id seen in the stream
};

/// Receives events in order. A sink must not call the parser's feed() or reset().
class event_sink {
public:
  virtual void on_event(const event& next) = 0;

protected:
  ~event_sink() = default;
};

/// An incremental parser of text/event-stream by the WHATWG rules (HTML standard, section 9.2.6): CR, LF and CRLF line
/// ends, comments, multi-line data, event and id fields, one leading BOM, any split of the bytes. An event that lies
/// whole in the bytes given is handed over as views into them, without a copy; else from buffers that are used again,
/// so that nothing is allocated once they have grown. `retry` is ignored: nobody reconnects here.
///
/// An event without a `data` line is not dispatched, whatever else it has; one whose only `data` line is empty is.
///
/// Thread-safety: none.
class event_parser {
public:
  /// `event_limit` bounds the bytes of one event, field names included, and of one comment.
  explicit event_parser(std::size_t event_limit = 16 * 1024 * 1024);

  /// Takes all of `bytes`; calls `sink` for each event they complete. After too_large() it takes nothing more.
  void feed(std::string_view bytes, event_sink& sink);

  /// Whether an event grew above the limit.
  [[nodiscard]] bool too_large() const noexcept;

  /// Whether bytes of an event that was not completed by a blank line are held: at the end of a stream the standard
  /// has them discarded. Comments are no part of an event.
  [[nodiscard]] bool holds_partial_event() const noexcept;

  /// Ready for the next stream.
  void reset();

private:
  void skip_byte_order_mark(std::string_view& bytes);
  void read_line(std::string_view line, event_sink& sink);
  void read_field(std::string_view name, std::string_view value);
  void end_event(event_sink& sink);
  void keep_unfinished(std::string_view rest, bool resumed);

  std::size_t event_limit_;
  std::size_t event_bytes_ = 0;           ///< of the finished lines of the event in the making
  std::uint8_t byte_order_mark_seen_ = 0; ///< bytes of it; all of them also once the stream is past it or has none
  bool after_cr_ = false;                 ///< an LF now would belong to the line end that came last
  bool has_data_ = false;
  bool too_large_ = false;
  field_text type_;
  field_text data_;
  std::string id_;
  std::string line_; ///< the unfinished line that earlier calls brought
};

} // namespace loadgen::sse
