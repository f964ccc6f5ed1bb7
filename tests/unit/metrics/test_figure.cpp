#include <loadgen/metrics/figure.hpp>

#include <gtest/gtest.h>

namespace loadgen::metrics {
namespace {

std::string refusal_of(std::string_view name) {
  const result<figure> found = figure::named(name);
  if (found.has_value()) return "no error";
  EXPECT_EQ(found.error().code, errc::invalid_input);
  return found.error().message;
}

/// metrics[i] has mean 100 i + 1, then std, min, p50, p90, p95, p99, p99.9 and max up to 100 i + 9.
level_summary numbered_level() {
  level_summary level;
  for (std::size_t i = 0; i < metric_count; ++i) {
    const double base = 100 * static_cast<double>(i);
    distribution& of = level.metrics[i];
    of.mean = base + 1;
    of.std = base + 2;
    of.min = base + 3;
    of.p50 = base + 4;
    of.p90 = base + 5;
    of.p95 = base + 6;
    of.p99 = base + 7;
    of.p99_9 = base + 8;
    of.max = base + 9;
  }
  level.rates = {.requests_per_s = 0.1, .output_tokens_per_s = 0.2, .total_tokens_per_s = 0.3, .goodput_per_s = 0.4};
  return level;
}

TEST(figure, every_metric_has_every_statistic_under_its_name) {
  const level_summary level = numbered_level();
  constexpr std::array metrics{"ttft", "ttfo", "ttfb",     "ttfe",        "ttft_planned", "itl",
                               "tpot", "e2e",  "e2e_done", "e2e_planned", "tokens_per_s"};
  constexpr std::array statistics{"mean", "std", "min", "p50", "p90", "p95", "p99", "p99_9", "max"};
  for (std::size_t i = 0; i < metrics.size(); ++i)
    for (std::size_t j = 0; j < statistics.size(); ++j) {
      const std::string name = std::string{metrics[i]} + "_" + statistics[j];
      const result<figure> found = figure::named(name);
      ASSERT_TRUE(found.has_value()) << name;
      EXPECT_EQ(found->name(), name);
      EXPECT_EQ(found->of(level), static_cast<double>(100 * i + j + 1)) << name;
      EXPECT_EQ(found->is_latency(), i + 1 < metrics.size()) << name;
    }
}

TEST(figure, rates_are_named_as_in_summary_json) {
  const level_summary level = numbered_level();
  EXPECT_EQ(figure::named("requests_per_s")->of(level), 0.1);
  EXPECT_EQ(figure::named("output_tokens_per_s")->of(level), 0.2);
  EXPECT_EQ(figure::named("total_tokens_per_s")->of(level), 0.3);
  EXPECT_EQ(figure::named("goodput_per_s")->of(level), 0.4);
  EXPECT_FALSE(figure::named("goodput_per_s")->is_latency());
}

TEST(figure, what_was_not_measured_is_unset) {
  EXPECT_FALSE(figure::named("ttft_p99")->of({}));
  EXPECT_FALSE(figure::named("output_tokens_per_s")->of({}));
}

TEST(figure, unknown_names_are_refused_with_what_was_expected) {
  const std::string expected =
      " is no figure; expected a metric with a statistic, such as ttft_p99, or a rate, such as "
      "output_tokens_per_s";
  for (const std::string name : {"", "latency_p99", "ttft", "TTFT_p99", "goodput", "_p99", "verdict"})
    EXPECT_EQ(refusal_of(name), "'" + name + "'" + expected);
  const std::string statistics = "; expected mean, std, min, p50, p90, p95, p99, p99_9 or max";
  EXPECT_EQ(refusal_of("ttft_p42"), "'ttft_p42': ttft has no 'p42'" + statistics);
  EXPECT_EQ(refusal_of("ttft_ms_p99"), "'ttft_ms_p99': ttft has no 'ms_p99'" + statistics);
  EXPECT_EQ(refusal_of("ttft_planned_p9"), "'ttft_planned_p9': ttft_planned has no 'p9'" + statistics);
  EXPECT_EQ(refusal_of("itl_count"), "'itl_count': itl has no 'count'" + statistics);
  EXPECT_EQ(refusal_of("itl_"), "'itl_': itl has no ''" + statistics);
}

} // namespace
} // namespace loadgen::metrics
