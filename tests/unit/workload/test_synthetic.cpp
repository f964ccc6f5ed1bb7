// Synthetic prompts: their spec, their lengths, what they share and what tells them apart.

#include "unit/workload/plan_builder.hpp"
#include "workload/utf8.hpp"

#include <loadgen/workload/plan.hpp>
#include <loadgen/workload/synthetic.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace loadgen::workload {
namespace {

std::size_t words_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), ' ')) + 1;
}

prompt_generator generator_of(std::string_view spec, const token_model& tokens = estimated_tokens(),
                              std::uint64_t seed = 1) {
  auto made = prompt_generator::make(*parse_synthetic(spec), {}, tokens, seed);
  EXPECT_TRUE(made) << (made ? "" : made.error().message);
  return *std::move(made);
}

plan plan_of(std::string_view spec, std::vector<level_settings> levels, request_settings settings = {}) {
  auto prompts = synthetic_dataset(*parse_synthetic(spec), estimated_tokens(), settings.seed);
  EXPECT_TRUE(prompts) << (prompts ? "" : prompts.error().message);
  auto made = plan::make(*std::move(prompts), std::move(settings), std::move(levels));
  EXPECT_TRUE(made) << (made ? "" : made.error().message);
  return *std::move(made);
}

std::string prompt_in(const planned_request& request) {
  const boost::json::value body = boost::json::parse(request.body);
  return std::string{body.at("messages").at(0).at("content").as_string()};
}

TEST(synthetic_spec, is_written_as_it_is_read) {
  for (const std::string text :
       {"in=512", "in=512,out=64", "in=uniform(8,64),out=lognormal(64,0.5)", "in=512,out=16,prefix=256,hit=0.8",
        "trace=a.jsonl", "trace=a.jsonl,out=16", "", "prefix=16,hit=1"})
    EXPECT_EQ(format_synthetic(*parse_synthetic(text)), text);
}

TEST(synthetic_spec, a_prefix_alone_is_shared_by_all) {
  EXPECT_EQ(parse_synthetic("in=512,prefix=256")->hit, 1);
}

TEST(synthetic_spec, what_is_not_valid_is_quoted) {
  const auto message = [](std::string_view text) {
    const auto parsed = parse_synthetic(text);
    return parsed ? "" : parsed.error().message;
  };
  EXPECT_NE(message("in=many").find("'many' is not a length"), std::string::npos);
  EXPECT_EQ(message("512"), "'512' has no value; expected parts such as in=512,out=64");
  EXPECT_EQ(message("in=1,in=2"), "'in' is given twice");
  EXPECT_EQ(message("words=7"), "'words' is no part of a synthetic workload; expected in=LENGTH, out=LENGTH, prefix=N, "
                                "hit=R or trace=FILE");
  EXPECT_EQ(message("in=512,prefix=0"), "'prefix=0' is not valid; expected tokens from 1 to 10000000");
  EXPECT_EQ(message("in=512,prefix=8,hit=1.5"), "'hit=1.5' is not valid; expected a share from 0 to 1");
  EXPECT_EQ(message("in=512,prefix=8,hit=nan"), "'hit=nan' is not valid; expected a share from 0 to 1");
  EXPECT_EQ(message("in=512,hit=0.5"), "'hit' has no prefix to share; expected prefix=N beside it");
  EXPECT_EQ(message("in=512,trace=a"), "'in' excludes 'trace'; expected one of them");
  EXPECT_EQ(message("trace="), "'trace=' names no file");
}

TEST(synthetic, a_prompt_has_as_many_words_as_tokens_are_asked_for) {
  const prompt_generator prompts = generator_of("in=uniform(2,300)");
  for (std::uint64_t i = 0; i < 200; ++i) {
    const made_prompt made = prompts.at({.index = i});
    EXPECT_EQ(words_in(made.text), made.input);
    EXPECT_FALSE(made.output);
  }
}

