#include "plan_builder.hpp"

#include <loadgen/workload/plan.hpp>

#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

namespace loadgen::workload {
namespace {

namespace json = boost::json;

planned_request request(const request_settings& settings, std::uint64_t index, const dataset& prompts = three_lines()) {
  return plan::make(prompts, settings, {closed_loop(9)}).value().at(0, index);
}

request_settings for_model(std::string name, endpoint_kind endpoint = endpoint_kind::chat) {
  request_settings settings;
  settings.endpoint = endpoint;
  settings.model = std::move(name);
  return settings;
}

request_settings with_extra(std::string_view extra) {
  request_settings settings = for_model("m");
  settings.extra_body = object_of(extra);
  return settings;
}

TEST(request_bodies, chat_wraps_a_prompt_in_one_user_message) {
  EXPECT_EQ(request(for_model("org/m \"1\""), 0).body,
            R"({"model":"org/m \"1\"","messages":[{"role":"user","content":"Say \"hi\",\né日"}],)"
            R"("max_tokens":7,"stream":true,"stream_options":{"include_usage":true}})");
}

TEST(request_bodies, chat_sends_messages_as_they_are) {
  EXPECT_EQ(request(for_model("m"), 1).body,
            R"({"model":"m","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Two?"}],)"
            R"("max_tokens":128,"stream":true,"stream_options":{"include_usage":true}})");
}

TEST(request_bodies, completions_send_the_prompt) {
  EXPECT_EQ(request(for_model("m", endpoint_kind::completions), 1, two_prompts()).body,
            R"({"model":"m","prompt":"Three","max_tokens":128,"stream":true,"stream_options":{"include_usage":true}})");
}

TEST(request_bodies, every_entry_reads_back_as_it_was) {
  for (const char* text :
       {"plain", "\"quoted\" \\ / \t\r\n", "\x01\x1F\x7F", "é日本🙂", "[not] {json}", "  spaces  "}) {
    const json::object body = object_of(request(for_model("m"), 0, single_prompt(text)).body);
    EXPECT_EQ(body.at("messages").at(0).at("content"), text);
  }
}

TEST(request_bodies, optional_fields_are_there_only_when_asked_for) {
  request_settings settings = for_model("m");
  settings.ask_usage = false;
  EXPECT_EQ(request(settings, 2).body,
            R"({"model":"m","messages":[{"role":"user","content":"Three"}],"max_tokens":128,"stream":true})");
  settings.temperature = 0.7;
  settings.ignore_eos = true;
  EXPECT_EQ(request(settings, 2).body,
            R"({"model":"m","messages":[{"role":"user","content":"Three"}],"max_tokens":128,)"
            R"("stream":true,"temperature":0.7,"ignore_eos":true})");
  settings.temperature = 0;
  EXPECT_EQ(object_of(request(settings, 2).body).at("temperature"), 0.0);
}

TEST(request_bodies, an_explicit_budget_beats_the_lines_own_which_beats_the_default) {
  request_settings settings;
  settings.default_max_tokens = 50;
  EXPECT_EQ(request(settings, 0).asked_output, 7U);
  EXPECT_EQ(request(settings, 2).asked_output, 50U);
  settings.max_tokens = 9;
  for (const std::uint64_t index : {0U, 2U}) {
    EXPECT_EQ(request(settings, index).asked_output, 9U);
    EXPECT_EQ(object_of(request(settings, index).body).at("max_tokens"), 9);
  }
}

TEST(request_bodies, without_a_model_the_body_names_none) {
  const planned_request nameless = request({}, 2);
  EXPECT_TRUE(nameless.body.starts_with(R"({"messages":)"));
  EXPECT_FALSE(object_of(nameless.body).contains("model"));
}

TEST(request_bodies, extra_keys_come_last_and_are_merged_within_objects) {
  EXPECT_EQ(request(with_extra(R"({"top_p":0.9,"stream_options":{"x":1},"user":"u","nothing":null})"), 2).body,
            R"({"model":"m","messages":[{"role":"user","content":"Three"}],"max_tokens":128,"stream":true,)"
            R"("stream_options":{"include_usage":true,"x":1},"top_p":0.9,"user":"u"})");
}

TEST(request_bodies, extra_keys_win_over_the_settings) {
  request_settings settings = with_extra(R"({"temperature":0.1,"ignore_eos":false,"max_tokens":33,"model":"other"})");
  settings.temperature = 0.7;
  settings.ignore_eos = true;
  settings.max_tokens = 9;
  const planned_request made = request(settings, 0);
  EXPECT_EQ(made.body,
            R"({"model":"other","messages":[{"role":"user","content":"Say \"hi\",\né日"}],"max_tokens":33,)"
            R"("stream":true,"stream_options":{"include_usage":true},"temperature":0.1,"ignore_eos":false})");
  EXPECT_EQ(made.asked_output, 33U);
}

