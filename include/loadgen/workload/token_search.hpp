#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/synthetic.hpp>

#include <cstdint>
#include <functional>
#include <string>

namespace loadgen::workload {

/// How many tokens a server counts in a prompt of that text, whatever it puts around it included.
using token_counter = std::function<result<std::uint32_t>(const std::string& text)>;

/// How much a search may ask.
struct token_search_limits {
  std::uint32_t most_questions = 64;     ///< at least 8
  std::uint32_t longest_question = 1200; ///< words of the longest text that is counted, at least 200
};

/// Finds out of what words prompts of an exact number of tokens can be made, by counting texts of candidate_words():
/// first words of one token each, from all of them downwards by halves; where there are too few, words of as many
/// letters that all have the same number of tokens, with a filler of one token. Then prompts of several lengths are
/// counted, and `exact` of the result says whether all had the tokens that they should have. Where no such words are
/// found, word_tokens is the mean, and lengths are close but not exact. A handful of questions with most tokenizers.
///
/// `source` and `template_known` are the caller's to set. Errors: those of `count`, whose first ends the search, and
/// invalid_input where a text with words has no more tokens than one without.
[[nodiscard]] result<token_model> find_tokens(const token_counter& count, const token_search_limits& limits = {});

/// Whether prompts of several lengths have the tokens that `model` says. Up to three questions. Errors: those of
/// `count`.
[[nodiscard]] result<bool> holds_for(const token_model& model, const token_counter& count,
                                     std::uint32_t longest_question = 1200);

} // namespace loadgen::workload
