// The reference server's tokens: words, what a chat adds, and those that are cached.

#include "serve/tokenizer.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace loadgen::serve {
namespace {

namespace json = boost::json;

json::value answer(std::string_view body, tokenize_style style, std::uint32_t chat_overhead = 0) {
  server_settings settings;
  settings.tokenize = style;
  settings.chat_overhead = chat_overhead;
  const auto made = tokenize(body, settings);
  return made ? json::parse(*made) : json::value(made.error().message);
}

TEST(tokenizer, a_token_is_a_word_whatever_it_is) {
  EXPECT_EQ(tokens_of("The  quick\nbrown\tfox ").size(), 4U);
  EXPECT_EQ(tokens_of("").size(), 0U);
  EXPECT_EQ(tokens_of("fox fox").front(), tokens_of("The fox").back());
  EXPECT_NE(tokens_of("fox").front(), tokens_of("box").front());
}

TEST(tokenizer, vllms_form_takes_messages_with_the_template_and_prompts_without) {
  const json::value chat =
      answer(R"({"messages":[{"role":"user","content":"one two"},{"role":"user","content":"three"}]})",
             tokenize_style::vllm, 11);
  EXPECT_EQ(chat.at("count"), 14);
  EXPECT_EQ(chat.at("tokens").as_array().size(), 14U);
  EXPECT_EQ(answer(R"({"prompt":"one two"})", tokenize_style::vllm, 11).at("count"), 2);
}

TEST(tokenizer, other_forms_know_one_member) {
  EXPECT_EQ(answer(R"({"prompt":"one two"})", tokenize_style::sglang).at("count"), 2);
  EXPECT_EQ(answer(R"({"messages":[]})", tokenize_style::sglang), "'prompt' is missing");
  EXPECT_EQ(answer(R"({"content":"one two"})", tokenize_style::llamacpp).at("tokens").as_array().size(), 2U);
  EXPECT_TRUE(answer(R"({"prompt":"one two"})", tokenize_style::llamacpp).at("tokens").as_array().empty());
  EXPECT_EQ(answer("[1]", tokenize_style::vllm), "the body must be a JSON object");
}

TEST(prefix_cache, finds_whole_blocks_from_the_front) {
  prefix_cache cache{2};
  EXPECT_EQ(cache.take(R"({"prompt":"a b c d e"})", 0), 0U);
  EXPECT_EQ(cache.take(R"({"prompt":"a b c d f"})", 0), 4U);
  EXPECT_EQ(cache.take(R"({"prompt":"a b x d e"})", 0), 2U);
  EXPECT_EQ(cache.take(R"({"prompt":"x b c d e"})", 0), 0U);
}

TEST(prefix_cache, always_computes_the_last_block_of_a_prompt_it_knows) {
  prefix_cache cache{2};
  EXPECT_EQ(cache.take(R"({"prompt":"a b c d"})", 0), 0U);
  EXPECT_EQ(cache.take(R"({"prompt":"a b c d"})", 0), 2U);
}

TEST(prefix_cache, counts_the_chats_overhead) {
  prefix_cache cache{4};
  EXPECT_EQ(cache.take(R"({"messages":[{"role":"user","content":"a b"}]})", 3), 0U);
  EXPECT_EQ(cache.take(R"({"messages":[{"role":"user","content":"a c"}]})", 3), 4U);
}

} // namespace
} // namespace loadgen::serve
