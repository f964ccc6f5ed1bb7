// What is asked of a server to learn how it counts, and what is made of answers that no proper server gives.

#include "engine/token_questions.hpp"
#include "support/scripted_server.hpp"

#include <loadgen/engine/token_calibration.hpp>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <mutex>

namespace loadgen::engine {
namespace {

using namespace loadgen::test;

workload::request_settings chat_of(std::string model) {
  workload::request_settings requests;
  requests.model = std::move(model);
  return requests;
}

std::string reply(int status, std::string_view body) {
  return fmt::format("HTTP/1.1 {} X\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}", status,
                     body.size(), body);
}

/// Answers each POST by its path and body, and keeps the paths.
class asked_server {
public:
  explicit asked_server(std::function<std::string(const std::string& path, const std::string& body)> answer)
      : answer_(std::move(answer)),
        server_([this](scripted_connection& client, int) {
          while (client.read_request()) {
            const std::string path = client.head().substr(5, client.head().find(" HTTP") - 5);
            {
              const std::lock_guard lock{mutex_};
              paths_.push_back(path);
            }
            client.send(answer_(path, client.body()));
          }
        }) {}

  [[nodiscard]] client_settings client() const {
    client_settings settings;
    settings.targets = {*parse_target(fmt::format("http://127.0.0.1:{}/prefix", server_.port()))};
    return settings;
  }

  [[nodiscard]] std::vector<std::string> paths() const {
    const std::lock_guard lock{mutex_};
    return paths_;
  }

private:
  std::function<std::string(const std::string&, const std::string&)> answer_;
  mutable std::mutex mutex_;
  std::vector<std::string> paths_;
  scripted_server server_;
};

TEST(token_questions, bodies_are_those_that_the_servers_know) {
  workload::request_settings chat = chat_of("m");
  chat.extra_body["chat_template_kwargs"] = boost::json::object{{"enable_thinking", false}};
  EXPECT_EQ(tokenize_body(tokenize_form::vllm_messages, chat, "Hi"),
            R"({"model":"m","messages":[{"role":"user","content":"Hi"}],"add_generation_prompt":true,)"
            R"("chat_template_kwargs":{"enable_thinking":false}})");
  EXPECT_EQ(tokenize_body(tokenize_form::prompt, chat, "Hi"),
            R"({"model":"m","prompt":"Hi","add_special_tokens":false})");
  EXPECT_EQ(tokenize_body(tokenize_form::llamacpp, chat, "Hi"), R"({"content":"Hi","add_special":false})");
  workload::request_settings completions = chat_of("");
  completions.endpoint = endpoint_kind::completions;
  EXPECT_EQ(tokenize_body(tokenize_form::prompt, completions, "Hi"), R"({"prompt":"Hi","add_special_tokens":true})");
}

TEST(token_questions, a_probe_is_the_runs_own_body_for_one_token_in_one_piece) {
  workload::request_settings chat = chat_of("m");
  chat.max_tokens = 500;
  chat.extra_body["top_p"] = 0.5;
  chat.salt = workload::prompt_salt::trial;
  const boost::json::value body = boost::json::parse(*probe_body(chat, "Hi"));
  EXPECT_EQ(body, (boost::json::value{{"model", "m"},
                                      {"messages", boost::json::array{{{"role", "user"}, {"content", "Hi"}}}},
                                      {"max_tokens", 1},
                                      {"stream", false},
                                      {"top_p", 0.5}}));
}

TEST(token_questions, an_endpoint_that_only_streams_cannot_be_probed) {
  workload::request_settings requests;
  requests.endpoint = endpoint_kind::generate;
  EXPECT_EQ(probe_body(requests, "Hi").error().message,
            "the generate endpoint has no whole answers to a probe; expected --calibrate tokenize");
}

TEST(token_questions, counts_are_read_where_they_are) {
  EXPECT_EQ(tokens_in(tokenize_form::prompt, R"({"count":5,"tokens":[1,2,3,4,5]})"), 5U);
  EXPECT_EQ(tokens_in(tokenize_form::llamacpp, R"({"tokens":[1,2,3]})"), 3U);
  EXPECT_EQ(tokens_in(tokenize_form::llamacpp, R"({"tokens":[]})"), std::nullopt);
  EXPECT_EQ(tokens_in(tokenize_form::vllm_messages, R"({"tokens":[]})"), std::nullopt);
  EXPECT_EQ(tokens_in(tokenize_form::prompt, R"({"count":"5"})"), std::nullopt);
  EXPECT_EQ(tokens_in(tokenize_form::prompt, "<html>"), std::nullopt);
  EXPECT_EQ(prompt_tokens_in(endpoint_kind::chat, R"({"usage":{"prompt_tokens":9}})"), 9U);
  EXPECT_EQ(prompt_tokens_in(endpoint_kind::chat, R"({"usage":null})"), std::nullopt);
  EXPECT_EQ(prompt_tokens_in(endpoint_kind::responses, R"({"usage":{"input_tokens":9}})"), 9U);
  EXPECT_EQ(prompt_tokens_in(endpoint_kind::llamacpp, R"({"tokens_evaluated":9})"), 9U);
  EXPECT_EQ(prompt_tokens_in(endpoint_kind::tgi, R"({"details":{"input_length":9}})"), 9U);
  EXPECT_EQ(prompt_tokens_in(endpoint_kind::sglang, R"({"meta_info":{"prompt_tokens":9}})"), 9U);
}

TEST(token_calibration, asks_nothing_where_it_may_not) {
  const asked_server server{[](const auto&, const auto&) { return reply(200, "{}"); }};
  const auto found = calibrate_tokens(server.client(), chat_of("m"), calibration_mode::none);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->tokens, workload::estimated_tokens());
  EXPECT_TRUE(server.paths().empty());
}

TEST(token_calibration, a_server_without_the_page_is_asked_once_and_estimated) {
  const asked_server server{[](const auto&, const auto&) { return reply(404, "{}"); }};
  const auto found = calibrate_tokens(server.client(), chat_of("m"), calibration_mode::tokenize);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->tokens.source, workload::token_source::estimate);
  EXPECT_EQ(server.paths(), (std::vector<std::string>{"/prefix/tokenize"}));
}

