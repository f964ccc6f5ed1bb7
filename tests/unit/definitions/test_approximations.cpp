#include "unit/definitions/sample_level.hpp"

#include <gtest/gtest.h>

namespace loadgen::definitions {
namespace {

metrics::recorded_run run_of(std::vector<request_record> requests) {
  metrics::recorded_run run;
  run.levels.emplace_back().requests = std::move(requests);
  return run;
}

/// A request that leaves no tool but mlperf anything to guess.
request_record plain() {
  request_record record = request(0, 0ms, {text_at(10ms)}, 20ms);
  record.reused_connection = false;
  record.usage.output = 1;
  return record;
}

TEST(approximations, there_are_none_where_the_records_hold_all_that_a_tool_measures) {
  for (const tool exact : {tool::vllm, tool::sglang, tool::guidellm})
    EXPECT_TRUE(approximations(exact, run_of({plain()})).empty()) << describe(exact).name;
}

TEST(approximations, name_reused_connections_where_the_tool_reuses_none) {
  request_record reused = plain();
  reused.reused_connection = true;
  EXPECT_EQ(approximations(tool::sglang, run_of({reused})).size(), 1U);
  EXPECT_TRUE(approximations(tool::vllm, run_of({reused})).empty());
}

TEST(approximations, name_tokens_that_the_tool_would_have_counted_itself) {
  request_record uncounted = plain();
  uncounted.usage.output.reset();
  EXPECT_EQ(approximations(tool::vllm, run_of({uncounted})).size(), 1U);
  EXPECT_EQ(approximations(tool::aiperf, run_of({plain()})).size(), 1U);
  request_record reasons = plain();
  reasons.chunks.push_back(reasoning_at(5ms));
  EXPECT_EQ(approximations(tool::inference_perf, run_of({reasons})).size(), 2U);
  reasons.usage.reasoning = 1;
  EXPECT_EQ(approximations(tool::inference_perf, run_of({reasons})).size(), 1U);
}

TEST(approximations, name_records_of_a_format_without_empty_events) {
  metrics::recorded_run old = run_of({plain()});
  old.has_empty_events = false;
  for (const tool which : {tool::vllm, tool::sglang, tool::guidellm})
    EXPECT_EQ(approximations(which, old).size(), 1U) << describe(which).name;
}

} // namespace
} // namespace loadgen::definitions
