#include "plan_builder.hpp"

#include <loadgen/workload/plan.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <set>

namespace loadgen::workload {
namespace {

using namespace std::chrono_literals;

plan made(request_settings settings, std::vector<level_settings> levels, dataset prompts = three_lines()) {
  return plan::make(std::move(prompts), std::move(settings), std::move(levels)).value();
}

std::string refusal(const request_settings& settings, const std::vector<level_settings>& levels,
                    const dataset& prompts = three_lines()) {
  const auto refused = plan::make(prompts, settings, levels);
  if (refused.has_value()) return "accepted";
  EXPECT_EQ(refused.error().code, errc::invalid_input);
  return refused.error().message;
}

// The salt at the front of the prompt of a chat body made from a plain prompt.
std::string salt_of(const planned_request& request) {
  const boost::json::object body = object_of(request.body);
  const std::string_view content{body.at("messages").at(0).at("content").as_string()};
  return std::string{content.substr(0, 11)};
}

std::set<std::string> salts_of(const plan& p, std::size_t level, std::uint64_t requests) {
  std::set<std::string> salts;
  for (std::uint64_t i = 0; i < requests; ++i) salts.insert(salt_of(p.at(level, i)));
  return salts;
}

TEST(plan, each_level_and_trial_sends_the_lines_in_file_order_from_the_first) {
  const plan p = made({}, {closed_loop(7, 0, 1), closed_loop(2, 0, 2), closed_loop(4, 1, 1)});
  const std::vector<std::vector<std::uint32_t>> expected{{0, 1, 2, 0, 1, 2, 0}, {0, 1}, {0, 1, 2, 0}};
  for (std::size_t level = 0; level < expected.size(); ++level) {
    for (std::uint64_t i = 0; i < expected[level].size(); ++i) {
      EXPECT_EQ(p.at(level, i).dataset_line, expected[level][i]);
      EXPECT_EQ(p.at(level, i).index, i);
      EXPECT_EQ(p.at(level, i).offset, std::nullopt);
    }
  }
}

TEST(plan, warm_up_sends_the_lines_in_file_order_without_offsets) {
  const plan p = made({}, {level_settings{0, 1, 2, {1ms, 2ms}}});
  for (std::uint64_t i = 0; i < 5; ++i) {
    EXPECT_EQ(p.warmup(0, i).dataset_line, i % 3);
    EXPECT_EQ(p.warmup(0, i).index, i);
    EXPECT_EQ(p.warmup(0, i).offset, std::nullopt);
  }
}

TEST(plan, without_a_salt_a_repeated_line_and_its_warm_up_are_the_same_bytes) {
  const plan p = made({}, {closed_loop(4, 0, 1), closed_loop(4, 1, 2)});
  EXPECT_EQ(p.at(0, 0).body, p.at(0, 3).body);
  EXPECT_EQ(p.at(0, 0).body, p.at(1, 0).body);
  EXPECT_EQ(p.at(0, 0).body, p.warmup(0, 0).body);
}

TEST(plan, open_loop_requests_carry_their_offsets) {
  const plan p = made({}, {level_settings{0, 1, 3, {0ns, 1500us, 4s}}});
  EXPECT_EQ(p.at(0, 0).offset, duration{0});
  EXPECT_EQ(p.at(0, 1).offset, duration{1500us});
  EXPECT_EQ(p.at(0, 2).offset, duration{4s});
}

TEST(plan, the_parts_it_was_made_of_can_be_read_back) {
  request_settings settings;
  settings.model = "m";
  const plan p = made(settings, {closed_loop(1), closed_loop(2, 5, 3)});
  const plan copy = p;
  EXPECT_EQ(copy.levels().size(), 2U);
  EXPECT_EQ(copy.levels()[1].level, 5U);
  EXPECT_EQ(copy.settings().model, "m");
  EXPECT_EQ(&copy.prompts(), &p.prompts());
  EXPECT_EQ(copy.prompts().entries.size(), 3U);
}

// The salts below were computed from docs/datasets.md by a Python program that shares no code with the library.
TEST(plan, salts_are_fixed_for_all_time) {
  request_settings settings;
  settings.salt = prompt_salt::level;
  const plan by_level = made(settings, {closed_loop(3)}, single_prompt("x"));
  EXPECT_EQ(salt_of(by_level.at(0, 0)), "[60707a9c] ");
  EXPECT_EQ(salt_of(by_level.at(0, 1)), "[4f4c6bbc] ");
  EXPECT_EQ(salt_of(by_level.at(0, 2)), "[6b4236ab] ");
  EXPECT_EQ(salt_of(by_level.warmup(0, 0)), "[bde7743d] ");
  settings.salt = prompt_salt::trial;
  EXPECT_EQ(salt_of(made(settings, {closed_loop(3)}, single_prompt("x")).at(0, 0)), "[9e5947b2] ");
}

TEST(plan, a_level_salt_differs_by_level_and_index_and_not_by_trial) {
  request_settings settings;
  settings.salt = prompt_salt::level;
  const plan p =
      made(settings, {closed_loop(50, 0, 1), closed_loop(50, 0, 2), closed_loop(50, 1, 1)}, single_prompt("x"));
  const auto first = salts_of(p, 0, 50);
  EXPECT_EQ(first.size(), 50U);
  EXPECT_EQ(salts_of(p, 1, 50), first);
  auto both = salts_of(p, 2, 50);
  both.insert(first.begin(), first.end());
  EXPECT_EQ(both.size(), 100U);
}

TEST(plan, a_trial_salt_differs_by_trial_too) {
  request_settings settings;
  settings.salt = prompt_salt::trial;
  const plan p =
      made(settings, {closed_loop(50, 0, 1), closed_loop(50, 0, 2), closed_loop(50, 1, 1)}, single_prompt("x"));
  std::set<std::string> all;
  for (std::size_t level = 0; level < 3; ++level) all.merge(salts_of(p, level, 50));
  EXPECT_EQ(all.size(), 150U);
}

TEST(plan, another_seed_and_the_warm_up_have_other_salts) {
  request_settings settings;
  settings.salt = prompt_salt::level;
  const plan seed_1 = made(settings, {closed_loop(1)}, single_prompt("x"));
  settings.seed = 2;
  const plan seed_2 = made(settings, {closed_loop(1)}, single_prompt("x"));
  EXPECT_NE(salt_of(seed_1.at(0, 0)), salt_of(seed_2.at(0, 0)));
  EXPECT_NE(salt_of(seed_1.at(0, 0)), salt_of(seed_1.warmup(0, 0)));
}

TEST(plan, copies_of_a_request_follow_each_other_with_equal_bytes) {
  request_settings settings;
  settings.copies = 2;
  settings.salt = prompt_salt::level;
  const plan p = made(settings, {closed_loop(8)});
  for (std::uint64_t i = 0; i < 8; ++i) {
    EXPECT_EQ(p.at(0, i).index, i);
    EXPECT_EQ(p.at(0, i).dataset_line, i / 2 % 3);
    EXPECT_EQ(p.at(0, i).body, p.at(0, i / 2 * 2).body);
    EXPECT_EQ(p.warmup(0, i).body, p.warmup(0, i / 2 * 2).body);
  }
  EXPECT_NE(p.at(0, 0).body, p.at(0, 6).body); // the same line, another salt
  settings.copies = 1;
  EXPECT_NE(p.sha256(), made(settings, {closed_loop(8)}).sha256());
}

TEST(plan, settings_out_of_range_are_refused) {
  request_settings settings;
  settings.default_max_tokens = 0;
  EXPECT_EQ(refusal(settings, {closed_loop(1)}), "max_tokens is 0; expected at least 1");
  settings.default_max_tokens = 1;
  settings.max_tokens = 0;
  EXPECT_EQ(refusal(settings, {closed_loop(1)}), "max_tokens is 0; expected at least 1");
  settings.max_tokens = 1;
  settings.temperature = -0.5;
  EXPECT_EQ(refusal(settings, {closed_loop(1)}), "temperature is -0.5; expected a finite number of at least 0");
  settings.temperature = std::numeric_limits<double>::infinity();
  EXPECT_EQ(refusal(settings, {closed_loop(1)}), "temperature is inf; expected a finite number of at least 0");
  settings.temperature = std::nan("");
  EXPECT_EQ(refusal(settings, {closed_loop(1)}), "temperature is nan; expected a finite number of at least 0");
  settings.temperature = 0;
  EXPECT_EQ(refusal(settings, {closed_loop(1)}), "accepted");
  settings.model = "caf\xE9";
  EXPECT_EQ(refusal(settings, {closed_loop(1)}), "the model's name is not UTF-8; expected UTF-8 text");
}

TEST(plan, levels_out_of_range_are_refused) {
  EXPECT_EQ(refusal({}, {}), "no levels; expected at least one");
  EXPECT_EQ(refusal({}, {closed_loop(1), closed_loop(0, 1, 2)}), "level 1, trial 2: no requests; expected at least 1");
  EXPECT_EQ(refusal({}, {level_settings{3, 1, 5, {1ms, 2ms}}}),
            "level 3, trial 1: 2 offsets for 5 requests; expected none, or one a request");
}

TEST(plan, entries_that_cannot_be_sent_are_refused_by_line) {
  EXPECT_EQ(refusal({}, {closed_loop(1)}, dataset{}), "the dataset is empty; expected at least one prompt");
  EXPECT_EQ(refusal({}, {closed_loop(1)}, single_prompt("")),
            "dataset line 1: neither prompt nor messages; expected one of them");
  EXPECT_EQ(refusal({}, {closed_loop(1)}, single_prompt("caf\xE9")),
            "dataset line 1: bytes that are not UTF-8; expected UTF-8 text");
  const dataset both = three_lines_with([](dataset_entry& third) { third.messages = "[]"; });
  EXPECT_EQ(refusal({}, {closed_loop(1)}, both), "dataset line 4: both prompt and messages; expected one of them");
  EXPECT_EQ(refusal({}, {closed_loop(1)}, one_line_of_messages("{}")),
            "dataset line 1: the messages are not a JSON array; expected one");
  const dataset budget = three_lines_with([](dataset_entry& third) { third.max_tokens = 0; });
  EXPECT_EQ(refusal({}, {closed_loop(1)}, budget),
            "dataset line 4: the body's max_tokens is 0; expected an integer from 1 to 4294967295");
}

TEST(plan, messages_are_refused_for_the_completions_endpoint) {
  request_settings settings;
  settings.endpoint = endpoint_kind::completions;
  EXPECT_EQ(refusal(settings, {closed_loop(1)}),
            "dataset line 2: messages cannot go to the completions endpoint; expected a prompt, or the chat endpoint");
  EXPECT_EQ(refusal(settings, {closed_loop(1)}, two_prompts()), "accepted");
}

TEST(plan, messages_without_text_are_refused_when_a_salt_is_asked_for) {
  const dataset parts = one_line_of_messages(R"([{"role":"user","content":[{"type":"text","text":"x"}]}])");
  request_settings settings;
  EXPECT_EQ(refusal(settings, {closed_loop(1)}, parts), "accepted");
  settings.salt = prompt_salt::level;
  EXPECT_EQ(refusal(settings, {closed_loop(1)}, parts),
            "dataset line 1: no message has a string as its content; expected one to put the prompt salt in");
}

level_settings with_outputs(std::vector<std::uint32_t> outputs) {
  level_settings level = closed_loop(outputs.size());
  level.outputs = std::move(outputs);
  return level;
}

TEST(plan, requests_may_have_output_budgets_of_their_own) {
  request_settings settings;
  settings.model = "m";
  settings.salt = prompt_salt::level;
  const plan p = plan::make(three_lines(), settings, {with_outputs({1, 20'000, 33})}).value();
  const plan lines = plan::make(three_lines(), settings, {closed_loop(3)}).value();
  const std::uint32_t outputs[] = {1, 20'000, 33};
  for (std::uint64_t i = 0; i < 3; ++i) {
    const planned_request request = p.at(0, i);
    boost::json::object expected = object_of(lines.at(0, i).body);
    expected["max_tokens"] = outputs[i];
    EXPECT_EQ(object_of(request.body), expected);
    EXPECT_EQ(request.asked_output, outputs[i]);
  }
  EXPECT_EQ(p.warmup(0, 0).asked_output, 7U); // the line's own
}

TEST(plan, what_is_asked_of_all_requests_beats_their_own_budgets) {
  request_settings explicit_limit;
  explicit_limit.max_tokens = 5;
  request_settings renamed;
  renamed.extra_body = object_of(R"({"max_tokens":null,"max_completion_tokens":64})");
  for (const request_settings& settings : {explicit_limit, renamed}) {
    const planned_request request = plan::make(three_lines(), settings, {with_outputs({9})}).value().at(0, 0);
    const planned_request plain = plan::make(three_lines(), settings, {closed_loop(1)}).value().at(0, 0);
    EXPECT_EQ(request.body, plain.body);
    EXPECT_EQ(request.asked_output, plain.asked_output);
  }
}

TEST(plan, a_budget_of_ones_own_is_part_of_the_workload_and_equal_to_the_same_one_of_the_line) {
  const auto hash_of = [](std::vector<std::uint32_t> outputs) {
    return plan::make(three_lines(), {}, {with_outputs(std::move(outputs))})->sha256();
  };
  EXPECT_EQ(hash_of({7, 128, 128}), plan::make(three_lines(), {}, {closed_loop(3)})->sha256());
  EXPECT_NE(hash_of({7, 128, 128}), hash_of({7, 128, 129}));
}

TEST(plan, budgets_that_do_not_fit_their_requests_are_refused) {
  level_settings too_few = with_outputs({1});
  too_few.requests = 2;
  level_settings in_duration_mode = with_outputs({1});
  in_duration_mode.requests = 0;
  in_duration_mode.time = std::chrono::seconds{1};
  for (const level_settings& level : {too_few, in_duration_mode, with_outputs({1, 0})})
    EXPECT_TRUE(plan::make(three_lines(), {}, {level}).has_error());
}

} // namespace
} // namespace loadgen::workload
