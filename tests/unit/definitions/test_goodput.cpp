// Worked out by hand from the level in sample_level.hpp, whose rates are taken over 0.78 s (aiperf: 0.77 s).

#include "unit/definitions/sample_level.hpp"

#include <gtest/gtest.h>

namespace loadgen::definitions {
namespace {

using metrics::metric;

std::optional<double> goodput(tool which, std::map<metric, duration> limits) {
  return recompute(which, sample_level(), {.completions = false, .asked = {.limits = std::move(limits)}}).goodput_per_s;
}

TEST(goodput, counts_by_the_figures_of_each_tool) {
  const std::map<metric, duration> limits{{metric::ttft, 90ms}, {metric::e2e, 85ms}};
  EXPECT_EQ(goodput(tool::vllm, limits), 3 / 0.78);           // B 80 80, C 50 60, F 40 70; not A 115
  EXPECT_EQ(goodput(tool::sglang, limits), 3 / 0.78);         // C 50 70, E 0 50, F 0 80; not B, E2E 90
  EXPECT_EQ(goodput(tool::guidellm, limits), 1 / 0.78);       // F 40 80; E has no TTFT
  EXPECT_EQ(goodput(tool::aiperf, limits), 2 / 0.77);         // B 80 80, F 40 70
  EXPECT_EQ(goodput(tool::inference_perf, limits), 1 / 0.78); // C 50 70; E and F have no TTFT
}

TEST(goodput, of_tpot_takes_a_missing_figure_as_the_tool_does) {
  const std::map<metric, duration> limits{{metric::tpot, 6ms}};
  EXPECT_EQ(goodput(tool::vllm, limits), 2 / 0.78);           // B 0, F 6; A 7.3, C 10
  EXPECT_EQ(goodput(tool::sglang, limits), 3 / 0.78);         // B 2.5, C 2.5, E has one token and so meets it
  EXPECT_EQ(goodput(tool::guidellm, limits), 2 / 0.78);       // by its ITL: B 0, F 6; E has none and so misses it
  EXPECT_EQ(goodput(tool::aiperf, limits), 2 / 0.77);         // by its ITL: B 0, F 6
  EXPECT_EQ(goodput(tool::inference_perf, limits), 2 / 0.78); // A 5.7, B 0; C 10, E and F have none
}

TEST(goodput, of_itl_is_known_to_inference_perf_alone) {
  const std::map<metric, duration> limits{{metric::itl, 6ms}};
  EXPECT_EQ(goodput(tool::inference_perf, limits), 2 / 0.78); // means: A 40 / 7, B 0; C 10
  for (const tool which : {tool::vllm, tool::sglang, tool::guidellm, tool::aiperf})
    EXPECT_FALSE(goodput(which, limits)) << describe(which).name;
}

TEST(goodput, is_there_only_where_it_was_asked_for_and_the_tool_has_it) {
  for (const tool which : all_tools) EXPECT_FALSE(goodput(which, {})) << describe(which).name;
  for (const tool which : {tool::genai_bench, tool::llmperf, tool::mlperf})
    EXPECT_FALSE(goodput(which, {{metric::ttft, 1s}})) << describe(which).name;
}

} // namespace
} // namespace loadgen::definitions
