#include "metrics/verdict.hpp"

#include <gtest/gtest.h>

namespace loadgen::metrics {
namespace {

/// All figures measured and none beyond its limit.
audit sound() {
  audit trust;
  trust.busy_fraction = 0;
  trust.coalesced_behind_fraction = 0;
  trust.send_lag_ms.p99 = 0.05;
  trust.longest_stall_ms = 0.2;
  return trust;
}

verdict judged(audit trust) {
  judge(trust);
  return trust.judgement;
}

std::vector<std::string> reasons(audit trust) {
  judge(trust);
  return trust.reasons;
}

TEST(verdict, is_ok_without_reasons_when_nothing_is_beyond_its_limit) {
  EXPECT_EQ(judged(sound()), verdict::ok);
  EXPECT_TRUE(reasons(sound()).empty());
}

TEST(verdict, busy_fraction_on_each_side_of_its_limits) {
  audit trust = sound();
  trust.busy_fraction = 0.01;
  EXPECT_EQ(judged(trust), verdict::ok);
  trust.busy_fraction = 0.0101;
  EXPECT_EQ(judged(trust), verdict::degraded);
  trust.busy_fraction = 0.05;
  EXPECT_EQ(judged(trust), verdict::degraded);
  trust.busy_fraction = 0.0501;
  EXPECT_EQ(judged(trust), verdict::client_bound);
}

TEST(verdict, coalesced_while_behind_on_each_side_of_its_limits) {
  audit trust = sound();
  trust.coalesced_behind_fraction = 0.002;
  EXPECT_EQ(judged(trust), verdict::ok);
  trust.coalesced_behind_fraction = 0.0021;
  EXPECT_EQ(judged(trust), verdict::degraded);
  trust.coalesced_behind_fraction = 0.01;
  EXPECT_EQ(judged(trust), verdict::degraded);
  trust.coalesced_behind_fraction = 0.0101;
  EXPECT_EQ(judged(trust), verdict::client_bound);
}

TEST(verdict, send_lag_on_each_side_of_its_limits) {
  audit trust = sound();
  trust.send_lag_ms.p99 = 1;
  EXPECT_EQ(judged(trust), verdict::ok);
  trust.send_lag_ms.p99 = 1.01;
  EXPECT_EQ(judged(trust), verdict::degraded);
  trust.send_lag_ms.p99 = 5;
  EXPECT_EQ(judged(trust), verdict::degraded);
  trust.send_lag_ms.p99 = 5.01;
  EXPECT_EQ(judged(trust), verdict::client_bound);
}

TEST(verdict, a_stall_of_fifty_milliseconds_is_degraded_and_a_shorter_one_is_not) {
  audit trust = sound();
  trust.longest_stall_ms = 49.9;
  EXPECT_EQ(judged(trust), verdict::ok);
  trust.longest_stall_ms = 50;
  EXPECT_EQ(judged(trust), verdict::degraded);
  trust.longest_stall_ms = 5000;
  EXPECT_EQ(judged(trust), verdict::degraded);
}

TEST(verdict, coalescing_of_the_engines_own_making_is_no_reason) {
  audit trust = sound();
  trust.coalesced_fraction = 0.9;
  EXPECT_EQ(judged(trust), verdict::ok);
}

TEST(verdict, without_kernel_stamps_is_degraded) {
  audit trust = sound();
  trust.kernel_timestamps = false;
  EXPECT_EQ(judged(trust), verdict::degraded);
}

TEST(verdict, without_worker_figures_is_at_best_degraded_and_judges_the_rest) {
  audit trust = sound();
  trust.busy_fraction = trust.longest_stall_ms = std::nullopt;
  EXPECT_EQ(judged(trust), verdict::degraded);
  trust.send_lag_ms.p99 = 6;
  EXPECT_EQ(judged(trust), verdict::client_bound);
  EXPECT_EQ(reasons(trust).size(), 2U);
}

TEST(verdict, figures_that_do_not_exist_are_no_reason) {
  audit trust = sound();
  trust.send_lag_ms.p99 = trust.coalesced_behind_fraction = std::nullopt; // nothing was sent
  EXPECT_EQ(judged(trust), verdict::ok);
}

TEST(verdict, each_reason_names_its_figure_and_its_limit) {
  audit trust = sound();
  trust.busy_fraction = 0.063;
  trust.coalesced_behind_fraction = 0.0035;
  trust.send_lag_ms.p99 = 7.2;
  trust.kernel_timestamps = false;
  trust.longest_stall_ms = 64.5;
  EXPECT_EQ(reasons(trust),
            (std::vector<std::string>{
                "one worker spent 6.3 % of the phase in stretches of more than 10 ms without a sleep, above 5 %",
                "0.35 % of content events were coalesced while the client was behind, above 0.2 %",
                "send lag p99 7.2 ms is above 5 ms",
                "content events without a kernel timestamp: their arrival is when they were read",
                "the process did not run for 64.5 ms at a stretch, 50 ms or more",
            }));
  EXPECT_EQ(judged(trust), verdict::client_bound);
}

TEST(verdict, names_are_those_of_summary_json) {
  EXPECT_EQ(to_string(verdict::ok), "ok");
  EXPECT_EQ(to_string(verdict::degraded), "degraded");
  EXPECT_EQ(to_string(verdict::client_bound), "client_bound");
}

} // namespace
} // namespace loadgen::metrics