TEST(synthetic, tokens_around_the_words_are_counted_as_the_prompts) {
  token_model tokens = estimated_tokens();
  tokens.overhead = 12;
  const prompt_generator prompts = generator_of("in=64", tokens);
  EXPECT_EQ(words_in(prompts.at({}).text), 64U - 12 + 1);
  EXPECT_EQ(prompts.shortest(), 13U);
}

TEST(synthetic, words_of_several_tokens_are_filled_up_with_those_of_one) {
  token_model tokens = estimated_tokens();
  tokens.words = {"able", "area", "away", "back", "ball"};
  tokens.word_tokens = 5;
  tokens.filler = ".";
  tokens.overhead = 3;
  const prompt_generator prompts = generator_of("in=uniform(8,90)", tokens);
  for (std::uint64_t i = 0; i < 100; ++i) {
    const made_prompt made = prompts.at({.index = i});
    const auto dots = static_cast<std::size_t>(std::count(made.text.begin(), made.text.end(), '.'));
    EXPECT_EQ(3 + 5 * (words_in(made.text) - 1) + dots, made.input);
  }
}

TEST(synthetic, no_two_prompts_of_a_level_are_equal) {
  for (const char* const spec : {"in=3", "in=5", "in=9", "in=uniform(4,6)", "in=12,prefix=8,hit=0.5"}) {
    const prompt_generator prompts = generator_of(spec);
    std::set<std::string> seen;
    for (std::uint64_t i = 0; i < 16'384; ++i) { // 128 x 128: as many as the two words of in=3 allow
      const std::string text = prompts.at({.index = i}).text;
      EXPECT_FALSE(invalid_utf8_at(text));
      EXPECT_TRUE(seen.insert(text).second) << spec << " " << i << ": " << text;
    }
  }
}

TEST(synthetic, prompts_of_an_index_have_the_same_length_and_other_words_in_another_level_and_trial) {
  const prompt_generator prompts = generator_of("in=uniform(50,100),out=uniform(1,9)");
  for (std::uint64_t i = 0; i < 20; ++i) {
    const made_prompt here = prompts.at({.index = i});
    for (const prompt_order elsewhere : {prompt_order{.index = i, .level = 1}, prompt_order{.index = i, .trial = 1}}) {
      const made_prompt there = prompts.at(elsewhere);
      EXPECT_EQ(here.input, there.input);
      EXPECT_EQ(here.output, there.output);
      EXPECT_NE(here.text.substr(0, 30), there.text.substr(0, 30));
    }
  }
}

TEST(synthetic, each_dimension_has_a_stream_of_its_own) {
  const prompt_generator shorter = generator_of("in=64,out=uniform(8,64)");
  const prompt_generator longer = generator_of("in=128,out=uniform(8,64)");
  const prompt_generator other = generator_of("in=64,out=uniform(8,640)");
  for (std::uint64_t i = 0; i < 50; ++i) {
    EXPECT_EQ(shorter.at({.index = i}).output, longer.at({.index = i}).output);
    EXPECT_EQ(shorter.at({.index = i}).text, other.at({.index = i}).text);
    EXPECT_TRUE(longer.at({.index = i}).text.starts_with(shorter.at({.index = i}).text));
  }
}

