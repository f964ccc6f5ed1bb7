#pragma once

#include "http/framing.hpp"
#include "http/message_head.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::http {

/// Why bytes are not an HTTP/1.1 message. `none`: they are, so far.
enum class parse_error : std::uint8_t {
  none,
  bad_start_line, ///< not `HTTP/1.x NNN reason`, or not `METHOD target HTTP/1.x`
  bad_header, ///< no colon, a name that is not a token, a folded line, a control character, a line end that is not CRLF
  bad_framing,      ///< contradictory or unreadable Content-Length or Transfer-Encoding
  bad_chunk,        ///< an unreadable chunk size, or no CRLF after a chunk
  header_too_large, ///< a head, a trailer section or the extensions of one chunk above the header limit
};

/// One line for a person: "an unreadable chunk size".
[[nodiscard]] std::string_view describe(parse_error why) noexcept;

/// Receives what the parser finds, in order. Views are valid during the call only; the head stays as it is until the
/// parser is reset. A sink must not call the parser's feed(), finish() or reset().
class message_sink {
public:
  virtual void on_head(const message_head& head) = 0;
  virtual void on_body(std::string_view piece) = 0; ///< never empty

protected:
  ~message_sink() = default;
};

/// An incremental HTTP/1.1 parser (RFC 9112), for responses or for requests: bodies chunked, by length, and by close.
/// 1xx responses are skipped, chunk extensions and trailers are read and dropped. Bytes in, calls of the sink out; it
/// never reads a clock or a socket. How the bytes are split over calls changes nothing but how the body is cut.
///
/// Responses are taken to answer GET or POST: one to HEAD, whose Content-Length announces no body, cannot be read.
///
/// Body pieces are views into the bytes given, delivered as soon as they are there. From the second message of a shape
/// on nothing is allocated.
///
/// Thread-safety: none. Lifetime: the sink is given to each call.
class message_parser {
public:
  enum class kind : std::uint8_t { response, request };

  explicit message_parser(kind which, std::size_t header_limit = 64 * 1024);

  /// Takes bytes up to the end of the message, and returns how many it took: fewer than given only when the message is
  /// complete or malformed.
  std::size_t feed(std::string_view bytes, message_sink& sink);

  /// The peer closed its side. True when that completes the message (a body framed by close) or it was complete.
  bool finish();

  [[nodiscard]] bool complete() const noexcept;
  [[nodiscard]] bool started() const noexcept; ///< whether any byte of this message has come
  [[nodiscard]] parse_error error() const noexcept;

  /// Whether the connection can carry another message after this one: it is complete, keep-alive, and not framed by
  /// close.
  [[nodiscard]] bool reusable() const noexcept;

  /// Ready for the next message.
  void reset();

private:
  enum class state : std::uint8_t {
    protocol_name, ///< in "HTTP/1." of a response: what speaks another protocol is refused at its first other byte
    start_line,
    field_line,
    chunk_size,
    chunk_extension,
    chunk_size_lf,
    chunk_data,
    chunk_data_cr,
    chunk_data_lf,
    trailer_line,
    sized_body,
    body_until_close,
    complete,
    failed,
  };

  // Each takes what it can from the front of `bytes`.
  void advance(std::string_view& bytes, message_sink& sink);
  void read_protocol_name(std::string_view& bytes);
  void read_start_line(std::string_view& bytes);
  void read_field_line(std::string_view& bytes, message_sink& sink);
  void read_chunk_size(std::string_view& bytes);
  void skip_chunk_extension(std::string_view& bytes);
  void read_chunk_size_lf(std::string_view& bytes);
  void read_chunk_end(std::string_view& bytes, char expected, state next);
  void read_trailer_line(std::string_view& bytes);
  void read_body(std::string_view& bytes, message_sink& sink, state next);
  std::optional<std::string_view> take_line(std::string_view& bytes, parse_error if_malformed);

  void end_head(message_sink& sink);
  bool add_field(std::string_view line);
  void clear_head();
  [[nodiscard]] state first_state() const noexcept;
  void fail(parse_error why) noexcept;

  kind kind_;
  state state_;
  parse_error error_ = parse_error::none;
  body_kind body_ = body_kind::none;
  bool started_ = false;
  std::uint8_t chunk_size_digits_ = 0;
  std::uint64_t remaining_ = 0; ///< bytes of the chunk or of the sized body still to come
  std::size_t header_limit_;
  std::size_t section_bytes_ = 0; ///< taken of what the header limit bounds
  std::string line_;              ///< the part of an unfinished line that earlier calls brought
  message_head head_;
  std::vector<header_field> spare_fields_; ///< earlier messages' headers, kept for their memory, last one first
};

} // namespace loadgen::http
