#include "partly_failing_server.hpp"
#include "reference_run.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

namespace loadgen::test {
namespace {

TEST(slo, of_a_run_is_in_its_summary_and_changes_no_exit_code) {
  const reference_server server{{"--ttft", "20ms", "--itl", "2ms", "--tokens", "5"}};
  const temporary_folder results;
  const auto ended = run_process(run_command(
      server.url(), results, {"--requests", "4", "--slo", "ttft=20ms", "--slo=e2e=1m", "--slo-attainment", "0.5"}));
  ASSERT_EQ(ended.exit_code, 0) << ended.err; // although no first token comes within 20 ms of a request
  const boost::json::object summary = summary_of(run_folder_in(results));
  EXPECT_EQ(summary.at("levels").at(0).at("slo"), boost::json::parse(R"({
    "objectives": {"ttft_ms": 20, "e2e_ms": 60000}, "required_attainment": 0.5, "attainment": 0,
    "met_requests": 0, "requests": 4, "holds": false, "by_objective": {"ttft_ms": 0, "e2e_ms": 1}})"));
  EXPECT_EQ(summary.at("levels").at(0).at("throughput").at("goodput_per_s").to_number<double>(), 0);
  EXPECT_NE(ended.out.find("objectives: ttft <= 20 ms, e2e <= 60000 ms; 50% of the requests must meet all of them\n"),
            std::string::npos);
}

TEST(slo, counts_failed_requests_as_misses_and_goodput_by_the_window) {
  const partly_failing_server server{std::vector<std::string>(3, "503 Busy")};
  const temporary_folder results;
  const auto ended = run_process(run_command(
      server.url(), results, {"--model", "m", "--requests", "12", "--max-failure-rate", "1", "--slo", "e2e=1h"}));
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const boost::json::object summary = summary_of(run_folder_in(results));
  const boost::json::value& level = summary.at("levels").at(0);
  EXPECT_EQ(level.at("slo").at("attainment").to_number<double>(), 0.75);
  EXPECT_EQ(level.at("slo").at("met_requests").to_number<int>(), 9);
  EXPECT_EQ(level.at("slo").at("requests").to_number<int>(), 12);
  EXPECT_DOUBLE_EQ(level.at("throughput").at("goodput_per_s").to_number<double>(),
                   9 / level.at("duration_s").to_number<double>());
}

TEST(slo, is_remembered_by_the_run_so_that_report_gives_the_same_figures) {
  const reference_server server{{"--ttft", "5ms", "--itl", "1ms", "--tokens", "5"}};
  const temporary_folder results;
  const auto measured = run_process(run_command(
      server.url(), results, {"--requests", "3", "--slo", "ttft=5.5ms", "--slo", "itl=2ms", "--slo", "tpot=1500us"}));
  ASSERT_EQ(measured.exit_code, 0) << measured.err;
  const std::filesystem::path run = run_folder_in(results);
  const std::string summary = text_of(run / "summary/summary.json");
  EXPECT_TRUE(summary_of(run).at("levels").at(0).at("slo").is_object());
  std::filesystem::remove_all(run / "summary");
  EXPECT_EQ(run_process({LOADGEN_PROGRAM, "report", run.string()}).exit_code, 0);
  EXPECT_EQ(text_of(run / "summary/summary.json"), summary);
}

TEST(slo, without_one_there_is_none_and_no_goodput) {
  const reference_server server{{"--ttft", "5ms", "--itl", "1ms", "--tokens", "5"}};
  const temporary_folder results;
  const auto ended = run_process(run_command(server.url(), results, {"--requests", "1"}));
  ASSERT_EQ(ended.exit_code, 0) << ended.err;
  const std::filesystem::path run = run_folder_in(results);
  EXPECT_EQ(summary_of(run).at("levels").at(0).at("slo"), nullptr);
  EXPECT_EQ(summary_of(run).at("levels").at(0).at("throughput").at("goodput_per_s"), nullptr);
  EXPECT_EQ(boost::json::parse(text_of(run / "manifest.json")).at("slo"), nullptr);
  EXPECT_EQ(ended.out.find("objectives"), std::string::npos);
}

} // namespace
} // namespace loadgen::test
