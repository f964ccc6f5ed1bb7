#include "client/response_reader.hpp"

#include "protocol/message_text.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace loadgen::client {

using metrics::cause;
using metrics::chunk_stamp;
using metrics::empty_event_stamp;

namespace {

constexpr std::size_t message_body_limit = 16 * 1024;
constexpr std::size_t whole_body_limit = 64 * 1024 * 1024;
constexpr std::size_t most_chunks_reserved = 512;
constexpr std::size_t usual_empty_events = 4; // a role and a finish_reason, and room for a blank token

bool is_success(int status) noexcept {
  return status >= 200 && status < 300;
}

/// Whether a content type is `wanted`, whatever its parameters.
bool is_type(std::string_view content_type, std::string_view wanted) noexcept {
  if (content_type.size() < wanted.size()) return false;
  const bool same = std::equal(wanted.begin(), wanted.end(), content_type.begin(), [](char expected, char given) {
    return expected == (given >= 'A' && given <= 'Z' ? static_cast<char>(given - 'A' + 'a') : given);
  });
  return same && (content_type.size() == wanted.size() || content_type[wanted.size()] == ';' ||
                  content_type[wanted.size()] == ' ');
}

std::string_view expected_type(const answer_form& asked) noexcept {
  return asked.stream ? "text/event-stream" : "application/json";
}

decode_lag saturated(duration span) noexcept {
  constexpr duration::rep most = std::numeric_limits<std::uint32_t>::max();
  return decode_lag{static_cast<std::uint32_t>(std::clamp<duration::rep>(span.count(), 0, most))};
}

} // namespace

response_reader::response_reader(answer_form asked, stream_meter& meter)
    : asked_(asked),
      stream_(protocol::make_stream_reader(asked.endpoint)),
      whole_(asked.stream ? nullptr : std::make_unique<whole_response>()),
      http_(http::message_parser::kind::response),
      meter_(meter) {}

void response_reader::tell(content_listener& listener) {
  listener_ = &listener;
  stream_->keep_text(true);
}

void response_reader::tell_as_well(content_listener& listener) {
  second_listener_ = &listener;
  stream_->keep_text(true);
}

void response_reader::tell_begin() {
  if (listener_ != nullptr) listener_->on_begin();
  if (second_listener_ != nullptr) second_listener_->on_begin();
}

void response_reader::tell_content(std::string_view answer_text, std::string_view reasoning_text) {
  if (listener_ != nullptr) listener_->on_content(answer_text, reasoning_text, now_.at);
  if (second_listener_ != nullptr) second_listener_->on_content(answer_text, reasoning_text, now_.at);
}

void response_reader::begin(metrics::request_record& record) {
  record_ = &record;
  tell_begin();
  record.chunks.reserve(asked_.stream ? std::min<std::size_t>(record.asked_output, most_chunks_reserved) : 1);
  record.empty_events.reserve(usual_empty_events);
  stream_->reset();
  if (whole_) *whole_ = {};
  http_.reset();
  sse_.reset();
  body_use_ = body_use::nothing;
  terminal_seen_ = false;
  trailing_bytes_ = false;
  refusal_ = cause::none;
  refusal_message_.clear();
  message_body_.clear();
  keep_alive_ = {};
}

net::stream_sink::appetite response_reader::on_bytes(std::string_view bytes, const net::arrival& when) {
  now_ = when;
  lag_.reset();
  const appetite wanted = take(bytes);
  if (tap_ != nullptr) tap_->on_read(bytes, when, lag_);
  return wanted;
}

net::stream_sink::appetite response_reader::on_recorded_bytes(std::string_view bytes, const net::arrival& when,
                                                              std::optional<decode_lag> lag) {
  known_lag_ = lag;
  const appetite wanted = on_bytes(bytes, when);
  known_lag_.reset();
  return wanted;
}

net::stream_sink::appetite response_reader::take(std::string_view bytes) {
  record_->bytes_received += bytes.size();
  if (!record_->first_byte) record_->first_byte = now_.at;
  const std::size_t first_of_batch = record_->chunks.size();
  const std::size_t taken = http_.feed(bytes, *this);
  if (http_.complete() && body_use_ == body_use::answer) take_whole_answer();
  if (record_->chunks.size() > first_of_batch) close_batch(first_of_batch);

  if (http_.error() != http::parse_error::none) {
    refuse(cause::protocol, "the response is not HTTP/1.1: " + std::string{http::describe(http_.error())});
    return appetite::satisfied;
  }
  if (http_.complete()) {
    trailing_bytes_ = taken < bytes.size();
    if (!terminal_seen_) record_->done = now_.at;
    return appetite::satisfied;
  }
  // What follows a refused response cannot make it good; only its first words are wanted.
  const bool heard_enough = refused() && (body_use_ != body_use::message || message_body_.size() >= message_body_limit);
  return heard_enough ? appetite::satisfied : appetite::more;
}

