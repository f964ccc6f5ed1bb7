#pragma once

#include <loadgen/base/endpoint.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loadgen::serve {

/// What every JSON object of one answer repeats.
struct answer_identity {
  endpoint_kind endpoint = endpoint_kind::chat;
  std::uint64_t request = 0; ///< becomes the answer's id: "chatcmpl-", "cmpl-" or "resp-" and 16 hexadecimal digits
  std::int64_t created = 0;  ///< seconds since 1970
  std::string model;
  std::uint32_t first_token = 0; ///< the number of its first token
};

/// The `usage` object.
struct usage_counts {
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
};

/// How the body of a streamed response is framed.
enum class stream_framing : std::uint8_t {
  chunked,  ///< HTTP/1.1: each write is one chunk
  by_close, ///< HTTP/1.0: the connection's end is the body's
};

/// The text of an answer is its tokens' numbers, so that a reader can tell a lost, doubled or reordered token: token 42
/// is " 000042".
inline constexpr std::size_t token_text_size = 7;

/// Makes the events that carry tokens. Everything but the tokens' digits is built once.
///
/// Lifetime: a returned view is valid until the next call.
class token_events {
public:
  token_events(const answer_identity& identity, stream_framing framing, std::uint32_t tokens_per_chunk);

  /// The bytes of the event with `count` tokens from number `first` (from 0, below 1,000,000): SSE event and HTTP chunk
  /// in one. Allocates only where `count` differs from that of the last call.
  [[nodiscard]] std::string_view make(std::uint32_t first, std::uint32_t count);

private:
  void build(std::uint32_t count);

  std::string before_text_, after_text_;
  stream_framing framing_;
  std::uint32_t count_ = 0;
  std::size_t text_at_ = 0;
  std::string bytes_;
};

/// The event that a stream begins with and that carries no token: of chat the assistant's role, of responses
/// response.created; "" where the endpoint has none.
[[nodiscard]] std::string opening_event(const answer_identity& identity, stream_framing framing);

/// What ends a stream, the last chunk included. OpenAI's chat and completions: the finish event ("length"), the usage
/// event where `asked_usage`, and [DONE]; the others: their own last event, with the counts.
[[nodiscard]] std::string closing_events(const answer_identity& identity, stream_framing framing,
                                         const usage_counts& usage, bool asked_usage);

/// The JSON of an answer that is not streamed.
[[nodiscard]] std::string whole_answer(const answer_identity& identity, const usage_counts& usage);

} // namespace loadgen::serve
