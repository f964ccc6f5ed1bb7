#include "unit/metrics/support.hpp"

#include <loadgen/metrics/slo.hpp>

#include <boost/json/parse.hpp>

namespace loadgen::metrics {
namespace {

std::string refusal_of(const std::vector<std::string>& objectives) {
  const result<slo> parsed = parse_slo(objectives, 0.99);
  if (parsed.has_value()) return "no error";
  EXPECT_EQ(parsed.error().code, errc::invalid_input);
  return parsed.error().message;
}

TEST(slo, each_objective_is_read_in_any_unit) {
  const std::vector<std::string> objectives{"ttft=500ms", "itl=0.05s", "tpot=1500us", "e2e=1m"};
  const result<slo> parsed = parse_slo(objectives, 0.95);
  ASSERT_TRUE(parsed.has_value());
  const std::map<metric, duration> limits{
      {metric::ttft, 500ms}, {metric::itl, 50ms}, {metric::tpot, 1500us}, {metric::e2e, 60s}};
  EXPECT_EQ(parsed->limits, limits);
  EXPECT_EQ(parsed->required_attainment, 0.95);
}

TEST(slo, without_objectives_is_empty) {
  EXPECT_TRUE(parse_slo({}, 0.99)->empty());
  EXPECT_FALSE((slo{.limits = {{metric::ttft, 1ms}}}.empty()));
}

TEST(slo, each_bad_objective_is_refused_in_one_line) {
  EXPECT_EQ(refusal_of({"ttft"}), "'ttft' is not an objective; expected one such as ttft=500ms");
  EXPECT_EQ(refusal_of({"ttfb=1s"}), "there are no objectives for 'ttfb'; expected ttft, itl, tpot or e2e");
  EXPECT_EQ(refusal_of({"=1s"}), "there are no objectives for ''; expected ttft, itl, tpot or e2e");
  EXPECT_EQ(refusal_of({"ttft <=1s"}), "there are no objectives for 'ttft <'; expected ttft, itl, tpot or e2e");
  EXPECT_EQ(refusal_of({"ttft=500"}),
            "'500' is not a duration; expected a number with its unit, such as 500ms, 2s or 5m");
  EXPECT_EQ(refusal_of({"ttft="}), "'' is not a duration; expected a number with its unit, such as 500ms, 2s or 5m");
  EXPECT_EQ(refusal_of({"ttft=0ms"}), "'ttft=0ms' can never be met; expected a limit above zero");
  EXPECT_EQ(refusal_of({"ttft=1s", "itl=1s", "ttft=2s"}), "'ttft=2s': ttft is given twice; expected one limit");
}

TEST(slo, is_the_same_after_a_way_through_json) {
  const slo asked{.limits = {{metric::ttft, 500ms}, {metric::itl, 33'333'333ns}}, .required_attainment = 0.9};
  EXPECT_EQ(boost::json::value(to_json(asked)),
            boost::json::parse(R"({"objectives":{"ttft_ms":500.0,"itl_ms":33.333333},"required_attainment":0.9})"));
  const slo read = slo_from_json(to_json(asked));
  EXPECT_EQ(read.limits, asked.limits);
  EXPECT_EQ(read.required_attainment, 0.9);
}

TEST(slo, what_is_none_in_json_reads_as_none) {
  for (const char* text : {"null", "3", "{}", R"({"objectives":null,"required_attainment":null})",
                           R"({"objectives":{"ttft_ms":"soon"}})"}) {
    const slo read = slo_from_json(boost::json::parse(text));
    EXPECT_TRUE(read.empty()) << text;
    EXPECT_EQ(read.required_attainment, 0.99) << text;
  }
}

TEST(slo_attainment, holds_from_exactly_the_required_share_on) {
  slo_attainment attained;
  attained.asked.limits = {{metric::ttft, 1s}};
  attained.requests = 100;
  attained.met_requests = 99;
  attained.missed = {{metric::ttft, 1}};
  EXPECT_EQ(attained.attainment(), 0.99);
  EXPECT_EQ(attained.attainment_of(metric::ttft), 0.99);
  EXPECT_TRUE(attained.holds());
  attained.met_requests = 98;
  EXPECT_FALSE(attained.holds());
}

TEST(slo_attainment, of_no_requests_is_unset_and_does_not_hold) {
  slo_attainment attained;
  attained.asked = {.limits = {{metric::ttft, 1s}}, .required_attainment = 0};
  attained.missed = {{metric::ttft, 0}};
  EXPECT_FALSE(attained.attainment());
  EXPECT_FALSE(attained.attainment_of(metric::ttft));
  EXPECT_FALSE(attained.holds());
}

} // namespace
} // namespace loadgen::metrics