// One stamp covers all events of a read: all but the last are only known to have arrived by then.
void response_reader::close_batch(std::size_t first_of_batch) {
  auto& chunks = record_->chunks;
  const decode_lag lag = known_lag_ ? *known_lag_ : saturated(clock::now() - now_.at);
  lag_ = lag;
  for (std::size_t i = first_of_batch; i < chunks.size(); ++i) {
    chunks[i].receive_lag = lag;
    if (i + 1 < chunks.size()) chunks[i].flags |= chunk_stamp::coalesced;
  }
  measure_batch(first_of_batch);
}

void response_reader::measure_batch(std::size_t first_of_batch) noexcept {
  const auto& chunks = record_->chunks;
  const std::size_t count = chunks.size() - first_of_batch;
  meter_.content_events.add(count);
  if (now_.behind && count > 1) meter_.coalesced_behind.add(count - 1);
  if (!now_.kernel_stamped) meter_.user_stamped.add(count);
  if (first_of_batch == 0 && asked_.stream) meter_.ttft.add(now_.at - record_->sent.value_or(now_.sent));
  for (std::size_t i = std::max<std::size_t>(first_of_batch, 1); i < chunks.size(); ++i)
    meter_.itl.add(chunks[i].arrival - chunks[i - 1].arrival);
}

void response_reader::on_head(const http::message_head& head) {
  record_->http_status = static_cast<std::uint16_t>(head.status);
  keep_alive_ = http::read_keep_alive_limits(head);
  if (!is_success(head.status)) {
    body_use_ = body_use::message;
    return;
  }
  const std::string_view coding = head.header("content-encoding").value_or("identity");
  const std::string_view type = head.header("content-type").value_or("");
  if (coding != "identity") {
    refuse(cause::protocol, "content-encoding '" + std::string{coding} + "' was not asked for");
  } else if (!is_type(type, expected_type(asked_))) {
    refuse(cause::content_type,
           "content-type '" + std::string{type} + "' instead of " + std::string{expected_type(asked_)});
    body_use_ = body_use::message;
  } else {
    body_use_ = asked_.stream ? body_use::events : body_use::answer;
  }
}

void response_reader::on_body(std::string_view piece) {
  if (body_use_ == body_use::message)
    message_body_.append(piece.substr(0, message_body_limit - std::min(message_body_limit, message_body_.size())));
  if (body_use_ == body_use::answer) {
    whole_->body += piece;
    if (whole_->body.size() <= whole_body_limit) return;
    body_use_ = body_use::nothing;
    return refuse(cause::too_large, "the answer is larger than the client's limit");
  }
  if (body_use_ != body_use::events) return;
  sse_.feed(piece, *this);
  if (sse_.too_large() && !refused()) {
    body_use_ = body_use::nothing;
    refuse(cause::too_large, "an event is larger than the client's limit");
  }
}

void response_reader::on_event(const sse::event& next) {
  if (!record_->first_event) record_->first_event = now_.at;
  const protocol::event_facts facts = stream_->on_event(next.type, next.data);
  if (facts.content) {
    std::uint8_t flags = 0;
    if (facts.answer) flags |= chunk_stamp::answer;
    if (facts.reasoning_content) flags |= chunk_stamp::reasoning_content;
    if (facts.calls_only) flags |= chunk_stamp::calls_only;
    add_chunk(flags);
    tell_content(facts.answer_text, facts.reasoning_text);
  } else if (facts.empty) {
    std::uint8_t flags = 0;
    if (facts.blank) flags |= empty_event_stamp::blank;
    if (facts.call) flags |= empty_event_stamp::call;
    record_->empty_events.push_back({now_.at, flags});
  }
  if (facts.terminal) {
    terminal_seen_ = true;
    record_->done = now_.at;
  }
}

