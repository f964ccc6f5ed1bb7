#include "reference_run.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <sstream>

namespace loadgen::test {
namespace {

namespace json = boost::json;

constexpr std::array tools{"vllm",           "sglang",      "guidellm", "aiperf",
                           "inference-perf", "genai-bench", "llmperf",  "mlperf"};

/// A finished run of two levels with an SLO, for all tests of this file.
class definitions_of_a_run : public testing::Test {
protected:
  static void SetUpTestSuite() {
    results = std::make_unique<temporary_folder>();
    const reference_server server{{"--ttft", "20ms", "--itl", "2ms", "--tokens", "5"}};
    const auto ended = run_process(run_command(
        server.url(), *results, {"--concurrency", "1,2", "--requests", "4", "--max-tokens", "5", "--slo", "ttft=10s"}));
    ASSERT_EQ(ended.exit_code, 0) << ended.err;
  }

  static void TearDownTestSuite() { results.reset(); }

  static process_result report(std::vector<std::string> options) {
    std::vector<std::string> command{LOADGEN_PROGRAM, "report", run_folder_in(*results).string()};
    command.insert(command.end(), options.begin(), options.end());
    return run_process(command);
  }

  static std::unique_ptr<temporary_folder> results;
};

std::unique_ptr<temporary_folder> definitions_of_a_run::results;

TEST_F(definitions_of_a_run, stand_beside_ours_with_a_line_each_on_why_they_differ) {
  const auto shown = report({"--as", "all"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("concurrency 1\n"), std::string::npos);
  EXPECT_NE(shown.out.find("concurrency 2\n"), std::string::npos);
  const std::size_t reasons = shown.out.find("\nunlike ours\n");
  ASSERT_NE(reasons, std::string::npos);
  for (const std::string tool : tools) {
    EXPECT_LT(shown.out.find(" " + tool), reasons) << tool; // as a column
    EXPECT_NE(shown.out.find("\n  " + tool + " ", reasons), std::string::npos) << tool;
  }
  std::istringstream lines{shown.out};
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 100U) << line;
}

TEST_F(definitions_of_a_run, of_vllm_are_written_under_its_own_names) {
  const std::string file = (results->path() / "vllm.json").string();
  const auto shown = report({"--as", "vllm", "--json", file});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  EXPECT_NE(shown.out.find("by the definitions of vllm "), std::string::npos);
  const json::value written = json::parse(text_of(file));
  EXPECT_EQ(written.at("schema"), "loadgen.definitions/1");
  EXPECT_EQ(written.at("tool"), "vllm");
  ASSERT_EQ(written.at("levels").as_array().size(), 2U);
  const json::object summary = summary_of(run_folder_in(*results));
  for (std::size_t i = 0; i < 2; ++i) {
    const json::value& level = written.at("levels").at(i);
    const json::value& ours = summary.at("levels").at(i);
    const json::value& result = level.at("result");
    EXPECT_EQ(level.at("concurrency").to_number<int>(), i == 0 ? 1 : 2);
    EXPECT_EQ(result.at("completed").to_number<int>(), 4);
    EXPECT_EQ(result.at("failed").to_number<int>(), 0);
    EXPECT_EQ(result.at("total_output_tokens").to_number<int>(), 20);
    // One token a chunk and nothing blank: but for connecting, its figures are ours.
    EXPECT_NEAR(result.at("mean_itl_ms").to_number<double>(),
                ours.at("metrics").at("itl_ms").at("mean").to_number<double>(), 1e-9);
    EXPECT_NEAR(result.at("median_tpot_ms").to_number<double>(),
                ours.at("metrics").at("tpot_ms").at("p50").to_number<double>(), 1e-9);
    EXPECT_GE(result.at("mean_ttft_ms").to_number<double>(),
              ours.at("metrics").at("ttft_ms").at("mean").to_number<double>());
    EXPECT_EQ(result.at("request_goodput"), result.at("request_throughput")); // all met 10 s
  }
}

TEST_F(definitions_of_a_run, of_all_go_to_standard_output_alone_where_asked) {
  const auto shown = report({"--as", "all", "--json", "-"});
  ASSERT_EQ(shown.exit_code, 0) << shown.err;
  const json::value written = json::parse(shown.out);
  EXPECT_EQ(written.at("tools").as_array().size(), tools.size());
  const json::object& level = written.at("levels").at(0).at("tools").as_object();
  EXPECT_EQ(level.at("loadgen"), summary_of(run_folder_in(*results)).at("levels").at(0));
  for (const char* tool : tools) EXPECT_TRUE(level.contains(tool)) << tool;
  EXPECT_EQ(level.at("inference-perf").at("successes").at("count").to_number<int>(), 4);
  EXPECT_GT(level.at("mlperf").at("result_first_token_99.00_percentile_latency_ns").to_number<double>(), 20e6);
  EXPECT_GT(level.at("guidellm").at("metrics").at("request_latency").at("successful").at("median").to_number<double>(),
            0.028); // seconds: 20 ms and four times 2 ms
}

TEST_F(definitions_of_a_run, of_an_unknown_tool_are_refused_with_the_nearest_name) {
  const auto refused = report({"--as", "vlm"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_TRUE(refused.err.starts_with("loadgen: --as: 'vlm' is not known; did you mean vllm? expected vllm, "))
      << refused.err;
  EXPECT_EQ(refused.out, "");
}

TEST_F(definitions_of_a_run, need_a_tool_to_be_written_as_json) {
  const auto refused = report({"--json", "x.json"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.err, "loadgen: --json: needs --as; expected the name of a tool, or all\n");
}

} // namespace
} // namespace loadgen::test
