#include "http/message_parser.hpp"

#include "http/grammar.hpp"
#include "http/head_lines.hpp"

#include <algorithm>
#include <utility>

namespace loadgen::http {

namespace {

constexpr std::size_t max_chunk_size_digits = 16; // of 4 bits each: a std::uint64_t
constexpr int switching_protocols = 101;

} // namespace

std::string_view describe(parse_error why) noexcept {
  switch (why) {
  case parse_error::none: return "no error";
  case parse_error::bad_start_line: return "a first line that is not HTTP/1.x";
  case parse_error::bad_header: return "an unreadable header line";
  case parse_error::bad_framing: return "a contradictory or unreadable Content-Length or Transfer-Encoding";
  case parse_error::bad_chunk: return "an unreadable chunk size, or a chunk without its line end";
  case parse_error::header_too_large: return "headers above the size limit";
  }
  return "an unknown error";
}

message_parser::message_parser(kind which, std::size_t header_limit)
    : kind_(which),
      state_(first_state()),
      header_limit_(header_limit) {}

std::size_t message_parser::feed(std::string_view bytes, message_sink& sink) {
  const std::size_t given = bytes.size();
  started_ = started_ || given != 0;
  while (!bytes.empty() && state_ != state::complete && state_ != state::failed) advance(bytes, sink);
  return given - bytes.size();
}

void message_parser::advance(std::string_view& bytes, message_sink& sink) {
  switch (state_) {
  case state::protocol_name: return read_protocol_name(bytes);
  case state::start_line: return read_start_line(bytes);
  case state::field_line: return read_field_line(bytes, sink);
  case state::chunk_size: return read_chunk_size(bytes);
  case state::chunk_extension: return skip_chunk_extension(bytes);
  case state::chunk_size_lf: return read_chunk_size_lf(bytes);
  case state::chunk_data: return read_body(bytes, sink, state::chunk_data_cr);
  case state::chunk_data_cr: return read_chunk_end(bytes, '\r', state::chunk_data_lf);
  case state::chunk_data_lf: return read_chunk_end(bytes, '\n', state::chunk_size);
  case state::trailer_line: return read_trailer_line(bytes);
  case state::sized_body: return read_body(bytes, sink, state::complete);
  case state::body_until_close: return sink.on_body(std::exchange(bytes, {}));
  case state::complete:
  case state::failed: return;
  }
}

void message_parser::read_protocol_name(std::string_view& bytes) {
  for (; !bytes.empty() && line_.size() < protocol_name.size(); bytes.remove_prefix(1)) {
    if (bytes.front() != protocol_name[line_.size()]) return fail(parse_error::bad_start_line);
    if (section_bytes_ == header_limit_) return fail(parse_error::header_too_large);
    line_ += bytes.front();
    ++section_bytes_;
  }
  if (line_.size() == protocol_name.size()) state_ = state::start_line;
}

// Takes a line, and returns it without its CRLF; or nothing while it is unfinished, or when that failed the message.
// The view ends with the next change of `bytes` or of line_, which the caller clears when it is done with the line.
std::optional<std::string_view> message_parser::take_line(std::string_view& bytes, parse_error if_malformed) {
  const std::string_view allowed = bytes.substr(0, header_limit_ - section_bytes_);
  const std::size_t newline = allowed.find('\n');
  const std::size_t taken = newline == std::string_view::npos ? allowed.size() : newline + 1;
  section_bytes_ += taken;
  bytes.remove_prefix(taken);
  if (newline == std::string_view::npos) {
    line_.append(allowed);
    if (!bytes.empty()) fail(parse_error::header_too_large);
    return std::nullopt;
  }
  std::string_view line = allowed.substr(0, newline);
  if (!line_.empty()) line = line_.append(line);
  if (!line.ends_with('\r')) {
    fail(if_malformed);
    return std::nullopt;
  }
  line.remove_suffix(1);
  return line;
}

void message_parser::read_start_line(std::string_view& bytes) {
  const auto line = take_line(bytes, parse_error::bad_start_line);
  if (!line) return;
  // A client may send an empty line after its last body, and RFC 9112 (2.2) has servers ignore it.
  const bool stray_line_end = kind_ == kind::request && line->empty();
  if (!stray_line_end) {
    const bool readable = kind_ == kind::response ? parse_status_line(*line, head_) : parse_request_line(*line, head_);
    if (!readable) return fail(parse_error::bad_start_line);
    state_ = state::field_line;
  }
  line_.clear();
}

void message_parser::read_field_line(std::string_view& bytes, message_sink& sink) {
  const auto line = take_line(bytes, parse_error::bad_header);
  if (!line) return;
  const bool end = line->empty();
  if (!end && !add_field(*line)) return fail(parse_error::bad_header);
  line_.clear();
  if (end) end_head(sink);
}

bool message_parser::add_field(std::string_view line) {
  const auto field = parse_field(line);
  if (!field) return false;
  if (spare_fields_.empty()) spare_fields_.emplace_back();
  auto& [name, value] = head_.headers.emplace_back(std::move(spare_fields_.back()));
  spare_fields_.pop_back();
  name.assign(field->name);
  std::transform(name.begin(), name.end(), name.begin(), to_lower);
  value.assign(field->value);
  return true;
}

void message_parser::end_head(message_sink& sink) {
  // The count of section_bytes_ goes on counting, so that a server that sends 1xx responses for ever meets the limit.
  if (kind_ == kind::response && head_.status / 100 == 1 && head_.status != switching_protocols) {
    clear_head();
    state_ = first_state();
    return;
  }
  const auto framing = kind_ == kind::response ? response_framing(head_) : request_framing(head_);
  if (!framing) return fail(parse_error::bad_framing);
  body_ = framing->kind;
  remaining_ = framing->length;
  switch (body_) {
  case body_kind::none: state_ = state::complete; break;
  case body_kind::sized: state_ = state::sized_body; break;
  case body_kind::chunked: state_ = state::chunk_size; break;
  case body_kind::until_close: state_ = state::body_until_close; break;
  }
  sink.on_head(head_);
}

void message_parser::read_body(std::string_view& bytes, message_sink& sink, state next) {
  const std::string_view piece = bytes.substr(0, std::min<std::uint64_t>(remaining_, bytes.size()));
  bytes.remove_prefix(piece.size());
  remaining_ -= piece.size();
  if (remaining_ == 0) state_ = next;
  sink.on_body(piece);
}

void message_parser::read_chunk_size(std::string_view& bytes) {
  for (; !bytes.empty(); bytes.remove_prefix(1)) {
    const int digit = hex_value(bytes.front());
    if (digit < 0) break;
    if (chunk_size_digits_ == max_chunk_size_digits) return fail(parse_error::bad_chunk);
    remaining_ = (remaining_ << 4U) | static_cast<std::uint64_t>(digit);
    ++chunk_size_digits_;
  }
  if (bytes.empty()) return;
  const char after = bytes.front();
  if (chunk_size_digits_ == 0) return fail(parse_error::bad_chunk);
  if (after == '\r') {
    state_ = state::chunk_size_lf;
  } else if (after == ';' || after == ' ' || after == '\t') {
    section_bytes_ = 0;
    state_ = state::chunk_extension;
  } else {
    return fail(parse_error::bad_chunk);
  }
  chunk_size_digits_ = 0;
  bytes.remove_prefix(1);
}

void message_parser::skip_chunk_extension(std::string_view& bytes) {
  const std::string_view allowed = bytes.substr(0, header_limit_ - section_bytes_);
  const std::size_t end = allowed.find_first_of("\r\n");
  const std::size_t skipped = std::min(end, allowed.size());
  section_bytes_ += skipped;
  bytes.remove_prefix(skipped);
  if (bytes.empty()) return;
  if (end == std::string_view::npos) return fail(parse_error::header_too_large);
  if (bytes.front() == '\n') return fail(parse_error::bad_chunk);
  bytes.remove_prefix(1);
  state_ = state::chunk_size_lf;
}

void message_parser::read_chunk_size_lf(std::string_view& bytes) {
  if (bytes.front() != '\n') return fail(parse_error::bad_chunk);
  bytes.remove_prefix(1);
  section_bytes_ = 0;
  state_ = remaining_ == 0 ? state::trailer_line : state::chunk_data;
}

void message_parser::read_chunk_end(std::string_view& bytes, char expected, state next) {
  if (bytes.front() != expected) return fail(parse_error::bad_chunk);
  bytes.remove_prefix(1);
  state_ = next;
}

void message_parser::read_trailer_line(std::string_view& bytes) {
  const auto line = take_line(bytes, parse_error::bad_header);
  if (!line) return;
  if (line->empty())
    state_ = state::complete;
  else if (!parse_field(*line))
    return fail(parse_error::bad_header);
  line_.clear();
}

bool message_parser::finish() {
  if (state_ == state::body_until_close) state_ = state::complete;
  return complete();
}

bool message_parser::complete() const noexcept {
  return state_ == state::complete;
}

bool message_parser::started() const noexcept {
  return started_;
}

parse_error message_parser::error() const noexcept {
  return error_;
}

bool message_parser::reusable() const noexcept {
  return complete() && body_ != body_kind::until_close && head_.status != switching_protocols && head_.keep_alive();
}

void message_parser::reset() {
  clear_head();
  line_.clear();
  state_ = first_state();
  error_ = parse_error::none;
  body_ = body_kind::none;
  started_ = false;
  chunk_size_digits_ = 0;
  remaining_ = 0;
  section_bytes_ = 0;
}

void message_parser::clear_head() {
  head_.status = 0;
  head_.method.clear();
  head_.target.clear();
  head_.version_minor = 1;
  // Last first, so that a next message of the same shape finds each string as large as it needs it.
  for (; !head_.headers.empty(); head_.headers.pop_back()) spare_fields_.push_back(std::move(head_.headers.back()));
}

message_parser::state message_parser::first_state() const noexcept {
  return kind_ == kind::response ? state::protocol_name : state::start_line;
}

void message_parser::fail(parse_error why) noexcept {
  error_ = why;
  state_ = state::failed;
}

} // namespace loadgen::http
