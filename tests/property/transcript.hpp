#pragma once

#include "http/message_parser.hpp"
#include "sse/event_parser.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::test {

/// All that the parsers say about one response whose body is read as an event stream, whatever it is. Two ways of
/// feeding the same bytes must give equal transcripts.
struct transcript {
  int heads = 0;
  int status = 0;
  int version_minor = 0;
  std::vector<http::header_field> headers;
  std::string body;
  std::size_t event_count = 0;
  std::string events;    ///< type, data and id of each, closed by a byte that no text has
  std::size_t taken = 0; ///< bytes
  http::parse_error error = http::parse_error::none;
  bool complete = false;
  bool complete_at_close = false;
  bool reusable = false;
  bool holds_partial_event = false;

  bool operator==(const transcript&) const = default;
};

/// Feeds one response to both parsers and writes its transcript.
class transcriber final : private http::message_sink, private sse::event_sink {
public:
  /// False when the response takes no more: it is complete or malformed.
  bool feed(std::string_view bytes) {
    const std::size_t taken = http_.feed(bytes, *this);
    written_.taken += taken;
    return taken == bytes.size();
  }

  [[nodiscard]] transcript finish() {
    written_.error = http_.error();
    written_.complete = http_.complete();
    written_.complete_at_close = http_.finish();
    written_.reusable = http_.reusable();
    written_.holds_partial_event = sse_.holds_partial_event();
    return written_;
  }

private:
  void on_head(const http::message_head& head) override {
    ++written_.heads;
    written_.status = head.status;
    written_.version_minor = head.version_minor;
    written_.headers = head.headers;
  }

  void on_body(std::string_view piece) override {
    written_.body += piece;
    sse_.feed(piece, *this);
  }

  void on_event(const sse::event& next) override {
    ++written_.event_count;
    for (const std::string_view part : {next.type, next.data, next.id}) written_.events.append(part).push_back('\xFF');
  }

  http::message_parser http_{http::message_parser::kind::response};
  sse::event_parser sse_;
  transcript written_;
};

/// The transcript of `bytes`, fed in pieces of the sizes that `next_size` gives (the last one cut to fit).
[[nodiscard]] inline transcript transcribe(std::string_view bytes, const std::function<std::size_t()>& next_size) {
  transcriber writer;
  while (!bytes.empty()) {
    const std::string_view piece = bytes.substr(0, next_size());
    if (!writer.feed(piece)) break;
    bytes.remove_prefix(piece.size());
  }
  return writer.finish();
}

/// The transcript of `bytes`, fed at once.
[[nodiscard]] inline transcript transcribe_whole(std::string_view bytes) {
  return transcribe(bytes, [] { return std::string_view::npos; });
}

/// The transcript of `bytes`, fed one at a time.
[[nodiscard]] inline transcript transcribe_bytewise(std::string_view bytes) {
  return transcribe(bytes, [] { return std::size_t{1}; });
}

} // namespace loadgen::test
