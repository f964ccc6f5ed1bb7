#include "report/trial_table.hpp"
#include "unit/report/sample_runs.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <sstream>

namespace loadgen::report {
namespace {

using namespace std::chrono_literals;

std::vector<std::vector<std::string>> cells_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows;
  std::istringstream lines{csv};
  for (std::string line; std::getline(lines, line);) {
    auto& row = rows.emplace_back();
    std::istringstream cells{line + ","};
    for (std::string value; std::getline(cells, value, ',');) row.push_back(value);
  }
  return rows;
}

std::string cell_of(const std::string& csv, std::size_t row, const std::string& column) {
  const auto rows = cells_of(csv);
  for (std::size_t i = 0; i < rows.front().size(); ++i)
    if (rows.front()[i] == column) return rows.at(row + 1).at(i);
  return "no column " + column;
}

metrics::request_record answer(std::uint32_t input, std::uint32_t output, duration stream) {
  metrics::request_record record;
  record.end = metrics::outcome::completed;
  record.usage = {.input = input, .cached = {}, .output = output, .reasoning = {}};
  record.chunks = {{instant{10s}, {}, 0}, {instant{10s} + stream, {}, 0}};
  return record;
}

TEST(running_moments, are_those_of_the_population) {
  running_moments moments;
  EXPECT_EQ(moments.mean(), std::nullopt);
  EXPECT_EQ(moments.std(), std::nullopt);
  for (const double value : {2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0}) moments.add(value);
  EXPECT_DOUBLE_EQ(*moments.mean(), 5);
  EXPECT_DOUBLE_EQ(*moments.std(), 2);
}

TEST(trial_table, means_of_the_requests_are_of_the_measured_completed_ones) {
  analyzed_run run = samples::empty_run();
  samples::add(run, samples::numbered_level());
  trial_moments requests;
  requests.add(answer(10, 3, 20ms));
  requests.add(answer(30, 5, 40ms));
  metrics::request_record failed = answer(500, 500, 500ms);
  failed.end = metrics::outcome::failed;
  requests.add(failed);
  metrics::request_record warmup = answer(500, 500, 500ms);
  warmup.warmup = true;
  requests.add(warmup);
  const std::string csv = raw_trials_csv(run, {requests});
  EXPECT_EQ(cell_of(csv, 0, "prompt_tokens_mean"), "20");
  EXPECT_EQ(cell_of(csv, 0, "output_tokens_mean"), "4");
  EXPECT_EQ(cell_of(csv, 0, "stream_time_ms_mean"), "30");
  EXPECT_EQ(cell_of(csv, 0, "stream_time_ms_std"), "10");
}

TEST(trial_table, figures_are_those_of_the_summary) {
  analyzed_run run = samples::empty_run();
  samples::add(run, samples::numbered_level());
  const std::string csv = raw_trials_csv(run, {trial_moments{}});
  const metrics::level_summary& level = run.levels.front();
  EXPECT_EQ(std::stod(cell_of(csv, 0, "ttft_ms_mean")), *level.of(metrics::metric::ttft).mean);
  EXPECT_EQ(std::stod(cell_of(csv, 0, "ttft_ms_p99")), *level.of(metrics::metric::ttft).p99);
  EXPECT_EQ(std::stod(cell_of(csv, 0, "total_time_ms_std")), *level.of(metrics::metric::e2e_done).std);
  EXPECT_EQ(std::stod(cell_of(csv, 0, "decode_tokens_per_s_mean")), *level.of(metrics::metric::tokens_per_s).mean);
  EXPECT_EQ(cell_of(csv, 0, "requests"), std::to_string(level.requests.issued));
  EXPECT_EQ(cell_of(csv, 0, "prompt_tokens_mean"), "");
}

TEST(trial_table, has_columns_for_what_any_server_told) {
  analyzed_run run = samples::empty_run();
  metrics::level_summary first = samples::numbered_level(), second = samples::numbered_level();
  first.server_reported.clear();
  second.server_reported.clear();
  first.server_reported["rss_peak_mb"] = samples::numbered(10);
  second.server_reported["tokenization_ms"] = samples::numbered(20);
  samples::add(run, first);
  samples::add(run, second);
  const std::vector<trial_moments> requests(2);
  const std::string csv = raw_trials_csv(run, requests);
  EXPECT_EQ(cell_of(csv, 0, "server_rss_peak_mb_mean"), "10.1");
  EXPECT_EQ(cell_of(csv, 0, "server_tokenization_ms_mean"), "");
  EXPECT_EQ(cell_of(csv, 1, "server_tokenization_ms_std"), "20.2");
  const boost::json::object trials = raw_trials_json(run, requests);
  const boost::json::value& of_first = trials.at("trials").as_array().at(0);
  EXPECT_EQ(of_first.at("server_reported").at("rss_peak_mb").at("mean"), 10.1);
  EXPECT_EQ(of_first.at("server_reported").as_object().size(), 1U);
}

TEST(trial_table, json_has_the_rows_of_the_csv) {
  analyzed_run run = samples::empty_run();
  samples::add(run, samples::numbered_level());
  const boost::json::object trials = raw_trials_json(run, {trial_moments{}});
  EXPECT_EQ(trials.at("schema"), "loadgen.trials/1");
  EXPECT_EQ(trials.at("label"), "baseline");
  const boost::json::object& row = trials.at("trials").as_array().at(0).as_object();
  for (const auto& column : trial_columns()) EXPECT_TRUE(row.contains(column.name)) << column.name;
  EXPECT_TRUE(row.at("prompt_tokens_mean").is_null());
  EXPECT_EQ(row.at("run_id"), boost::json::value(run.run.info.run_id));
}

} // namespace
} // namespace loadgen::report
