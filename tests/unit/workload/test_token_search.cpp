// Words of exactly known tokens, found by asking tokenizers of several kinds.

#include <loadgen/workload/token_search.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace loadgen::workload {
namespace {

/// Counts as a tokenizer would that splits at spaces: `tokens_of` has the tokens of one word.
template<class TokensOf>
std::uint32_t count_words(const std::string& text, TokensOf tokens_of) {
  std::uint32_t tokens = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(' ', begin), text.size());
    tokens += tokens_of(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return tokens;
}

struct asked_server {
  std::function<std::uint32_t(const std::string&)> truth;
  std::uint32_t questions = 0;

  token_counter counter() {
    return [this](const std::string& text) -> result<std::uint32_t> {
      ++questions;
      return truth(text);
    };
  }
};

void expect_exact(const token_model& model, const std::function<std::uint32_t(const std::string&)>& truth) {
  const auto prompts = prompt_generator::make(*parse_synthetic("in=uniform(60,900)"), {}, model, 5);
  ASSERT_TRUE(prompts);
  for (std::uint64_t i = 0; i < 300; ++i) {
    const made_prompt made = prompts->at({.index = i});
    ASSERT_EQ(truth(made.text), made.input) << made.text;
  }
}

TEST(token_search, takes_a_handful_of_questions_where_each_word_is_a_token) {
  asked_server server{[](const std::string& text) { return 9 + count_words(text, [](const auto&) { return 1U; }); }};
  const auto found = find_tokens(server.counter());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->exact);
  EXPECT_EQ(found->words.size(), candidate_words().size());
  EXPECT_EQ(found->overhead, 10U);
  EXPECT_EQ(found->word_tokens, 1);
  EXPECT_EQ(server.questions, 5U);
  expect_exact(*found, server.truth);
}

TEST(token_search, leaves_out_words_of_several_tokens) {
  const std::set<std::string> split{"island", "summer", "paper", "country"};
  asked_server server{[&split](const std::string& text) {
    return 3 + count_words(text, [&split](const auto& word) { return split.contains(word) ? 2U : 1U; });
  }};
  const auto found = find_tokens(server.counter());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->exact);
  EXPECT_GE(found->words.size(), 100U);
  for (const std::string& word : found->words) EXPECT_FALSE(split.contains(word));
  EXPECT_LE(server.questions, 40U);
  expect_exact(*found, server.truth);
}

TEST(token_search, finds_a_few_whole_words_in_a_small_vocabulary) {
  asked_server server{[](const std::string& text) {
    return count_words(text, [](const auto& word) { return word.size() <= 4 ? 1U : 2U; });
  }};
  const auto found = find_tokens(server.counter(), {.most_questions = 200});
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->exact);
  for (const std::string& word : found->words) EXPECT_LE(word.size(), 4U);
  expect_exact(*found, server.truth);
}

TEST(token_search, fills_up_where_each_letter_is_a_token) {
  asked_server server{[](const std::string& text) { return 21 + static_cast<std::uint32_t>(text.size()); }};
  const auto found = find_tokens(server.counter());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->exact);
  EXPECT_EQ(found->word_tokens, 5);
  EXPECT_EQ(found->filler, ".");
  EXPECT_EQ(found->overhead, 24U);
  EXPECT_LE(server.questions, 9U);
  expect_exact(*found, server.truth);
}

TEST(token_search, says_so_where_lengths_cannot_be_exact) {
  asked_server server{[](const std::string& text) { // the tokens of a word depend on the place of it
    std::uint32_t words = 0;
    return 1 + count_words(text, [&words](const auto& word) {
             ++words;
             return static_cast<std::uint32_t>(1 + (word.size() + words * words) % 3);
           });
  }};
  const auto found = find_tokens(server.counter());
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->exact);
  EXPECT_EQ(found->words.size(), candidate_words().size());
  EXPECT_GT(found->word_tokens, 1.2);
  EXPECT_LE(server.questions, 64U);
}

TEST(token_search, ends_with_the_first_failure) {
  std::uint32_t questions = 0;
  const auto found = find_tokens([&questions](const std::string&) -> result<std::uint32_t> {
    if (++questions == 2) return error{errc::unreachable, "gone"};
    return 5U;
  });
  ASSERT_TRUE(found.has_error());
  EXPECT_EQ(found.error().message, "gone");
  EXPECT_EQ(questions, 2U);
}

TEST(token_search, refuses_a_count_that_does_not_grow) {
  const auto found = find_tokens([](const std::string&) -> result<std::uint32_t> { return 7U; });
  ASSERT_TRUE(found.has_error());
  EXPECT_EQ(found.error().message, "a text with more words has no more tokens, by the server's own count");
}

TEST(token_search, a_model_of_another_tokenizer_does_not_hold) {
  asked_server server{[](const std::string& text) { return count_words(text, [](const auto&) { return 1U; }); }};
  const auto found = find_tokens(server.counter());
  ASSERT_TRUE(found);
  EXPECT_TRUE(*holds_for(*found, server.counter()));
  asked_server other{[](const std::string& text) { return static_cast<std::uint32_t>(text.size()); }};
  EXPECT_FALSE(*holds_for(*found, other.counter()));
  EXPECT_EQ(other.questions, 1U);
}

} // namespace
} // namespace loadgen::workload
