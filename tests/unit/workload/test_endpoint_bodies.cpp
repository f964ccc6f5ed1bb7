#include "plan_builder.hpp"

#include <loadgen/workload/plan.hpp>

#include <gtest/gtest.h>

namespace loadgen::workload {
namespace {

request_settings settings_for(endpoint_kind endpoint) {
  request_settings settings;
  settings.endpoint = endpoint;
  settings.model = "m";
  return settings;
}

std::string body_of(const request_settings& settings, const dataset& prompts = single_prompt("Hi")) {
  return plan::make(prompts, settings, {closed_loop(9)}).value().at(0, 0).body;
}

TEST(endpoint_bodies, each_endpoint_has_its_own_names) {
  EXPECT_EQ(body_of(settings_for(endpoint_kind::responses)),
            R"({"model":"m","input":"Hi","max_output_tokens":128,"stream":true})");
  EXPECT_EQ(body_of(settings_for(endpoint_kind::llamacpp)), R"({"prompt":"Hi","n_predict":128,"stream":true})");
  EXPECT_EQ(body_of(settings_for(endpoint_kind::tgi)),
            R"({"inputs":"Hi","parameters":{"max_new_tokens":128,"details":true}})");
  EXPECT_EQ(body_of(settings_for(endpoint_kind::sglang)),
            R"({"text":"Hi","sampling_params":{"max_new_tokens":128},"stream":true})");
  EXPECT_EQ(body_of(settings_for(endpoint_kind::generate)), R"({"prompt":"Hi","max_tokens":128})");
}

TEST(endpoint_bodies, settings_of_the_generation_go_where_they_belong) {
  request_settings settings = settings_for(endpoint_kind::sglang);
  settings.temperature = 0;
  settings.ignore_eos = true;
  settings.max_tokens = 5;
  EXPECT_EQ(
      body_of(settings),
      R"({"text":"Hi","sampling_params":{"max_new_tokens":5,"temperature":0.0,"ignore_eos":true},"stream":true})");
  settings.endpoint = endpoint_kind::llamacpp;
  EXPECT_EQ(body_of(settings), R"({"prompt":"Hi","n_predict":5,"stream":true,"temperature":0.0,"ignore_eos":true})");
}

TEST(endpoint_bodies, tgi_has_another_word_for_a_temperature_of_zero) {
  request_settings settings = settings_for(endpoint_kind::tgi);
  settings.temperature = 0;
  EXPECT_EQ(body_of(settings),
            R"({"inputs":"Hi","parameters":{"max_new_tokens":128,"details":true,"do_sample":false}})");
  settings.temperature = 0.5;
  EXPECT_EQ(body_of(settings),
            R"({"inputs":"Hi","parameters":{"max_new_tokens":128,"details":true,"do_sample":true,"temperature":0.5}})");
}

TEST(endpoint_bodies, whole_answers_are_asked_for_without_a_stream) {
  request_settings settings = settings_for(endpoint_kind::chat);
  settings.stream = false;
  EXPECT_EQ(body_of(settings),
            R"({"model":"m","messages":[{"role":"user","content":"Hi"}],"max_tokens":128,"stream":false})");
  settings.endpoint = endpoint_kind::tgi;
  EXPECT_EQ(body_of(settings), R"({"inputs":"Hi","parameters":{"max_new_tokens":128,"details":true}})");
  settings.endpoint = endpoint_kind::generate;
  EXPECT_EQ(plan::make(single_prompt("Hi"), settings, {closed_loop(1)}).error().code, errc::invalid_input);
}

TEST(endpoint_bodies, messages_go_to_chat_and_responses_alone) {
  const dataset messages = one_line_of_messages(R"([{"role":"user","content":"Two?"}])");
  EXPECT_EQ(body_of(settings_for(endpoint_kind::responses), messages),
            R"({"model":"m","input":[{"role":"user","content":"Two?"}],"max_output_tokens":128,"stream":true})");
  for (const endpoint_kind endpoint : all_endpoints)
    EXPECT_EQ(plan::make(messages, settings_for(endpoint), {closed_loop(1)}).has_value(), takes_messages(endpoint))
        << to_string(endpoint);
}

TEST(endpoint_bodies, a_request_s_own_budget_and_the_salt_find_their_places) {
  for (const endpoint_kind endpoint : all_endpoints) {
    request_settings settings = settings_for(endpoint);
    settings.salt = prompt_salt::level;
    level_settings level = closed_loop(2);
    level.outputs = {31, 1234};
    const plan planned = plan::make(single_prompt("Hi 128"), settings, {level}).value();
    for (const std::uint64_t index : {0U, 1U}) {
      const planned_request request = planned.at(0, index);
      EXPECT_EQ(request.asked_output, level.outputs[index]);
      EXPECT_NE(request.body.find(":" + std::to_string(level.outputs[index])), std::string::npos) << request.body;
      EXPECT_EQ(request.body.find(":128"), std::string::npos) << request.body;
      EXPECT_NE(request.body.find("] Hi 128\""), std::string::npos) << request.body;
    }
  }
}

TEST(endpoint_bodies, an_extra_body_reaches_into_the_parameters) {
  request_settings settings = settings_for(endpoint_kind::tgi);
  settings.extra_body = object_of(R"({"parameters":{"max_new_tokens":9,"top_p":0.9},"model":"extra"})");
  const planned_request request = plan::make(single_prompt("Hi"), settings, {closed_loop(1)}).value().at(0, 0);
  EXPECT_EQ(request.asked_output, 9U);
  EXPECT_EQ(request.body,
            R"({"model":"extra","inputs":"Hi","parameters":{"max_new_tokens":9,"details":true,"top_p":0.9}})");
}

} // namespace
} // namespace loadgen::workload
