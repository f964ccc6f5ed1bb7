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
constexpr std::size_t most_chunks_reserved = 512;
constexpr std::size_t usual_empty_events = 4; // a role and a finish_reason, and room for a blank token

bool is_success(int status) noexcept {
  return status >= 200 && status < 300;
}

bool is_event_stream(std::string_view content_type) noexcept {
  constexpr std::string_view wanted = "text/event-stream";
  if (content_type.size() < wanted.size()) return false;
  const bool same = std::equal(wanted.begin(), wanted.end(), content_type.begin(), [](char expected, char given) {
    return expected == (given >= 'A' && given <= 'Z' ? static_cast<char>(given - 'A' + 'a') : given);
  });
  return same && (content_type.size() == wanted.size() || content_type[wanted.size()] == ';' ||
                  content_type[wanted.size()] == ' ');
}

std::chrono::duration<std::uint32_t, std::nano> saturated(duration span) noexcept {
  constexpr duration::rep most = std::numeric_limits<std::uint32_t>::max();
  return std::chrono::duration<std::uint32_t, std::nano>{
      static_cast<std::uint32_t>(std::clamp<duration::rep>(span.count(), 0, most))};
}

} // namespace

response_reader::response_reader(endpoint_kind endpoint, stream_meter& meter)
    : stream_(protocol::make_stream_reader(endpoint)),
      http_(http::message_parser::kind::response),
      meter_(meter) {}

void response_reader::tell(content_listener& listener) {
  listener_ = &listener;
  stream_->keep_text(true);
}

void response_reader::begin(metrics::request_record& record) {
  record_ = &record;
  record.chunks.reserve(std::min<std::size_t>(record.asked_output, most_chunks_reserved));
  record.empty_events.reserve(usual_empty_events);
  stream_->reset();
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
  record_->bytes_received += bytes.size();
  if (!record_->first_byte) record_->first_byte = when.at;
  const std::size_t first_of_batch = record_->chunks.size();
  const std::size_t taken = http_.feed(bytes, *this);
  if (record_->chunks.size() > first_of_batch) close_batch(first_of_batch);

  if (http_.error() != http::parse_error::none) {
    refuse(cause::protocol, "the response is not HTTP/1.1: " + std::string{http::describe(http_.error())});
    return appetite::satisfied;
  }
  if (http_.complete()) {
    trailing_bytes_ = taken < bytes.size();
    if (!terminal_seen_) record_->done = when.at;
    return appetite::satisfied;
  }
  // What follows a refused response cannot make it good; only its first words are wanted.
  const bool heard_enough = refused() && (body_use_ != body_use::message || message_body_.size() >= message_body_limit);
  return heard_enough ? appetite::satisfied : appetite::more;
}

// One stamp covers all events of a read: all but the last are only known to have arrived by then.
void response_reader::close_batch(std::size_t first_of_batch) {
  auto& chunks = record_->chunks;
  const auto lag = saturated(clock::now() - now_.at);
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
  if (first_of_batch == 0) meter_.ttft.add(now_.at - record_->sent.value_or(now_.sent));
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
  } else if (!is_event_stream(type)) {
    refuse(cause::content_type, "content-type '" + std::string{type} + "' instead of text/event-stream");
    body_use_ = body_use::message;
  } else {
    body_use_ = body_use::events;
  }
}

void response_reader::on_body(std::string_view piece) {
  if (body_use_ == body_use::message)
    message_body_.append(piece.substr(0, message_body_limit - std::min(message_body_limit, message_body_.size())));
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
    if (now_.behind) flags |= chunk_stamp::behind;
    if (facts.answer) flags |= chunk_stamp::answer;
    if (!now_.kernel_stamped) flags |= chunk_stamp::user_stamped;
    if (facts.reasoning_content) flags |= chunk_stamp::reasoning_content;
    if (facts.calls_only) flags |= chunk_stamp::calls_only;
    record_->chunks.push_back({now_.at, {}, flags});
    if (listener_ != nullptr) listener_->on_content(facts.answer_text, facts.reasoning_text, now_.at);
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

void response_reader::conclude(const net::exchange_result& result, cause cancelled_for) {
  record_->bytes_sent += result.bytes_sent;
  const protocol::stream_facts& facts = stream_->facts();
  record_->usage = {facts.input_tokens, facts.cached_tokens, facts.output_tokens, facts.reasoning_tokens};
  record_->finish_reason = facts.finish_reason;
  record_->server_figures = facts.server_figures;
  if (result.end == net::exchange_end::closed && http_.finish() && !record_->done) record_->done = result.ended;

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
  if (stream_->fault() == protocol::stream_fault::in_band_error)
    return fail(cause::in_band_error, stream_->fault_message());
  if (stream_->fault() == protocol::stream_fault::bad_payload)
    return fail(cause::bad_payload, stream_->fault_message());
  if (!http_.complete()) return judge_unfinished(result);
  if (!stream_->facts().end_mark()) return fail(cause::truncated, "the stream ended without a finish_reason or [DONE]");
  record_->end = metrics::outcome::completed;
  record_->why = cause::none;
}

void response_reader::judge_unfinished(const net::exchange_result& result) {
  const std::string reason = result.failure ? result.failure.message() : "the server closed the connection";
  if (result.end == net::exchange_end::send_failed) return fail(cause::send, reason);
  if (!record_->first_byte) return fail(cause::closed_before_response, reason);
  fail(cause::truncated, reason + " inside the response");
}

} // namespace loadgen::client
