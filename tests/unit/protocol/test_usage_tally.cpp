#include "protocol/usage_tally.hpp"

#include <gtest/gtest.h>

namespace loadgen::protocol {
namespace {

constexpr usage_figures figures(std::uint32_t prompt, std::uint32_t completion) {
  return {.prompt = prompt, .cached = {}, .completion = completion, .reasoning = {}};
}

TEST(usage_tally, nothing_told_is_nothing_known) {
  EXPECT_TRUE(usage_tally{prompt_rule::shared}.request_figures().empty());
}

TEST(usage_tally, newer_figures_of_a_choice_replace_older_ones) {
  usage_tally tally{prompt_rule::shared};
  for (const std::uint32_t completion : {0U, 1U, 5U}) tally.add_for_choice(0, figures(17, completion));
  EXPECT_EQ(tally.request_figures(), figures(17, 5));
}

TEST(usage_tally, choices_add_up_and_share_their_prompt) {
  usage_tally tally{prompt_rule::shared};
  tally.saw_choice(0);
  tally.saw_choice(1);
  tally.add_for_choice(1, figures(17, 4));
  tally.add_for_choice(0, figures(17, 6));
  EXPECT_EQ(tally.request_figures(), figures(17, 10));
}

TEST(usage_tally, prompts_of_several_choices_add_up_where_the_rule_says_so) {
  usage_tally tally{prompt_rule::added};
  tally.add_for_choice(0, figures(3, 5));
  tally.add_for_choice(1, figures(4, 5));
  EXPECT_EQ(tally.request_figures(), figures(7, 10));
}

TEST(usage_tally, a_total_stands_above_the_choices) {
  usage_tally tally{prompt_rule::added};
  tally.saw_choice(1);
  tally.add_for_choice(0, figures(3, 5));
  tally.add_for_choice(1, figures(3, 5));
  tally.add_total(figures(3, 10)); // n = 2 of one prompt
  EXPECT_EQ(tally.request_figures(), figures(3, 10));
}

TEST(usage_tally, several_totals_of_one_choice_are_the_newest) {
  usage_tally tally{prompt_rule::shared};
  tally.saw_choice(0);
  tally.add_total(figures(17, 5));
  tally.add_total(figures(17, 9));
  EXPECT_EQ(tally.request_figures(), figures(17, 9));
}

TEST(usage_tally, several_totals_of_several_choices_add_up) {
  usage_tally tally{prompt_rule::shared};
  tally.saw_choice(0);
  tally.add_total(figures(17, 5));
  tally.saw_choice(1); // begins when the first is done
  tally.add_total(figures(17, 9));
  EXPECT_EQ(tally.request_figures(), figures(17, 14));
}

TEST(usage_tally, a_figure_the_total_lacks_is_taken_from_the_choices) {
  usage_tally tally{prompt_rule::shared};
  tally.add_for_choice(0, {.prompt = 17, .cached = 16, .completion = 5, .reasoning = 2});
  tally.add_total(figures(17, 6));
  EXPECT_EQ(tally.request_figures(), (usage_figures{.prompt = 17, .cached = 16, .completion = 6, .reasoning = 2}));
}

TEST(usage_tally, choices_beyond_those_kept_are_left_out) {
  usage_tally tally{prompt_rule::shared};
  tally.add_for_choice(1023, figures(1, 2));
  tally.add_for_choice(1024, figures(1, 4));
  tally.add_for_choice(4294967295U, figures(1, 8));
  EXPECT_EQ(tally.request_figures(), figures(1, 2));
}

TEST(usage_tally, a_sum_beyond_the_range_stays_at_its_end) {
  usage_tally tally{prompt_rule::shared};
  tally.add_for_choice(0, figures(1, 4294967295U));
  tally.add_for_choice(1, figures(1, 10));
  EXPECT_EQ(tally.request_figures(), figures(1, 4294967295U));
}

TEST(usage_tally, a_reset_tally_knows_nothing) {
  usage_tally tally{prompt_rule::shared};
  tally.saw_choice(1);
  tally.add_for_choice(0, figures(1, 2));
  tally.add_total(figures(1, 2));
  tally.reset();
  EXPECT_TRUE(tally.request_figures().empty());
  tally.add_total(figures(1, 2));
  tally.add_total(figures(1, 3));
  EXPECT_EQ(tally.request_figures(), figures(1, 3)); // one choice again
}

} // namespace
} // namespace loadgen::protocol