TEST(token_calibration, an_unknown_form_is_no_error_either) {
  const asked_server server{[](const auto&, const auto&) { return reply(422, R"({"detail":"inputs missing"})"); }};
  const auto found = calibrate_tokens(server.client(), chat_of("m"), calibration_mode::tokenize);
  ASSERT_TRUE(found) << found.error().message;
  EXPECT_EQ(found->form, "");
  EXPECT_EQ(server.paths().size(), 3U);
}

TEST(token_calibration, what_a_probe_runs_into_is_said) {
  const asked_server refusing{[](const std::string& path, const auto&) {
    return path.ends_with("/tokenize") ? reply(404, "") : reply(400, R"({"error":{"message":"no such model"}})");
  }};
  const auto refused = calibrate_tokens(refusing.client(), chat_of("m"), calibration_mode::probe);
  ASSERT_TRUE(refused.has_error());
  EXPECT_EQ(refused.error().message, "a probe was answered with status 400: no such model");
  EXPECT_EQ(refusing.paths(), (std::vector<std::string>{"/prefix/tokenize", "/prefix/v1/chat/completions"}));

  const asked_server silent{[](const std::string& path, const auto&) {
    return path.ends_with("/tokenize") ? reply(404, "") : reply(200, R"({"choices":[]})");
  }};
  EXPECT_EQ(calibrate_tokens(silent.client(), chat_of("m"), calibration_mode::probe).error().message,
            "the answer to a probe tells no tokens of its prompt; expected the server to count them");
}

TEST(token_calibration, a_page_that_stops_counting_is_an_error) {
  const asked_server server{[count = std::make_shared<int>(0)](const auto&, const auto&) {
    return ++*count < 3 ? reply(200, R"({"count":4})") : reply(500, R"({"error":{"message":"worker died"}})");
  }};
  const auto found = calibrate_tokens(server.client(), chat_of("m"), calibration_mode::tokenize);
  ASSERT_TRUE(found.has_error());
  EXPECT_EQ(found.error().message, "POST /tokenize was answered with status 500 and no count: worker died");
}

TEST(token_calibration, a_server_that_is_gone_is_unreachable) {
  client_settings settings;
  settings.targets = {*parse_target(fmt::format("http://127.0.0.1:{}", unused_port()))};
  const auto found = calibrate_tokens(settings, chat_of("m"), calibration_mode::tokenize);
  ASSERT_TRUE(found.has_error());
  EXPECT_EQ(found.error().code, errc::unreachable);
}

} // namespace
} // namespace loadgen::engine