TEST(synthetic, the_share_that_is_asked_for_begins_with_the_prefix) {
  for (const double hit : {0.0, 0.25, 0.8, 1.0}) {
    token_model tokens = estimated_tokens();
    tokens.overhead = 7;
    const prompt_generator prompts = generator_of("in=40,prefix=16,hit=" + std::to_string(hit), tokens, 3);
    const auto front = [](const std::string& text) {
      std::size_t end = 0;
      for (int word = 0; word < 17; ++word) end = text.find(' ', end + 1); // "The" and 16
      return text.substr(0, end);
    };
    std::map<std::string, int> fronts;
    int shared = 0;
    for (std::uint64_t i = 0; i < 1000; ++i) {
      const made_prompt made = prompts.at({.index = i});
      EXPECT_EQ(words_in(made.text), 34U);
      ++fronts[front(made.text)];
      shared += made.shares_prefix ? 1 : 0;
    }
    EXPECT_NEAR(shared, hit * 1000, 1);
    const auto most = std::max_element(fronts.begin(), fronts.end(),
                                       [](const auto& a, const auto& b) { return a.second < b.second; });
    EXPECT_EQ(most->second, std::max(shared, 1));
    EXPECT_EQ(fronts.size(), static_cast<std::size_t>(1000 - shared + (shared > 0 ? 1 : 0)));
  }
}

TEST(synthetic, a_level_has_a_prefix_of_its_own_and_shares_it_with_its_warmup) {
  const prompt_generator prompts = generator_of("in=40,prefix=16");
  const auto front = [&prompts](const prompt_order& order) { return prompts.at(order).text.substr(0, 60); };
  EXPECT_EQ(front({.index = 1, .level = 1}), front({.index = 2, .level = 1}));
  EXPECT_EQ(front({.index = 1, .level = 1}), front({.index = 1, .level = 1, .warmup = true}));
  EXPECT_NE(front({.index = 1, .level = 1}), front({.index = 1, .level = 2}));
  EXPECT_NE(prompts.at({.index = 1}).text, prompts.at({.index = 1, .warmup = true}).text);
}

TEST(synthetic, blocks_of_a_trace_have_the_same_text_wherever_they_come) {
  const prompt_generator prompts = generator_of("");
  const std::vector<std::uint64_t> one{46, 47, 48}, other{46, 47, 99};
  const std::string first = prompts.at({.index = 0, .input = 1400, .blocks = one}).text;
  const std::string second = prompts.at({.index = 1, .input = 1500, .blocks = other}).text;
  EXPECT_EQ(words_in(first), 1400U);
  EXPECT_EQ(words_in(second), 1500U);
  std::size_t end = 0;
  for (std::uint32_t word = 0; word <= 2 * trace_block_tokens; ++word) end = first.find(' ', end + 1);
  EXPECT_EQ(first.substr(0, end), second.substr(0, end));
  EXPECT_NE(first.substr(end, 40), second.substr(end, 40));
}

TEST(synthetic, what_cannot_be_made_is_refused) {
  token_model tokens = estimated_tokens();
  tokens.overhead = 12;
  tokens.template_known = true;
  const auto message = [&tokens](std::string_view spec) {
    const auto made = prompt_generator::make(*parse_synthetic(spec), {}, tokens, 1);
    return made ? "" : made.error().message;
  };
  EXPECT_EQ(message("in=12"), "in=12 is shorter than the shortest prompt of this server and model, which has 13 tokens "
                              "with the chat template");
  EXPECT_EQ(message("in=40,prefix=30"), "in=40 has no room behind the prefix of 30 tokens; expected at least 43");
  tokens.words.clear();
  EXPECT_EQ(message("in=40"), "a token model without words");
}

TEST(synthetic, a_drawn_length_is_at_least_the_shortest) {
  token_model tokens = estimated_tokens();
  tokens.overhead = 12;
  const prompt_generator prompts = generator_of("in=uniform(1,20)", tokens);
  for (std::uint64_t i = 0; i < 100; ++i) EXPECT_GE(prompts.at({.index = i}).input, 13U);
}

TEST(synthetic_plan, a_body_has_the_prompt_and_the_drawn_budget) {
  const plan made = plan_of("in=uniform(10,20),out=uniform(5,9)", {{.requests = 50}});
  for (std::uint64_t i = 0; i < 50; ++i) {
    const planned_request request = made.at(0, i);
    EXPECT_EQ(words_in(prompt_in(request)), request.asked_input);
    EXPECT_EQ(boost::json::parse(request.body).at("max_tokens"), request.asked_output);
    EXPECT_GE(request.asked_output, 5U);
    EXPECT_LE(request.asked_output, 9U);
    EXPECT_EQ(request.dataset_line, i);
  }
}

