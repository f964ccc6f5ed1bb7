#include "unit/report/sample_runs.hpp"

#include <loadgen/report/checks.hpp>

#include <gtest/gtest.h>

namespace loadgen::report {
namespace {

using metrics::level_summary;
using metrics::metric;

level_summary level_with_ttft_p99(std::uint32_t concurrency, std::optional<double> ms) {
  level_summary level = samples::good_level(concurrency, 100);
  level.metrics[static_cast<std::size_t>(metric::ttft)].p99 = ms;
  return level;
}

level_summary level_with_failures(std::uint64_t failed, std::uint64_t issued) {
  level_summary level = samples::good_level(4, issued);
  level.requests.issued = issued;
  level.requests.failed = failed;
  return level;
}

analyzed_run run_of(std::initializer_list<level_summary> levels) {
  analyzed_run run = samples::empty_run();
  for (const level_summary& level : levels) samples::add(run, level);
  return run;
}

check check_gate(const analyzed_run& run, std::string_view text) {
  return report::check_gate(run, *metrics::parse_gate(text));
}

void expect(const check& checked, bool holds, std::string_view line) {
  EXPECT_EQ(checked.holds, holds);
  EXPECT_EQ(checked.line, line);
}

TEST(check_gate, holds_where_every_level_is_within) {
  const analyzed_run run = run_of({level_with_ttft_p99(1, 499.0), level_with_ttft_p99(8, 500.0)});
  expect(check_gate(run, "ttft_p99<=500ms"), true, "gate ttft_p99 <= 500ms: holds");
}

TEST(check_gate, one_level_beyond_the_limit_fails_it_and_is_named_with_its_figure) {
  const analyzed_run run = run_of({level_with_ttft_p99(1, 499.0), level_with_ttft_p99(8, 500.0625)});
  expect(check_gate(run, "ttft_p99 <= 0.5s"), false, "gate ttft_p99 <= 0.5s: fails: 500.0625 ms at concurrency 8");
}

TEST(check_gate, every_failing_level_is_named) {
  const analyzed_run run = run_of({level_with_ttft_p99(1, 600.0), level_with_ttft_p99(8, std::nullopt)});
  expect(check_gate(run, "ttft_p99 <= 500ms"), false,
         "gate ttft_p99 <= 500ms: fails: 600 ms at concurrency 1, not measured at concurrency 8");
}

TEST(check_gate, every_trial_counts) {
  level_summary second = level_with_ttft_p99(8, 501.0);
  second.info.trial = 2;
  const analyzed_run run = run_of({level_with_ttft_p99(8, 499.0), second});
  expect(check_gate(run, "ttft_p99 <= 500ms"), false, "gate ttft_p99 <= 500ms: fails: 501 ms at concurrency 8 trial 2");
}

TEST(check_gate, a_rate_is_shown_as_one) {
  level_summary level = samples::good_level(8, 100);
  level.rates.output_tokens_per_s = 899.5;
  expect(check_gate(run_of({level}), "output_tokens_per_s >= 900"), false,
         "gate output_tokens_per_s >= 900: fails: 899.5/s at concurrency 8");
}

TEST(check_gate, of_a_run_without_levels_fails) {
  expect(check_gate(samples::empty_run(), "ttft_p99 <= 500ms"), false,
         "gate ttft_p99 <= 500ms: fails: nothing was measured");
}

TEST(check_verdict, holds_only_where_every_level_is_ok) {
  level_summary degraded = samples::good_level(8, 100), bound = samples::good_level(64, 100);
  degraded.trust.judgement = metrics::verdict::degraded;
  bound.trust.judgement = metrics::verdict::client_bound;
  expect(check_verdict(run_of({samples::good_level(1, 100)})), true, "strict (audit verdict ok): holds");
  expect(check_verdict(run_of({samples::good_level(1, 100), degraded, bound})), false,
         "strict (audit verdict ok): fails: degraded at concurrency 8, client_bound at concurrency 64");
}

TEST(check_failure_rate, the_boundary_is_allowed) {
  // 0.29 * 100 is 28.999999999999996 in binary.
  EXPECT_TRUE(check_failure_rate(run_of({level_with_failures(29, 100)}), 0.29).holds);
  EXPECT_FALSE(check_failure_rate(run_of({level_with_failures(30, 100)}), 0.29).holds);
  EXPECT_TRUE(check_failure_rate(run_of({level_with_failures(0, 100)}), 0).holds);
  EXPECT_FALSE(check_failure_rate(run_of({level_with_failures(1, 1'000'000)}), 0).holds);
  EXPECT_TRUE(check_failure_rate(run_of({level_with_failures(5, 5)}), 1).holds);
}

TEST(check_failure_rate, is_held_by_every_level_on_its_own) {
  expect(check_failure_rate(run_of({level_with_failures(0, 1'000), level_with_failures(2, 10)}), 0.1), false,
         "failure rate <= 0.1: fails: 2 of 10 requests failed at concurrency 4");
}

TEST(check_failure_rate, a_level_that_sent_nothing_is_within_it) {
  EXPECT_TRUE(check_failure_rate(run_of({level_with_failures(0, 0)}), 0).holds);
}

} // namespace
} // namespace loadgen::report
