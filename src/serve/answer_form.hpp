#pragma once

#include "serve/answer_text.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace loadgen::serve {

/// The text around the tokens of one answer, as its endpoint has it. Events end in an empty line; nothing is framed.
struct answer_texts {
  std::string before_tokens; ///< of an event with tokens
  std::string after_tokens;  ///< of the same
  std::string opening;       ///< the event before the first token; empty: none
};

/// The same for all events of an answer.
[[nodiscard]] answer_texts texts_of(const answer_identity& identity);

/// The events that end a stream.
[[nodiscard]] std::vector<std::string> last_events(const answer_identity& identity, const usage_counts& usage,
                                                   bool asked_usage);

/// The JSON document of an answer with that text.
[[nodiscard]] std::string document_of(const answer_identity& identity, const usage_counts& usage,
                                      std::string_view text);

/// So many tokens of an answer, from its first, which has the number `first`.
[[nodiscard]] std::string text_of_tokens(std::uint64_t count, std::uint32_t first);

} // namespace loadgen::serve