TEST(synthetic_plan, an_explicit_budget_beats_the_drawn_one) {
  request_settings settings;
  settings.max_tokens = 33;
  const plan made = plan_of("in=10,out=5", {{.requests = 2}}, settings);
  EXPECT_EQ(made.at(0, 1).asked_output, 33U);
  EXPECT_EQ(boost::json::parse(made.at(0, 1).body).at("max_tokens"), 33);
}

TEST(synthetic_plan, prompts_go_to_completions_too) {
  request_settings settings;
  settings.endpoint = endpoint_kind::completions;
  const plan made = plan_of("in=10", {{.requests = 2}}, settings);
  EXPECT_EQ(words_in(std::string{boost::json::parse(made.at(0, 0).body).at("prompt").as_string()}), 10U);
}

TEST(synthetic_plan, levels_send_the_same_unless_they_are_salted) {
  const std::vector<level_settings> levels{{.level = 0, .requests = 2}, {.level = 1, .requests = 2}};
  const plan plain = plan_of("in=30", levels);
  EXPECT_EQ(plain.at(0, 1).body, plain.at(1, 1).body);
  request_settings settings;
  settings.salt = prompt_salt::level;
  const plan salted = plan_of("in=30", levels, settings);
  EXPECT_NE(salted.at(0, 1).body, salted.at(1, 1).body);
  EXPECT_EQ(words_in(prompt_in(salted.at(0, 1))), 30U); // no text of the salt's own
}

TEST(synthetic_plan, a_grid_cell_gives_lengths_to_its_level) {
  const std::vector<level_settings> levels{{.level = 0, .requests = 2, .cell = grid_cell{20, 5}},
                                           {.level = 1, .requests = 2, .cell = grid_cell{40, 6}}};
  const plan made = plan_of("", levels);
  EXPECT_EQ(words_in(prompt_in(made.at(0, 0))), 20U);
  EXPECT_EQ(words_in(prompt_in(made.at(1, 0))), 40U);
  EXPECT_EQ(made.at(1, 0).asked_output, 6U);
  EXPECT_EQ(words_in(prompt_in(made.warmup(1, 0))), 40U);
}

TEST(synthetic_plan, lengths_are_for_prompts_that_are_generated) {
  const auto made = plan::make(single_prompt("Hi"), {}, {{.requests = 1, .cell = grid_cell{20, 5}}});
  ASSERT_TRUE(made.has_error());
  EXPECT_EQ(made.error().message, "prompt lengths for prompts that are not generated");
}

TEST(synthetic_plan, two_copies_of_a_request_are_equal) {
  request_settings settings;
  settings.copies = 2;
  const plan made = plan_of("in=uniform(10,20),out=uniform(5,9)", {{.requests = 4}}, settings);
  EXPECT_EQ(made.at(0, 0).body, made.at(0, 1).body);
  EXPECT_NE(made.at(0, 1).body, made.at(0, 2).body);
}

// Bytes that no version may change: figures are compared over the same prompts.
TEST(synthetic_plan, the_bytes_of_a_seed_never_change) {
  request_settings settings;
  settings.seed = 42;
  const char* const spec = "in=lognormal(200,0.5),out=uniform(8,64),prefix=32,hit=0.5";
  const std::string golden = "173c264974d4a7cd4e83ca1577746f33e9b89ad508c51cb7c61c1c0cf4f818d7";
  EXPECT_EQ(plan_of(spec, {{.requests = 200}}, settings).sha256(), golden);
  settings.seed = 43;
  EXPECT_NE(plan_of(spec, {{.requests = 200}}, settings).sha256(), golden);
}

} // namespace
} // namespace loadgen::workload