TEST(request_bodies, a_null_in_extra_removes_a_field) {
  const planned_request made =
      request(with_extra(R"({"max_tokens":null,"stream_options":null,"max_completion_tokens":5})"), 2);
  EXPECT_EQ(made.body, R"({"model":"m","messages":[{"role":"user","content":"Three"}],"stream":true,)"
                       R"("max_completion_tokens":5})");
  EXPECT_EQ(made.asked_output, 0U);
  const auto bare = with_extra(R"({"messages":null,"max_tokens":null,"stream":null,"stream_options":null})");
  EXPECT_EQ(request(bare, 2).body, R"({"model":"m"})");
  EXPECT_EQ(request(with_extra(R"({"model":null,"stream_options":null})"), 2).body,
            R"({"messages":[{"role":"user","content":"Three"}],"max_tokens":128,"stream":true})");
}

TEST(request_bodies, extra_messages_replace_those_of_every_line_and_take_no_salt) {
  request_settings settings = with_extra(R"({"messages":[{"role":"user","content":"same"}],"stream_options":null})");
  settings.salt = prompt_salt::level;
  EXPECT_EQ(request(settings, 1).body,
            R"({"model":"m","messages":[{"role":"user","content":"same"}],"max_tokens":128,"stream":true})");
  EXPECT_EQ(object_of(request(settings, 2).body).at("messages").at(0).at("content"), "same");
}

TEST(request_bodies, an_extra_budget_that_is_none_is_refused) {
  for (const char* budget : {"0", "-1", "1.5", R"("64")", "4294967296", "true"}) {
    const auto refused =
        plan::make(three_lines(), with_extra(std::string{R"({"max_tokens":)"} + budget + "}"), {closed_loop(1)});
    ASSERT_TRUE(refused.has_error()) << budget;
    EXPECT_EQ(refused.error().message, std::string{"dataset line 1: the body's max_tokens is "} + budget +
                                           "; expected an integer from 1 to 4294967295");
  }
}

TEST(request_bodies, the_salt_stands_before_the_prompt_and_changes_nothing_else) {
  for (const endpoint_kind endpoint : {endpoint_kind::chat, endpoint_kind::completions}) {
    request_settings settings = for_model("m", endpoint);
    const std::string plain = request(settings, 0, two_prompts()).body;
    settings.salt = prompt_salt::level;
    std::string salted = request(settings, 0, two_prompts()).body;
    const std::size_t at = plain.find("Say ");
    EXPECT_EQ(salted[at], '[');
    EXPECT_EQ(salted.substr(at + 9, 2), "] ");
    EXPECT_EQ(salted.erase(at, 11), plain);
  }
}

TEST(request_bodies, in_messages_the_salt_goes_to_the_first_user_text_or_else_the_first_text) {
  const auto salted_message = [](std::string messages) {
    request_settings settings;
    settings.salt = prompt_salt::level;
    const json::object body = object_of(request(settings, 0, one_line_of_messages(std::move(messages))).body);
    int found = -1;
    int number = 0;
    for (const json::value& message : body.at("messages").as_array()) {
      const json::string* const text = message.at("content").if_string();
      if (text != nullptr && text->starts_with('[')) found = found == -1 ? number : -2;
      ++number;
    }
    return found;
  };
  EXPECT_EQ(salted_message(
                R"([{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"user","content":"b"}])"),
            1);
  EXPECT_EQ(salted_message(R"([{"role":"user","content":[]},{"content":"","role":"user"}])"), 1);
  EXPECT_EQ(
      salted_message(R"([{"role":"user","content":[]},{"role":"system","content":"s"},{"role":"tool","content":"t"}])"),
      1);
}

} // namespace
} // namespace loadgen::workload
