// Bodies that a dataset has whole, and plans over datasets that are not kept in memory.

#include "plan_builder.hpp"
#include "support/temporary_folder.hpp"
#include "workload/body_template.hpp"

#include <gtest/gtest.h>

namespace loadgen::workload {
namespace {

dataset whole(std::string body, std::string path = {}) {
  dataset_entry entry;
  entry.body = std::move(body);
  entry.path = std::move(path);
  return dataset{"whole", "", {entry}};
}

planned_request first(const dataset& prompts, const request_settings& settings) {
  return plan::make(prompts, settings, {closed_loop(1)}).value().at(0, 0);
}

const char* const written = R"({"model":"own","messages":[{"role":"user","content":"a"}],"temperature":0.2,)"
                            R"("max_completion_tokens":5,"stream":false,"stream_options":{"x":1}})";

TEST(whole_bodies, stay_as_they_are_but_for_streaming) {
  request_settings settings;
  settings.keep_line_models = true;
  settings.model = "asked";
  const planned_request request = first(whole(written), settings);
  EXPECT_EQ(request.body, R"({"model":"own","messages":[{"role":"user","content":"a"}],"temperature":0.2,)"
                          R"("max_completion_tokens":5,"stream":true,"stream_options":{"x":1,"include_usage":true}})");
  EXPECT_EQ(request.asked_output, 5U);
}

TEST(whole_bodies, take_the_model_and_the_budget_that_are_asked_for) {
  request_settings settings;
  settings.model = "asked";
  settings.max_tokens = 9;
  settings.temperature = 0.5;
  settings.ask_usage = false;
  const planned_request request = first(whole(written), settings);
  EXPECT_EQ(request.body, R"({"model":"asked","messages":[{"role":"user","content":"a"}],"temperature":0.5,)"
                          R"("stream":true,"stream_options":{"x":1},"max_tokens":9})");
  EXPECT_EQ(request.asked_output, 9U);
}

TEST(whole_bodies, have_no_budget_of_ours_and_take_the_salt) {
  request_settings settings;
  settings.salt = prompt_salt::level;
  settings.endpoint = endpoint_kind::completions;
  const planned_request request = first(whole(R"({"max_tokens":3,"prompt":"a"})", "/v1/completions"), settings);
  EXPECT_TRUE(request.body.starts_with(R"({"max_tokens":3,"prompt":"[)")) << request.body;
  EXPECT_EQ(request.asked_output, 3U);
  EXPECT_EQ(first(whole(R"({"prompt":"a"})"), settings).asked_output, 0U);
}

TEST(whole_bodies, take_the_output_lengths_of_a_trace_where_they_have_a_budget) {
  level_settings level = closed_loop(1);
  level.outputs = {1234};
  for (const char* body : {R"({"max_tokens":3,"messages":[{"role":"user","content":"a"}]})",
                           R"({"messages":[{"role":"user","content":"a"}],"max_tokens":3})"}) {
    const planned_request request = plan::make(whole(body), {}, {level}).value().at(0, 0);
    EXPECT_EQ(object_of(request.body).at("max_tokens"), 1234);
    EXPECT_EQ(request.asked_output, 1234U);
  }
}

TEST(whole_bodies, must_be_for_the_endpoint) {
  const auto refusal = [](const dataset& prompts) {
    const auto made = plan::make(prompts, {}, {closed_loop(1)});
    return made.has_error() ? made.error().message : "accepted";
  };
  EXPECT_EQ(refusal(whole(R"({"prompt":"a"})", "/v1/completions")),
            "dataset line 1: a request to /v1/completions cannot go to /v1/chat/completions; expected the --endpoint "
            "that it is for");
  EXPECT_EQ(refusal(whole("[]")), "dataset line 1: the body is not a JSON object; expected one");
  EXPECT_EQ(refusal(whole(R"({"prompt":"a"})")),
            "dataset line 1: the body has no `messages`; expected what the endpoint takes");
  dataset_entry lengths;
  lengths.input_tokens = 5;
  EXPECT_EQ(
      refusal(dataset{"m", "", {lengths}}),
      "dataset line 1: lengths and no text; expected prompts, or the file as --trace FILE or as synthetic:trace=FILE");
}

TEST(body_template, bodies_that_are_not_kept_are_the_same) {
  const dataset prompts = three_lines();
  request_settings settings;
  settings.model = "m";
  settings.salt = prompt_salt::level;
  const auto kept = body_template::make(prompts, settings).value();
  for (const std::size_t bytes : {std::size_t{0}, std::size_t{300}}) {
    const auto made_again = body_template::make(prompts, settings, bytes).value();
    for (std::size_t i = 0; i < prompts.entries.size(); ++i)
      EXPECT_EQ(made_again.body(*made_again.prepared(i).value(), {.salt = "[s] "}),
                kept.body(*kept.prepared(i).value(), {.salt = "[s] "}));
  }
}

TEST(plan, tells_when_its_dataset_can_no_longer_be_read) {
  const test::temporary_folder folder;
  std::string lines;
  const std::string text(1'000, 'x');
  for (int i = 0; i < 30'000; ++i) lines += text + std::to_string(i) + "\n"; // more than is kept
  const auto file = folder.write("d.txt", lines);
  const auto made = plan::make(read_dataset(file).value(), {}, {closed_loop(30'000)}).value();
  const std::string last = made.at(0, 29'999).body;
  EXPECT_NE(last.find(text + "29999"), std::string::npos);
  EXPECT_EQ(made.failure(), std::nullopt);
  static_cast<void>(folder.write("d.txt", "other"));
  EXPECT_NE(made.at(0, 0).body, ""); // kept
  EXPECT_EQ(made.at(0, 29'999).body, "");
  ASSERT_TRUE(made.failure().has_value());
  EXPECT_EQ(made.failure()->code, errc::io);
}

} // namespace
} // namespace loadgen::workload
