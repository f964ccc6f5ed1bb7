#include <loadgen/workload/token_search.hpp>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <vector>

namespace loadgen::workload {

namespace {

using word_list = std::vector<std::string_view>;

constexpr std::size_t fewest_words = 16;
constexpr std::uint32_t questions_kept = 10;       // for what follows the search by halves
constexpr double many_tokens_a_word = 2.5;         // beyond it, hardly any word is one token
constexpr std::array checked_words{7U, 60U, 400U}; // of the prompts that are counted in the end
constexpr std::array word_sizes{4U, 5U, 3U, 6U};

class token_search {
public:
  token_search(const token_counter& count, const token_search_limits& limits) : count_(count), limits_(limits) {}

  result<token_model> find() {
    const word_list all{candidate_words().begin(), candidate_words().end()};
    const std::uint32_t alone = tokens_of({});
    const std::uint32_t beyond = tokens_of(all) - alone;
    if (failure_) return *failure_;
    if (beyond == 0 || beyond > longest_length)
      return invalid_input("a text with more words has no more tokens, by the server's own count");
    alone_ = alone;
    const double per_word = static_cast<double>(beyond) / static_cast<double>(all.size());

    token_model found;
    found.overhead = alone;
    found.word_tokens = per_word;
    if (per_word < many_tokens_a_word) take_single_tokens(all, beyond, found);
    if (!failure_ && found.words.size() < fewest_words) take_equal_words(all, found);
    if (failure_) return *failure_;
    if (found.words.size() >= fewest_words) {
      const auto holds = holds_for(found, count_, limits_.longest_question);
      if (holds.has_error()) return holds.error();
      found.exact = *holds;
      if (found.exact) return found;
    }
    found.words.assign(all.begin(), all.end());
    found.word_tokens = per_word;
    found.filler.clear();
    return found;
  }

private:
  std::uint32_t tokens_of(const word_list& words, std::string_view behind = {}) {
    if (failure_) return 0;
    ++asked_;
    const auto counted = count_(prompt_text(words) + std::string{behind});
    if (counted.has_value()) return *counted;
    failure_ = counted.error();
    return 0;
  }

  /// Every word has a token at least, so that as many tokens as words are one each.
  void take_single_tokens(const word_list& group, std::uint32_t tokens, token_model& found) {
    if (tokens == group.size()) {
      found.words.insert(found.words.end(), group.begin(), group.end());
      found.word_tokens = 1;
      return;
    }
    if (group.size() == 1 || failure_ || asked_ + questions_kept >= limits_.most_questions) return;
    const auto middle = group.begin() + static_cast<std::ptrdiff_t>(group.size() / 2);
    const word_list left{group.begin(), middle}, right{middle, group.end()};
    const std::uint32_t of_left = tokens_of(left) - alone_;
    take_single_tokens(left, of_left, found);
    take_single_tokens(right, tokens - of_left, found); // what is left of both
  }

  /// For tokenizers of single bytes or letters: all words of one size have the same number of tokens.
  void take_equal_words(const word_list& all, token_model& found) {
    for (const std::size_t size : word_sizes) {
      word_list words;
      for (const std::string_view word : all)
        if (word.size() == size) words.push_back(word);
      const auto half = static_cast<std::ptrdiff_t>(words.size() / 2);
      if (words.size() < fewest_words || asked_ + 4 > limits_.most_questions) continue;
      const std::uint32_t of_all = tokens_of(words) - alone_;
      const std::uint32_t each = of_all / static_cast<std::uint32_t>(words.size());
      if (failure_ || each < 2 || of_all != each * words.size()) continue;
      if (tokens_of({words.begin(), words.begin() + half}) - alone_ != each * static_cast<std::uint32_t>(half))
        continue;
      const auto filler = find_filler(words.front(), each);
      if (!filler) continue;
      found.words.assign(words.begin(), words.end());
      found.word_tokens = each;
      found.filler = *filler;
      return;
    }
  }

  /// Text that adds one token each time it stands behind a word.
  std::optional<std::string> find_filler(std::string_view word, std::uint32_t word_tokens) {
    for (const std::string_view filler : {".", "a"}) {
      std::string most;
      for (std::uint32_t i = 1; i < word_tokens; ++i) most += filler;
      if (asked_ + 4 > limits_.most_questions) return std::nullopt;
      if (tokens_of({word}, filler) == alone_ + word_tokens + 1 &&
          tokens_of({word}, most) == alone_ + 2 * word_tokens - 1 && !failure_)
        return std::string{filler};
    }
    return std::nullopt;
  }

  const token_counter& count_;
  const token_search_limits& limits_;
  std::uint32_t asked_ = 0;
  std::uint32_t alone_ = 0; // tokens of the first word and of what is around
  std::optional<error> failure_;
};

} // namespace

result<token_model> find_tokens(const token_counter& count, const token_search_limits& limits) {
  return token_search{count, limits}.find();
}

result<bool> holds_for(const token_model& model, const token_counter& count, std::uint32_t longest_question) {
  const auto prompts = prompt_generator::make({}, {}, model, 1);
  if (prompts.has_error()) return false;
  std::uint64_t index = 0;
  for (const std::uint32_t words : checked_words) {
    if (words > longest_question) break;
    const auto missing = static_cast<std::uint32_t>(index++ % static_cast<std::uint64_t>(std::ceil(model.word_tokens)));
    const auto tokens = static_cast<std::uint32_t>(std::lround(words * model.word_tokens));
    const made_prompt made = prompts->at({.index = index, .input = model.overhead + tokens + missing});
    const auto counted = count(made.text);
    if (counted.has_error()) return counted.error();
    if (*counted != made.input) return false;
  }
  return true;
}

} // namespace loadgen::workload
