#include <loadgen/comparison/change_gate.hpp>

#include <gtest/gtest.h>

namespace loadgen::comparison {
namespace {

change changed(double relative, double low, double high) {
  change of;
  of.a = 10;
  of.b = 10 * (1 + relative);
  of.relative = relative;
  of.interval = metrics::interval{low, high};
  return of;
}

gate_outcome outcome(std::string_view gate, const change& of) {
  return judge(parse_change_gate(gate).value(), of);
}

TEST(change_gate, reads_a_change_in_percent) {
  const auto gate = parse_change_gate("itl_p50<=+5%");
  ASSERT_TRUE(gate);
  EXPECT_EQ(gate->figure, "itl_p50");
  EXPECT_EQ(gate->limit, 0.05);
  EXPECT_EQ(gate->text, "itl_p50 <= +5%");
  EXPECT_EQ(parse_change_gate("output_tokens_per_s >= -2.5%")->limit, -0.025);
  EXPECT_EQ(parse_change_gate("e2e_mean < 10%")->limit, 0.1);
}

TEST(change_gate, refuses_what_is_no_change) {
  for (const char* gate : {"itl_p50 <= 5ms", "itl_p50 <= 5", "itl_p50 <= +-5%", "itl_p50 <= %", "itl_p50 <= nan%"})
    EXPECT_TRUE(parse_change_gate(gate).has_error()) << gate;
  EXPECT_EQ(parse_change_gate("itl_p50 <= 5ms").error().message,
            "'5ms' is not a change; expected percent, such as +5%");
  EXPECT_EQ(parse_change_gate("itl_max <= 5%").error().message,
            "'itl_max': no interval is known for its change; expected a mean, a percentile or a rate");
}

TEST(change_gate, holds_where_the_whole_interval_does) {
  EXPECT_EQ(outcome("itl_p50 <= +5%", changed(0.03, 0.01, 0.05)), gate_outcome::holds);
  EXPECT_EQ(outcome("itl_p50 < +5%", changed(0.03, 0.01, 0.05)), gate_outcome::cannot_tell);
  EXPECT_EQ(outcome("requests_per_s >= -5%", changed(-0.01, -0.03, 0.02)), gate_outcome::holds);
}

TEST(change_gate, fails_where_none_of_the_interval_holds) {
  EXPECT_EQ(outcome("itl_p50 <= +5%", changed(0.08, 0.06, 0.1)), gate_outcome::fails);
  EXPECT_EQ(outcome("requests_per_s >= -5%", changed(-0.2, -0.3, -0.06)), gate_outcome::fails);
}

TEST(change_gate, cannot_tell_where_the_interval_is_on_both_sides) {
  EXPECT_EQ(outcome("itl_p50 <= +5%", changed(0.04, 0.01, 0.07)), gate_outcome::cannot_tell);
  EXPECT_EQ(outcome("itl_p50 > 0%", changed(0.04, -0.01, 0.07)), gate_outcome::cannot_tell);
}

TEST(change_gate, cannot_tell_without_an_interval) {
  change of = changed(0.2, 0, 0);
  of.interval.reset();
  EXPECT_EQ(outcome("itl_p50 <= +5%", of), gate_outcome::cannot_tell);
}

TEST(change_gate, cannot_tell_where_the_instrument_may_have_moved_it_over_the_limit) {
  change of = changed(0.06, 0.055, 0.065);
  of.instrument = 0.02;
  EXPECT_EQ(outcome("itl_p50 <= +5%", of), gate_outcome::cannot_tell);
  of.instrument = 0.005;
  EXPECT_EQ(outcome("itl_p50 <= +5%", of), gate_outcome::fails);
}

TEST(change_gate, fails_where_the_figure_was_not_measured) {
  EXPECT_EQ(outcome("itl_p50 <= +5%", change{}), gate_outcome::fails);
}

} // namespace
} // namespace loadgen::comparison
