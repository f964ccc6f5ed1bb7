#pragma once

#include <loadgen/base/endpoint.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loadgen::protocol {

/// What one event of a stream turned out to hold.
struct event_facts {
  bool content = false;    ///< non-empty content, text, reasoning or tool-call arguments: a chunk of metrics.md
  bool answer = false;     ///< ... of which some is the answer itself, not reasoning
  bool calls_only = false; ///< ... and all is arguments of tool or function calls
  bool reasoning_content =
      false;          ///< ... or all is reasoning of that name, with neither `reasoning` nor a blank beside it
  bool empty = false; ///< has a choice, and no content
  bool blank =
      false;         ///< a choice's content or text is the empty string, and it has no role: a token that decodes to ""
  bool call = false; ///< a choice has part of a tool or function call: its name at least
  bool terminal = false;        ///< [DONE], or an event with a finish_reason: the last of these is the request's `done`
  std::string_view answer_text; ///< only where text is kept; valid until the next event
  std::string_view reasoning_text; ///< the same
};

/// What a stream as a whole has told so far.
struct stream_facts {
  std::optional<std::uint32_t> input_tokens, cached_tokens, output_tokens, reasoning_tokens; ///< from `usage`
  std::string finish_reason;                                  ///< the first one seen; "" when none
  bool finished = false;                                      ///< a finish_reason, or what the endpoint has for it
  bool done_marker = false;                                   ///< data: [DONE] was seen
  std::vector<std::pair<std::string, double>> server_figures; ///< the server's own, by its names: llama.cpp `timings`

  /// Whether the stream said in either way that it was over.
  [[nodiscard]] bool end_mark() const noexcept { return finished || done_marker; }
};

/// What is wrong with a stream.
enum class stream_fault : std::uint8_t {
  none,
  in_band_error, ///< an error object or an `event: error`; fault_message() is the server's own
  bad_payload,   ///< an event's data is not JSON, null or [DONE]; fault_message() begins with the data
};

/// Reads the events of one response stream by the rules of one endpoint. Sans-IO: event text in, facts out.
///
/// After a fault further events are still taken (a server may close its stream properly after an error), and the first
/// fault stays. Thread-safety: none.
class stream_reader {
public:
  virtual ~stream_reader() = default;

  /// Whether the text of content is kept; at first it is not.
  virtual void keep_text(bool keep) = 0;

  /// One SSE event: its type ("" for the default) and its data.
  virtual event_facts on_event(std::string_view type, std::string_view data) = 0;

  [[nodiscard]] virtual const stream_facts& facts() const noexcept = 0;
  [[nodiscard]] virtual stream_fault fault() const noexcept = 0;
  [[nodiscard]] virtual const std::string& fault_message() const noexcept = 0; ///< at most 300 bytes, whole UTF-8

  /// Whether the endpoint's end mark was seen: what a completed request needs (metrics.md, "What a request ends as").
  [[nodiscard]] virtual bool has_ended() const noexcept { return facts().end_mark(); }

  /// What the end mark is, for messages.
  [[nodiscard]] virtual std::string_view end_mark_name() const noexcept { return "a finish_reason or [DONE]"; }

  /// Ready for the next stream.
  virtual void reset() = 0;
};

/// A reader for that endpoint.
[[nodiscard]] std::unique_ptr<stream_reader> make_stream_reader(endpoint_kind endpoint);

/// The message a person should see from the body of an error response: `error.message`, `error` where it is a string,
/// `detail`, `message`; else the first words of its text (a title or the visible text where it is HTML). At most 300
/// bytes, whole UTF-8, one line, control characters removed.
[[nodiscard]] std::string error_message(std::string_view body);

/// The names of the models in the body of GET /v1/models, in order; empty where there are none or it is no such list.
[[nodiscard]] std::vector<std::string> model_names(std::string_view body);

} // namespace loadgen::protocol
