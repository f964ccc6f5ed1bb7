#include "serve/answer_text.hpp"

#include "http/response_writer.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <iterator>

namespace loadgen::serve {

namespace {

bool is_chat(const answer_identity& identity) noexcept {
  return identity.endpoint == endpoint_kind::chat;
}

/// The members all objects of the answer begin with, without the closing brace: `{"id":...,"model":"reference"`.
std::string object_start(const answer_identity& identity, std::string_view object) {
  return fmt::format(R"({{"id":"{}-{:016x}","object":"{}","created":{},"model":{})",
                     is_chat(identity) ? "chatcmpl" : "cmpl", identity.request, object, identity.created,
                     boost::json::serialize(boost::json::string_view{identity.model}));
}

std::string event_start(const answer_identity& identity) {
  return "data: " + object_start(identity, is_chat(identity) ? "chat.completion.chunk" : "text_completion");
}

std::string usage_object(const usage_counts& usage) {
  const std::string details =
      usage.cached_tokens ? fmt::format(R"(,"prompt_tokens_details":{{"cached_tokens":{}}})", *usage.cached_tokens) : "";
  return fmt::format(R"({{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{}{}}})", usage.prompt_tokens,
                     usage.completion_tokens, usage.prompt_tokens + usage.completion_tokens, details);
}

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
    : before_text_(event_start(identity) + (is_chat(identity) ? R"(,"choices":[{"index":0,"delta":{"content":")"
                                                              : R"(,"choices":[{"index":0,"text":")")),
      after_text_(is_chat(identity) ? "\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n"
                                    : "\",\"logprobs\":null,\"finish_reason\":null}]}\n\n"),
      framing_(framing) {
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

std::string role_event(const answer_identity& identity, stream_framing framing) {
  std::string bytes;
  append_framed(bytes,
                event_start(identity) +
                    ",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                    "\"logprobs\":null,\"finish_reason\":null}]}\n\n",
                framing);
  return bytes;
}

std::string closing_events(const answer_identity& identity, stream_framing framing,
                           const std::optional<usage_counts>& usage) {
  const std::string start = event_start(identity);
  const std::string_view nothing = is_chat(identity) ? "\"delta\":{}" : "\"text\":\"\"";
  std::string bytes;
  append_framed(bytes,
                fmt::format("{},\"choices\":[{{\"index\":0,{},\"logprobs\":null,\"finish_reason\":\"length\"}}]}}\n\n",
                            start, nothing),
                framing);
  if (usage)
    append_framed(bytes, fmt::format("{},\"choices\":[],\"usage\":{}}}\n\n", start, usage_object(*usage)), framing);
  append_framed(bytes, "data: [DONE]\n\n", framing);
  if (framing == stream_framing::chunked) http::append_last_chunk(bytes);
  return bytes;
}

std::string whole_answer(const answer_identity& identity, const usage_counts& usage) {
  std::string text(usage.completion_tokens * token_text_size, ' ');
  for (std::uint32_t i = 0; i < usage.completion_tokens; ++i) put_token(text.data() + i * token_text_size, i);
  const std::string choice =
      is_chat(identity) ? R"("message":{"role":"assistant","content":")" + text + "\"}" : "\"text\":\"" + text + "\"";
  return object_start(identity, is_chat(identity) ? "chat.completion" : "text_completion") +
         ",\"choices\":[{\"index\":0," + choice + R"(,"logprobs":null,"finish_reason":"length"}],"usage":)" +
         usage_object(usage) + "}";
}

} // namespace loadgen::serve
