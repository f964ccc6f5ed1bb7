// Keys and units of other tools' results. The numbers are those that tests/unit/definitions worked out by hand.

#include "unit/definitions/sample_level.hpp"

#include <loadgen/report/definitions.hpp>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <sstream>

namespace loadgen::report {
namespace {

namespace json = boost::json;
using definitions::all_tools;
using definitions::tool;

analyzed_run sample_run() {
  metrics::recorded_run run;
  run.info.run_id = "r";
  run.info.manifest = {{"slo", {{"objectives", {{"ttft_ms", 90}, {"e2e_ms", 85}}}}}};
  run.levels = {definitions::sample_level()};
  run.levels.front().info.concurrency = 4;
  return analyze(std::move(run));
}

json::value result_of(tool which) {
  return definitions_json(sample_run(), which).at("levels").at(0).at("result");
}

void expect_number(const json::value& result, std::string_view pointer, double expected) {
  boost::system::error_code missing;
  const json::value* const found = result.find_pointer(pointer, missing);
  ASSERT_NE(found, nullptr) << pointer;
  EXPECT_NEAR(found->to_number<double>(), expected, std::abs(expected) * 1e-12) << pointer;
}

TEST(definitions_json, of_the_bench_scripts_is_flat_and_in_milliseconds) {
  const json::value vllm = result_of(tool::vllm);
  expect_number(vllm, "/median_ttft_ms", 65);
  expect_number(vllm, "/p99_itl_ms", 38.8);
  expect_number(vllm, "/mean_tpot_ms", 64.0 / 11);
  expect_number(vllm, "/mean_e2el_ms", 101.25);
  expect_number(vllm, "/duration", 0.78);
  expect_number(vllm, "/completed", 4);
  expect_number(vllm, "/failed", 2);
  expect_number(vllm, "/total_output_tokens", 25);
  expect_number(vllm, "/request_goodput", 3 / 0.78);
  EXPECT_FALSE(vllm.as_object().contains("total_token_throughput")); // one request told no input
  expect_number(result_of(tool::sglang), "/median_e2e_latency_ms", 80);
  expect_number(result_of(tool::sglang), "/output_throughput", 33 / 0.78);
}

TEST(definitions_json, of_guidellm_has_latency_in_seconds_and_the_rest_in_milliseconds) {
  const json::value result = result_of(tool::guidellm);
  expect_number(result, "/metrics/time_to_first_token_ms/successful/median", 80);
  expect_number(result, "/metrics/inter_token_latency_ms/successful/mean", 5.5);
  expect_number(result, "/metrics/time_per_output_token_ms/successful/percentiles/p99", 50);
  expect_number(result, "/metrics/request_latency/successful/max", 0.21);
  expect_number(result, "/metrics/tokens_per_second/successful/mean", 274 / 0.78);
  expect_number(result, "/metrics/request_totals/errored", 2);
}

TEST(definitions_json, of_aiperf_has_one_object_a_metric) {
  const json::value result = result_of(tool::aiperf);
  expect_number(result, "/time_to_first_token/p50", 80);
  expect_number(result, "/inter_token_latency/p50", 6);
  expect_number(result, "/request_latency/avg", 115);
  expect_number(result, "/request_throughput/avg", 3 / 0.77);
  expect_number(result, "/goodput/avg", 2 / 0.77);
}

TEST(definitions_json, of_the_others_is_in_their_units) {
  const json::value inference_perf = result_of(tool::inference_perf);
  expect_number(inference_perf, "/successes/latency/time_to_first_token/median", 0.08);
  expect_number(inference_perf, "/successes/latency/inter_token_latency/mean", 0.05 / 12);
  expect_number(inference_perf, "/successes/goodput_metrics/request_goodput", 1 / 0.78);
  expect_number(inference_perf, "/failures/count", 1);
  const json::value genai_bench = result_of(tool::genai_bench);
  expect_number(genai_bench, "/aggregated_metrics/stats/e2e_latency/p50", 0.09);
  expect_number(genai_bench, "/aggregated_metrics/mean_output_throughput_tokens_per_s", 23 / 0.78);
  const json::value llmperf = result_of(tool::llmperf);
  expect_number(llmperf, "/results/inter_token_latency_s/quantiles/p50", 0.008);
  expect_number(llmperf, "/results/num_completed_requests_per_min", 60 * 4 / 0.78);
  const json::value mlperf = result_of(tool::mlperf);
  expect_number(mlperf, "/result_first_token_99.00_percentile_latency_ns", 115e6);
  expect_number(mlperf, "/result_time_per_output_token_50.00_percentile_ns", 6e6);
  expect_number(mlperf, "/result_time_to_output_token_min", 2.5e6);
  expect_number(mlperf, "/result_99.00_percentile_latency_ns", 215e6);
  expect_number(mlperf, "/result_completed_samples_per_sec", 2 / 0.78);
}

TEST(definitions_comparison, has_ours_and_each_tool_of_each_level) {
  const analyzed_run run = sample_run();
  const json::object compared = definitions_comparison_json(run);
  const json::object& tools = compared.at("levels").at(0).at("tools").as_object();
  EXPECT_EQ(tools.at("loadgen"), summary_json(run).at("levels").at(0));
  for (const tool which : all_tools) {
    EXPECT_EQ(tools.at(describe(which).name), result_of(which));
    EXPECT_EQ(compared.at("tools").at(static_cast<std::size_t>(which)).at("tool"), json::value(describe(which).name));
  }
}

TEST(definitions_comparison, shows_what_was_not_measured_as_a_dash) {
  const std::string text = definitions_comparison(sample_run());
  std::istringstream lines{text};
  std::string row;
  while (std::getline(lines, row) && !row.starts_with("  ITL ms p50")) {
  }
  std::istringstream cells{row.substr(12)};
  std::vector<std::string> shown;
  for (std::string cell; cells >> cell;) shown.push_back(cell);
  // Ours: A 10 30 40, F 20. genai-bench and mlperf have no ITL.
  EXPECT_EQ(shown, (std::vector<std::string>{"25.00", "10.00", "20.00", "7.273", "6.000", "0.000", "-", "8.000", "-"}));
}

TEST(definitions_report, names_the_tool_and_what_is_approximated) {
  const std::string text = definitions_report(sample_run(), tool::sglang);
  EXPECT_NE(text.find("\nby the definitions of sglang 0.5.23\n"), std::string::npos);
  EXPECT_NE(text.find("  unlike ours: "), std::string::npos);
  EXPECT_NE(text.find("    approximated: it opens a connection for each request"), std::string::npos);
}

} // namespace
} // namespace loadgen::report
