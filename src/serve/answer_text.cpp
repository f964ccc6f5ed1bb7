#include "serve/answer_text.hpp"

#include "http/response_writer.hpp"
#include "serve/answer_form.hpp"

#include <string>
#include <utility>

namespace loadgen::serve {

namespace {

/// Appends `event` as it goes over the wire.
void append_framed(std::string& out, std::string_view event, stream_framing framing) {
  if (framing == stream_framing::chunked)
    http::append_chunk(out, event);
  else
    out += event;
}

void put_token(char* at, std::uint32_t number) noexcept {
  for (std::size_t digit = token_text_size - 1; digit > 0; --digit, number /= 10)
    at[digit] = static_cast<char>('0' + number % 10);
  *at = ' ';
}

} // namespace

token_events::token_events(const answer_identity& identity, stream_framing framing, std::uint32_t tokens_per_chunk)
    : framing_(framing) {
  answer_texts texts = texts_of(identity);
  before_text_ = std::move(texts.before_tokens);
  after_text_ = std::move(texts.after_tokens);
  build(tokens_per_chunk);
}

void token_events::build(std::uint32_t count) {
  const std::string text(count * token_text_size, ' ');
  bytes_.clear();
  append_framed(bytes_, before_text_ + text + after_text_, framing_);
  const std::size_t after_event = framing_ == stream_framing::chunked ? 2 : 0; // the chunk's CRLF
  text_at_ = bytes_.size() - after_event - after_text_.size() - text.size();
  count_ = count;
}

std::string_view token_events::make(std::uint32_t first, std::uint32_t count) {
  if (count != count_) build(count);
  for (std::uint32_t i = 0; i < count; ++i) put_token(bytes_.data() + text_at_ + i * token_text_size, first + i);
  return bytes_;
}

std::string opening_event(const answer_identity& identity, stream_framing framing) {
  std::string bytes;
  if (const std::string event = texts_of(identity).opening; !event.empty()) append_framed(bytes, event, framing);
  return bytes;
}

std::string closing_events(const answer_identity& identity, stream_framing framing, const usage_counts& usage,
                           bool asked_usage) {
  std::string bytes;
  for (const std::string& event : last_events(identity, usage, asked_usage)) append_framed(bytes, event, framing);
  if (framing == stream_framing::chunked) http::append_last_chunk(bytes);
  return bytes;
}

std::string whole_answer(const answer_identity& identity, const usage_counts& usage) {
  return document_of(identity, usage, text_of_tokens(usage.completion_tokens, identity.first_token));
}

} // namespace loadgen::serve
