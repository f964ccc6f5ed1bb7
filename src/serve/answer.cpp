#include "serve/answer.hpp"

#include "base/sha256.hpp"
#include "http/response_writer.hpp"
#include "serve/answer_form.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>

namespace loadgen::serve {

namespace {

constexpr std::string_view unframed_stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n";

} // namespace

answer::answer(const server_settings& settings, std::uint64_t id, const completion_request& asked,
               const http_request& from, std::int64_t created)
    : settings_(settings),
      id_(id),
      asked_(asked),
      identity_{.endpoint = asked.endpoint,
                .request = id,
                .created = created,
                .model = asked.model,
                .first_token = asked.first_token},
      framing_(from.version_minor > 0 ? stream_framing::chunked : stream_framing::by_close),
      keep_alive_(from.keep_alive),
      stage_(asked.stream ? stage::head : stage::whole) {
  if (asked.stream) events_.emplace(identity_, framing_, std::min(settings.tokens_per_chunk, asked.tokens));
  if (!settings.transcript.empty()) body_ = from.body;
  if (settings.truth.empty()) return;
  const std::string hash = settings.truth_body_hash ? sha256_hex(from.body) : "";
  truth_.emplace(truth_start{.id = id,
                             .path = endpoint_path({asked.endpoint, asked.stream}),
                             .body_sha256 = hash,
                             .stream = asked.stream,
                             .tokens = asked.tokens,
                             .tokens_per_chunk = settings.tokens_per_chunk,
                             .received = from.arrival,
                             .kernel_stamp = from.kernel_stamp});
}

void answer::start(instant when) {
  schedule_.emplace(settings_, id_, when);
  if (!asked_.stream) schedule_->advance(asked_.tokens - 1);
  if (truth_) truth_->started(when);
}

instant answer::due() const noexcept {
  const bool paced = stage_ == stage::tokens || stage_ == stage::whole;
  return paced ? schedule_->due() : instant{};
}

std::uint32_t answer::write_next(connection& to, instant now) {
  switch (stage_) {
  case stage::head:
    if (!to.try_send(head_bytes())) return 0;
    if (truth_) truth_->head(now);
    stage_ = stage::tokens;
    return 0;
  case stage::tokens: return write_tokens(to, now);
  case stage::closing:
    if (!to.try_send(closing_events(identity_, framing_, usage(), asked_.include_usage))) return 0;
    if (truth_) truth_->closed(now);
    stage_ = stage::complete;
    return 0;
  case stage::whole: return write_whole(to, now);
  case stage::complete: return 0;
  }
  return 0;
}

std::uint32_t answer::write_tokens(connection& to, instant now) {
  const std::uint32_t count = std::min(settings_.tokens_per_chunk, asked_.tokens - next_token_);
  if (!to.try_send(events_->make(asked_.first_token + next_token_, count))) return 0;
  if (truth_) truth_->written(now, clock::now() - now);
  next_token_ += count;
  if (next_token_ == asked_.tokens)
    stage_ = stage::closing;
  else
    schedule_->advance(count);
  return count;
}

std::uint32_t answer::write_whole(connection& to, instant now) {
  std::string bytes;
  http::append_response(bytes, {.keep_alive = keep_alive_}, whole_answer(identity_, usage()));
  if (!to.try_send(bytes)) return 0;
  if (truth_) truth_->written(now, clock::now() - now);
  stage_ = stage::complete;
  next_token_ = asked_.tokens;
  return asked_.tokens;
}

std::string answer::head_bytes() const {
  std::string bytes;
  if (framing_ == stream_framing::chunked)
    http::append_event_stream_head(bytes, {.keep_alive = keep_alive_});
  else
    bytes = unframed_stream_head;
  if (settings_.role_chunk) bytes += opening_event(identity_, framing_);
  return bytes;
}

usage_counts answer::usage() const noexcept {
  return {
      .prompt_tokens = asked_.prompt_tokens, .completion_tokens = asked_.tokens, .cached_tokens = asked_.cached_tokens};
}

std::string answer::transcript(bool done) const {
  const boost::json::object line{
      {"id", id_},
      {"path", endpoint_path({asked_.endpoint, asked_.stream})},
      {"body", body_},
      {"answer", text_of_tokens(next_token_, asked_.first_token)},
      {"ended", done ? "done" : "aborted"},
  };
  return boost::json::serialize(line) + "\n";
}

std::optional<std::string> answer::truth(bool done) const {
  if (!truth_) return std::nullopt;
  return truth_->finish(done);
}

} // namespace loadgen::serve
