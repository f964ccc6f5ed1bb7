#include <loadgen/metrics/gate.hpp>

#include <gtest/gtest.h>

namespace loadgen::metrics {
namespace {

std::string refusal_of(std::string_view text) {
  const result<gate> parsed = parse_gate(text);
  if (parsed.has_value()) return "no error";
  EXPECT_EQ(parsed.error().code, errc::invalid_input);
  return parsed.error().message;
}

level_summary level_with_ttft_p99(std::optional<double> ms) {
  level_summary level;
  level.metrics[static_cast<std::size_t>(metric::ttft)].p99 = ms;
  return level;
}

TEST(gate, a_latency_has_its_limit_in_any_unit) {
  const result<gate> parsed = parse_gate("ttft_p99 <= 1.5s");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->of.name(), "ttft_p99");
  EXPECT_EQ(parsed->relation, comparison::at_most);
  EXPECT_EQ(parsed->limit, 1500);
  EXPECT_EQ(parse_gate("itl_std < 250us")->limit, 0.25);
  EXPECT_EQ(parse_gate("e2e_max > 0ms")->limit, 0);
}

TEST(gate, a_rate_has_a_bare_number) {
  EXPECT_EQ(parse_gate("output_tokens_per_s >= 900")->limit, 900);
  EXPECT_EQ(parse_gate("tokens_per_s_p50 > 1.25e2")->limit, 125);
  EXPECT_EQ(parse_gate("goodput_per_s >= 0")->limit, 0);
}

TEST(gate, each_operator_with_and_without_space) {
  const std::pair<std::string_view, comparison> operators[] = {
      {"<=", comparison::at_most}, {"<", comparison::below}, {">=", comparison::at_least}, {">", comparison::above}};
  for (const auto& [sign, relation] : operators) {
    EXPECT_EQ(to_string(relation), sign);
    for (const std::string space : {"", " ", "\t  "}) {
      const std::string text = space + "e2e_p50" + space + std::string{sign} + space + "2s" + space;
      const result<gate> parsed = parse_gate(text);
      ASSERT_TRUE(parsed.has_value()) << text;
      EXPECT_EQ(parsed->relation, relation) << text;
      EXPECT_EQ(parsed->text, "e2e_p50 " + std::string{sign} + " 2s");
    }
  }
}

TEST(gate, each_bad_gate_is_refused_in_one_line) {
  const std::string shape = " is not a gate; expected NAME OP VALUE with one of <= < >= >, such as 'ttft_p99 <= 500ms'";
  for (const std::string text : {"", "ttft_p99", "ttft_p99 500ms", "ttft_p99 = 500ms", "ttft_p99 == 500ms",
                                 "ttft_p99 <=", "<= 500ms", "<", " > "})
    EXPECT_EQ(refusal_of(text), "'" + text + "'" + shape);
  const std::string unit = " is not a duration; expected a number with its unit, such as 500ms, 2s or 5m";
  EXPECT_EQ(refusal_of("ttft_p99 <= 500"), "'500'" + unit);
  EXPECT_EQ(refusal_of("ttft_p99 <= -1s"), "'-1s'" + unit);
  EXPECT_EQ(refusal_of("ttft_p99 <> 1s"), "'> 1s'" + unit);
  EXPECT_EQ(refusal_of("ttft_p99 <= +5%"), "'+5%'" + unit);
  EXPECT_EQ(refusal_of("1s < ttft_p99 < 2s"),
            "'1s' is no figure; expected a metric with a statistic, such as ttft_p99, or a rate, such as "
            "output_tokens_per_s");
  const std::string rate = " is not a rate per second; expected a number without a unit";
  for (const std::string value : {"10/s", "10ms", "-1", "nan", "inf", "1e999", "ten"})
    EXPECT_EQ(refusal_of("requests_per_s >= " + value), "'" + value + "'" + rate);
  EXPECT_EQ(refusal_of("ttft_p98 <= 1s"),
            "'ttft_p98': ttft has no 'p98'; expected mean, std, min, p50, p90, p95, p99, p99_9 or max");
}

TEST(gate, holds_at_its_limit_only_where_it_says_or_equal) {
  const level_summary below = level_with_ttft_p99(499.9), equal = level_with_ttft_p99(500.0),
                      above = level_with_ttft_p99(500.1);
  const auto expect = [&](std::string_view text, bool holds_below, bool holds_equal, bool holds_above) {
    const result<gate> parsed = parse_gate(text);
    ASSERT_TRUE(parsed.has_value()) << text;
    EXPECT_EQ(parsed->holds_in(below), holds_below) << text;
    EXPECT_EQ(parsed->holds_in(equal), holds_equal) << text;
    EXPECT_EQ(parsed->holds_in(above), holds_above) << text;
  };
  expect("ttft_p99 <= 500ms", true, true, false);
  expect("ttft_p99 < 500ms", true, false, false);
  expect("ttft_p99 >= 500ms", false, true, true);
  expect("ttft_p99 > 500ms", false, false, true);
}

TEST(gate, a_figure_that_was_not_measured_fails_whatever_is_asked) {
  for (const char* text : {"ttft_p99 <= 500ms", "ttft_p99 < 500ms", "ttft_p99 >= 0ms", "ttft_p99 > 0ms"})
    EXPECT_FALSE(parse_gate(text)->holds_in(level_with_ttft_p99(std::nullopt))) << text;
}

TEST(gate, terms_leave_the_value_to_the_asker) {
  const result<gate_terms> terms = split_gate("itl_p50 <= +5%");
  ASSERT_TRUE(terms.has_value());
  EXPECT_EQ(terms->of.name(), "itl_p50");
  EXPECT_EQ(terms->relation, comparison::at_most);
  EXPECT_EQ(terms->value, "+5%");
}

} // namespace
} // namespace loadgen::metrics
