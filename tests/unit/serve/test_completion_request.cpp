#include "serve/completion_request.hpp"

#include <gtest/gtest.h>

namespace loadgen::serve {
namespace {

const server_settings defaults{.model = "reference", .tokens = 100};

result<completion_request> read_chat(std::string_view body) {
  return read_completion_request(endpoint_kind::chat, body, defaults);
}

result<completion_request> read_plain(std::string_view body) {
  return read_completion_request(endpoint_kind::completions, body, defaults);
}

TEST(completion_request, defaults_where_nothing_is_asked) {
  const auto request = read_chat(R"({"messages":[]})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->model, "reference");
  EXPECT_EQ(request->tokens, 100U);
  EXPECT_FALSE(request->stream);
  EXPECT_FALSE(request->include_usage);
  EXPECT_EQ(request->prompt_tokens, 0U);
}

TEST(completion_request, every_field_and_unknown_ones) {
  const auto request =
      read_chat(R"({"model":"x","messages":[{"role":"user","content":"a b"}],"max_tokens":7,"stream":true,
    "stream_options":{"include_usage":true},"ignore_eos":true,"seed":4,"temperature":0.5})");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->model, "x");
  EXPECT_EQ(request->tokens, 7U);
  EXPECT_TRUE(request->stream);
  EXPECT_TRUE(request->include_usage);
  EXPECT_EQ(request->prompt_tokens, 2U);
}

TEST(completion_request, max_completion_tokens_beats_max_tokens_and_null_is_absent) {
  EXPECT_EQ(read_chat(R"({"messages":[],"max_tokens":7,"max_completion_tokens":8})")->tokens, 8U);
  EXPECT_EQ(read_chat(R"({"messages":[],"max_tokens":7,"max_completion_tokens":null})")->tokens, 7U);
}

TEST(completion_request, prompt_words_in_every_form) {
  EXPECT_EQ(read_chat(R"({"messages":[{"content":" one\ttwo \n"},{"content":[{"type":"text","text":"three four"}]}]})")
                ->prompt_tokens,
            4U);
  EXPECT_EQ(read_plain(R"({"prompt":"a bc  d"})")->prompt_tokens, 3U);
  EXPECT_EQ(read_plain(R"({"prompt":["a b","c"]})")->prompt_tokens, 3U);
  EXPECT_EQ(read_plain(R"({"prompt":[11,12,13,14]})")->prompt_tokens, 4U);
}

TEST(completion_request, bad_bodies_are_refused) {
  for (const std::string_view body :
       {"", "{", "[]", "{}", R"({"messages":"hi"})", R"({"messages":[],"max_tokens":0})",
        R"({"messages":[],"max_tokens":-1})", R"({"messages":[],"max_tokens":1.5})",
        R"({"messages":[],"max_tokens":"5"})", R"({"messages":[],"max_tokens":1000001})",
        R"({"messages":[],"max_tokens":99999999999999999999})", R"({"messages":[],"max_completion_tokens":0})",
        R"({"messages":[],"stream":"yes"})", R"({"messages":[],"stream_options":1})",
        R"({"messages":[],"stream_options":{"include_usage":1}})", R"({"messages":[],"model":5})"}) {
    const auto request = read_chat(body);
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().code, errc::invalid_input);
  }
  EXPECT_FALSE(read_plain(R"({"messages":[]})"));
  EXPECT_FALSE(read_plain(R"({"prompt":5})"));
}

} // namespace
} // namespace loadgen::serve
