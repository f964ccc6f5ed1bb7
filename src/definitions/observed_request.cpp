#include "definitions/observed_request.hpp"

#include <algorithm>

namespace loadgen::definitions {

namespace {

using metrics::chunk_stamp;
using metrics::empty_event_stamp;
using metrics::request_record;

std::uint8_t kind_of(const chunk_stamp& chunk) noexcept {
  if (chunk.has(chunk_stamp::calls_only)) return call_arguments;
  if (chunk.has(chunk_stamp::answer)) return text;
  return chunk.has(chunk_stamp::reasoning_content) ? reasoning_content : reasoning;
}

std::uint8_t kind_of(const empty_event_stamp& event) noexcept {
  std::uint8_t kinds = bare;
  if (event.has(empty_event_stamp::blank)) kinds |= blank;
  if (event.has(empty_event_stamp::call)) kinds |= call_name;
  return kinds;
}

template<class Stamp>
void append_tokens(const std::vector<Stamp>& events, std::uint8_t tokens, std::vector<instant>& arrivals) {
  for (const Stamp& event : events)
    if ((kind_of(event) & tokens) != 0) arrivals.push_back(event.arrival);
}

std::vector<instant> token_events(const request_record& record, std::uint8_t tokens) {
  std::vector<instant> arrivals;
  arrivals.reserve(record.chunks.size() + record.empty_events.size());
  append_tokens(record.chunks, tokens, arrivals);
  const auto behind_chunks = static_cast<std::ptrdiff_t>(arrivals.size());
  append_tokens(record.empty_events, tokens, arrivals);
  std::inplace_merge(arrivals.begin(), arrivals.begin() + behind_chunks, arrivals.end());
  return arrivals;
}

/// The tokens of the text alone: where the server does not tell those of the reasoning apart, each content event is
/// taken for an equal share.
std::uint64_t text_tokens(const request_record& record, std::uint64_t text_events) noexcept {
  const std::uint64_t all = *record.usage.output;
  if (text_events == record.chunks.size()) return all;
  if (const std::uint64_t told = record.usage.reasoning.value_or(0); told > 0) return all - std::min(all, told);
  return (all * text_events + record.chunks.size() / 2) / record.chunks.size();
}

std::uint64_t count_tokens(const request_record& record, std::uint64_t events, token_count rule) noexcept {
  if (rule == token_count::text_usage && events == 0) return 0;
  if (!record.usage.output) {
    const bool asked = rule == token_count::usage_or_asked && record.asked_output > 0;
    return asked ? record.asked_output : events;
  }
  return rule == token_count::text_usage ? text_tokens(record, events) : *record.usage.output;
}

bool succeeded(const request_record& record, const rules& by) noexcept {
  if (record.end == metrics::outcome::completed) return true;
  return by.error_event_succeeds && record.end == metrics::outcome::failed &&
         record.why == metrics::cause::in_band_error && record.done;
}

bool fails_as_empty(const observed_request& request, empty_answer rule) noexcept {
  switch (rule) {
  case empty_answer::failed: return true;
  case empty_answer::untimed_if_counted: return request.tokens == 0;
  case empty_answer::timed_at_end_if_counted: return request.tokens < 2;
  case empty_answer::untimed:
  case empty_answer::zero: break;
  }
  return false;
}

} // namespace

std::optional<instant> started(const request_record& record, start_point rule) noexcept {
  if (rule == start_point::planned && record.planned) return record.planned;
  if (!record.sent) return record.released;
  return rule == start_point::sent ? *record.sent : *record.sent - record.connect_time - record.tls_time;
}

std::optional<observed_request> observe(const request_record& record, const rules& by, bool completions) {
  if (!succeeded(record, by) || !record.sent) return std::nullopt;
  observed_request request;
  request.start = *started(record, by.start);
  request.token_events = token_events(record, completions ? by.completions_tokens : by.chat_tokens);
  request.tokens = count_tokens(record, request.token_events.size(), by.counted);
  if (request.empty() && fails_as_empty(request, by.empty)) return std::nullopt;
  const instant last_heard = request.empty() ? request.start : request.token_events.back();
  request.end = by.end == end_point::last_token ? last_heard : record.done.value_or(last_heard);
  if (request.empty() && by.empty == empty_answer::timed_at_end_if_counted) request.token_events = {request.end};
  return request;
}

} // namespace loadgen::definitions
