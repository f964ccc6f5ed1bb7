#include "reference_run.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

namespace loadgen::test {
namespace {

namespace json = boost::json;

json::object reported(const std::filesystem::path& run, const std::vector<std::string>& options) {
  std::vector<std::string> command{LOADGEN_PROGRAM, "report", run.string(), "--summary", "-"};
  command.insert(command.end(), options.begin(), options.end());
  const process_result result = run_process(command);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  return json::parse(result.out).as_object();
}

TEST(bounded_run, agrees_with_itself_exactly_and_with_all_samples_within_a_thousandth) {
  const reference_server server{{"--ttft", "5ms", "--itl", "1ms", "--tokens", "20"}};
  const temporary_folder folder;
  const process_result made = run_process(
      run_command(server.url(), folder,
                  {"--requests", "30", "--concurrency", "1,4", "--bounded", "--warmup", "2", "--max-tokens", "20"}));
  ASSERT_EQ(made.exit_code, 0) << made.err;
  EXPECT_NE(made.out.find("histograms"), std::string::npos);
  const std::filesystem::path run = run_folder_in(folder);
  const json::object printed = summary_of(run);
  EXPECT_EQ(json::value(reported(run, {})), json::value(printed));
  EXPECT_EQ(json::parse(text_of(run / "manifest.json")).at("bounded"), true);

  const json::object exact = reported(run, {"--bounded=false"});
  for (std::size_t level = 0; level < 2; ++level) {
    const json::value& counted = printed.at("levels").at(level);
    const json::value& all = exact.at("levels").at(level);
    EXPECT_NE(counted.at("percentile_method"), all.at("percentile_method"));
    EXPECT_EQ(counted.at("requests"), all.at("requests"));
    for (const auto& [name, expected] : all.at("metrics").as_object()) {
      const json::value& actual = counted.at("metrics").at(name);
      EXPECT_EQ(actual.at("count"), expected.at("count")) << name;
      if (expected.at("count") == 0) continue;
      for (const char* figure : {"mean", "std", "min", "p50", "p90", "p95", "p99", "p99_9", "max"}) {
        const double value = expected.at(figure).to_number<double>();
        EXPECT_NEAR(actual.at(figure).to_number<double>(), value, 0.001 * std::abs(value)) << name << " " << figure;
      }
    }
  }
}

TEST(bounded_run, exports_a_histogram_log) {
  const reference_server server{{"--ttft", "5ms", "--itl", "1ms", "--tokens", "5"}};
  const temporary_folder folder;
  ASSERT_EQ(
      run_process(run_command(server.url(), folder, {"--requests", "4", "--max-tokens", "5", "--quiet"})).exit_code, 0);
  const std::filesystem::path log = folder.path() / "run.hlog";
  const process_result result =
      run_process({LOADGEN_PROGRAM, "report", run_folder_in(folder).string(), "--hlog", log.string()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const std::string text = text_of(log);
  for (const char* tag : {"\nTag=ttft:concurrency=1:trial=1,", "\nTag=itl:", "\nTag=tpot:", "\nTag=e2e:"})
    EXPECT_NE(text.find(tag), std::string::npos) << tag;
  const process_result refused =
      run_process({LOADGEN_PROGRAM, "report", run_folder_in(folder).string(), "--hlog", "/proc/no/file"});
  EXPECT_EQ(refused.exit_code, 74);
}

} // namespace
} // namespace loadgen::test
