#include "plan_builder.hpp"

#include <loadgen/workload/plan.hpp>

#include <gtest/gtest.h>

#include <map>
#include <set>

namespace loadgen::workload {
namespace {

namespace json = boost::json;

request_settings plain() {
  request_settings settings;
  settings.model = "m";
  return settings;
}

plan plan_with(const request_settings& settings, std::uint64_t requests = 64, const dataset& prompts = three_lines()) {
  return plan::make(prompts, settings, {closed_loop(requests)}).value();
}

json::object body_of(const plan& all, std::uint64_t index) {
  return object_of(all.at(0, index).body);
}

std::string refusal(const request_settings& settings) {
  const auto refused = plan::make(three_lines(), settings, {closed_loop(4)});
  return refused.has_error() ? refused.error().message : "";
}

TEST(request_content, stop_min_tokens_and_seed_are_members_and_extra_body_wins) {
  request_settings settings = plain();
  settings.stop = {"###", "\"end\"\n"};
  settings.min_tokens = 0;
  settings.sampling_seed = -5;
  const json::object body = body_of(plan_with(settings), 0);
  EXPECT_EQ(body.at("stop"), (json::array{"###", "\"end\"\n"}));
  EXPECT_EQ(body.at("min_tokens"), 0);
  EXPECT_EQ(body.at("seed"), -5);
  settings.extra_body = object_of(R"({"seed":null,"stop":"x","min_tokens":2})");
  const json::object changed = body_of(plan_with(settings), 0);
  EXPECT_FALSE(changed.contains("seed"));
  EXPECT_EQ(changed.at("stop"), "x");
  EXPECT_EQ(changed.at("min_tokens"), 2);
  const json::object without = body_of(plan_with(plain()), 0);
  for (const char* key : {"stop", "min_tokens", "seed", "lora_path"}) EXPECT_FALSE(without.contains(key)) << key;
}

TEST(request_content, a_seed_of_each_is_drawn_once_and_for_all_and_counts_in_the_hash) {
  request_settings settings = plain();
  settings.seed_each = true;
  const plan all = plan_with(settings);
  std::set<std::int64_t> seeds;
  for (std::uint64_t i = 0; i < 64; ++i) seeds.insert(body_of(all, i).at("seed").as_int64());
  EXPECT_EQ(seeds.size(), 64U);
  EXPECT_GE(*seeds.begin(), 0);
  EXPECT_LT(*seeds.rbegin(), std::int64_t{1} << 31);
  EXPECT_EQ(all.at(0, 5).body, plan_with(settings).at(0, 5).body);
  EXPECT_NE(all.warmup(0, 5).body, all.at(0, 5).body);
  const std::string hash = all.sha256();
  EXPECT_NE(hash, plan_with(plain()).sha256());
  settings.seed = 2;
  EXPECT_NE(plan_with(settings).sha256(), hash);
  settings.extra_body = object_of(R"({"seed":9})");
  EXPECT_EQ(body_of(plan_with(settings), 0).at("seed"), 9);
  EXPECT_EQ(plan_with(settings).at(0, 0).body.find("\"seed\""), plan_with(settings).at(0, 0).body.rfind("\"seed\""));
}

TEST(request_content, a_seed_of_each_replaces_that_of_a_body_as_written) {
  request_settings settings = plain();
  settings.seed_each = true;
  dataset written;
  written.entries = {{.prompt = {}, .messages = {}, .max_tokens = {}, .body = R"({"seed":1,"messages":[]})"}};
  const std::string body = plan_with(settings, 4, written).at(0, 0).body;
  EXPECT_EQ(body.find("\"seed\""), body.rfind("\"seed\"")) << body;
  EXPECT_NE(object_of(body).at("seed"), 1);
}

TEST(request_content, models_come_by_weight_in_all_copies_and_outside_the_hash) {
  request_settings settings = plain();
  const std::string hash = plan_with(settings).sha256();
  settings.models = {{"big \"one\"", 3}, {"small", 1}, {"never", 0}};
  settings.copies = 2;
  const plan all = plan_with(settings, 400);
  std::map<std::string, int> counts;
  for (std::uint64_t i = 0; i < 400; i += 2) {
    EXPECT_EQ(all.at(0, i).body, all.at(0, i + 1).body);
    ++counts[std::string{body_of(all, i).at("model").as_string()}];
  }
  EXPECT_EQ(counts.size(), 2U);
  EXPECT_NEAR(counts["small"], 50, 31); // five standard deviations
  settings.copies = 1;
  EXPECT_EQ(plan_with(settings).sha256(), hash);
}

TEST(request_content, adapters_come_by_weight_as_lora_path_and_inside_the_hash) {
  request_settings settings = plain();
  const std::string hash = plan_with(settings).sha256();
  settings.loras = {{"", 1}, {"a", 1}};
  const plan all = plan_with(settings);
  int with = 0;
  for (std::uint64_t i = 0; i < 64; ++i) {
    const json::object body = body_of(all, i);
    EXPECT_EQ(body.at("model"), "m");
    if (!body.contains("lora_path")) continue;
    EXPECT_EQ(body.at("lora_path"), "a");
    ++with;
  }
  EXPECT_GT(with, 0);
  EXPECT_LT(with, 64);
  EXPECT_NE(all.sha256(), hash);
}

TEST(request_content, settings_that_cannot_be_are_refused) {
  request_settings settings = plain();
  settings.sampling_seed = 1;
  settings.seed_each = true;
  EXPECT_NE(refusal(settings).find("sampling seed"), std::string::npos);
  settings = plain();
  settings.max_tokens = 4;
  settings.min_tokens = 5;
  EXPECT_NE(refusal(settings).find("min_tokens is 5"), std::string::npos);
  settings = plain();
  settings.models = {{"a", 0}};
  EXPECT_NE(refusal(settings).find("weights"), std::string::npos);
  settings.models = {{"a", -1}};
  EXPECT_NE(refusal(settings).find("'a'"), std::string::npos);
}

TEST(exact_bodies, are_sent_byte_for_byte_and_hash_without_their_model) {
  const std::vector<std::string> bodies{R"({"model":"x\"}{","prompt" : "a",  "max_tokens":3})",
                                        R"({"z":1e2,"a":[ ]})",
                                        R"({"model":"only"})",
                                        R"({"model":7,"b":1})",
                                        "{}",
                                        R"({ "model":"spaced"})",
                                        R"({"model":"a" ,"b":1})"};
  dataset recorded;
  for (const std::string& body : bodies) {
    dataset_entry entry;
    entry.body = body;
    entry.exact = true;
    recorded.entries.push_back(entry);
  }
  request_settings settings;
  settings.model = "another";
  settings.max_tokens = 99;
  settings.salt = prompt_salt::level;
  settings.seed_each = true;
  level_settings level = closed_loop(7);
  level.lines = {5, 4, 3, 2, 1, 0, 6};
  const plan all = plan::make(recorded, settings, {level}).value();
  for (std::uint64_t i = 0; i < 7; ++i) EXPECT_EQ(all.at(0, i).body, bodies[level.lines[i]]);
  EXPECT_EQ(all.at(0, 5).asked_output, 3U);
  EXPECT_EQ(all.at(0, 1).asked_output, 0U);

  recorded.entries = {{}};
  dataset_entry renamed;
  renamed.exact = true;
  renamed.body = R"({"model":"y","prompt" : "a",  "max_tokens":3})";
  dataset one, other;
  one.entries = {renamed};
  renamed.body = R"({"model":"longer","prompt" : "a",  "max_tokens":3})";
  other.entries = {renamed};
  EXPECT_EQ(plan::make(one, settings, {closed_loop(2)}).value().sha256(),
            plan::make(other, settings, {closed_loop(2)}).value().sha256());
}

TEST(exact_bodies, lines_must_fit_the_level_and_the_dataset) {
  level_settings level = closed_loop(3);
  level.lines = {0, 1};
  EXPECT_TRUE(plan::make(three_lines(), plain(), {level}).has_error());
  level.lines = {0, 1, 3};
  EXPECT_TRUE(plan::make(three_lines(), plain(), {level}).has_error());
  level.lines = {2, 2, 0};
  const plan all = plan::make(three_lines(), plain(), {level}).value();
  EXPECT_EQ(all.at(0, 1).dataset_line, 2U);
  EXPECT_EQ(all.at(0, 2).dataset_line, 0U);
}

} // namespace
} // namespace loadgen::workload