void response_reader::add_chunk(std::uint8_t flags) {
  if (now_.behind) flags |= chunk_stamp::behind;
  if (!now_.kernel_stamped) flags |= chunk_stamp::user_stamped;
  record_->chunks.push_back({now_.at, {}, flags});
}

// The body has ended with the read that is being taken apart.
void response_reader::take_whole_answer() {
  body_use_ = body_use::nothing;
  whole_->answer = protocol::read_whole_answer(asked_.endpoint, whole_->body);
  const protocol::whole_answer& whole = whole_->answer;
  if (!whole.answer && !whole.reasoning) return;
  std::uint8_t flags = chunk_stamp::whole;
  if (whole.answer) flags |= chunk_stamp::answer;
  if (whole.calls && whole.answer_text.empty() && !whole.reasoning) flags |= chunk_stamp::calls_only;
  add_chunk(flags);
  tell_content(whole.answer_text, whole.reasoning_text);
}

void response_reader::refuse(cause why, std::string message) {
  if (refused()) return;
  refusal_ = why;
  refusal_message_ = std::move(message);
}

bool response_reader::connection_reusable() const noexcept {
  return http_.complete() && http_.reusable() && !trailing_bytes_ && !refused();
}

void response_reader::fail(cause why, std::string_view message) {
  record_->end = metrics::outcome::failed;
  record_->why = why;
  record_->message = protocol::one_line(message);
}

void response_reader::conclude_recorded(const net::exchange_result& result, cause cancelled_for,
                                        std::optional<decode_lag> lag) {
  known_lag_ = lag;
  conclude(result, cancelled_for);
  known_lag_.reset();
}

void response_reader::conclude(const net::exchange_result& result, cause cancelled_for) {
  lag_.reset();
  record_->bytes_sent += result.bytes_sent;
  if (result.end == net::exchange_end::closed && http_.finish() && !record_->done) record_->done = result.ended;
  if (http_.complete() && body_use_ == body_use::answer) { // its end was that of the connection
    take_whole_answer();
    close_batch(0);
  }
  const protocol::stream_facts& told = facts();
  record_->usage = {told.input_tokens, told.cached_tokens, told.output_tokens, told.reasoning_tokens};
  record_->finish_reason = told.finish_reason;
  record_->server_figures = told.server_figures;

  if (result.end == net::exchange_end::cancelled) {
    fail(cancelled_for, {});
    const bool by_us = cancelled_for == cause::interrupt || cancelled_for == cause::drain_limit;
    if (by_us) record_->end = metrics::outcome::cancelled;
  } else {
    judge(result);
  }
  record_ = nullptr;
}

// The order is that of cause and effect: what is named first explains what follows it.
void response_reader::judge(const net::exchange_result& result) {
  if (refusal_ == cause::content_type)
    return fail(refusal_,
                refusal_message_ + (message_body_.empty() ? "" : ": ") + protocol::error_message(message_body_));
  if (refused()) return fail(refusal_, refusal_message_);
  if (record_->http_status != 0 && !is_success(record_->http_status))
    return fail(cause::http_status, protocol::error_message(message_body_));
  const protocol::stream_fault fault = whole_ ? whole_->answer.fault : stream_->fault();
  const std::string& fault_message = whole_ ? whole_->answer.fault_message : stream_->fault_message();
  if (fault == protocol::stream_fault::in_band_error) return fail(cause::in_band_error, fault_message);
  if (fault == protocol::stream_fault::bad_payload) return fail(cause::bad_payload, fault_message);
  if (!http_.complete()) return judge_unfinished(result);
  if (asked_.stream && !stream_->has_ended())
    return fail(cause::truncated, "the stream ended without " + std::string{stream_->end_mark_name()});
  record_->end = metrics::outcome::completed;
  record_->why = cause::none;
}

void response_reader::judge_unfinished(const net::exchange_result& result) {
  const std::string reason = result.failure ? result.failure.message() : "the server closed the connection";
  if (result.end == net::exchange_end::send_failed) return fail(cause::send, reason);
  if (!record_->first_byte) return fail(cause::closed_before_response, reason);
  fail(cause::truncated, reason + " inside the response");
}

void forget_response(metrics::request_record& record) {
  record.first_byte.reset();
  record.first_event.reset();
  record.done.reset();
  record.chunks.clear();
  record.empty_events.clear();
  record.http_status = 0;
  record.why = cause::none;
  record.message.clear();
}

} // namespace loadgen::client
