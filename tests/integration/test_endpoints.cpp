// Every endpoint against the reference server, which speaks them all and knows when it wrote what.

#include "reference_run.hpp"

#include <loadgen/base/endpoint.hpp>
#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/serve/truth.hpp>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <string>

namespace loadgen::test {
namespace {

using namespace std::chrono_literals;
using words = std::vector<std::string>;

constexpr std::uint64_t requests = 6;
constexpr std::uint64_t tokens = 12;

struct finished_run {
  std::vector<serve::truth_record> truth;
  boost::json::object summary;
  metrics::recorded_run records;
};

/// One request after the other: the server sees them in plan order.
finished_run run_against_reference(const words& options) {
  reference_server server{{"--ttft", "5ms", "--itl", "2ms"}};
  const temporary_folder results;
  words all{"--concurrency",        "1",      "--requests", std::to_string(requests), "--max-tokens",
            std::to_string(tokens), "--quiet"};
  all.insert(all.end(), options.begin(), options.end());
  const auto ended = run_process(run_command(server.url(), results, all));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  finished_run run;
  run.truth = serve::read_truth(server.stop()).value();
  run.summary = summary_of(run_folder_in(results));
  run.records = metrics::read_records(run_folder_in(results) / "raw/records.bin").value();
  return run;
}

class endpoint_truth : public testing::TestWithParam<endpoint_kind> {};

std::string name_of(const testing::TestParamInfo<endpoint_kind>& one) {
  return std::string{to_string(one.param)};
}

TEST_P(endpoint_truth, every_token_arrives_once_and_not_before_it_was_written) {
  const endpoint_kind endpoint = GetParam();
  const finished_run run = run_against_reference({"--endpoint", std::string{to_string(endpoint)}});
  ASSERT_EQ(run.truth.size(), requests);
  const auto& level = run.summary.at("levels").at(0);
  EXPECT_EQ(level.at("requests").at("completed").to_number<std::uint64_t>(), requests);
  EXPECT_EQ(level.at("tokens").at("output").to_number<std::uint64_t>(), requests * tokens);
  EXPECT_EQ(level.at("tokens").at("asked_output").to_number<std::uint64_t>(), requests * tokens);
  EXPECT_EQ(level.at("tokens").at("source"), "usage");
  EXPECT_EQ(run.summary.at("target").at("endpoint").as_string(), std::string{to_string(endpoint)});
  const auto& recorded = run.records.levels.at(0).requests;
  for (std::size_t i = 0; i < requests; ++i) {
    const serve::truth_record& written = run.truth[i];
    EXPECT_EQ(written.path, endpoint_path(endpoint));
    EXPECT_GE(written.received, *recorded[i].sent - 50us);
    ASSERT_EQ(recorded[i].chunks.size(), tokens);
    for (std::size_t token = 0; token < tokens; ++token)
      EXPECT_GE(recorded[i].chunks[token].arrival, written.written[token] - 50us);
    EXPECT_GE(*recorded[i].done, *written.closed - 50us);
    EXPECT_GT(recorded[i].usage.input.value_or(0), 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(all, endpoint_truth, testing::ValuesIn(all_endpoints), name_of);

class whole_answer_truth : public testing::TestWithParam<endpoint_kind> {};

TEST_P(whole_answer_truth, has_an_end_to_end_latency_and_none_of_a_token) {
  const endpoint_kind endpoint = GetParam();
  const finished_run run = run_against_reference({"--endpoint", std::string{to_string(endpoint)}, "--no-stream"});
  const auto& level = run.summary.at("levels").at(0);
  EXPECT_EQ(level.at("requests").at("completed").to_number<std::uint64_t>(), requests);
  EXPECT_EQ(level.at("requests").at("empty").to_number<std::uint64_t>(), 0U);
  EXPECT_EQ(level.at("tokens").at("output").to_number<std::uint64_t>(), requests * tokens);
  EXPECT_TRUE(level.at("tokens").at("per_chunk").is_null());
  for (const char* name : {"ttft_ms", "ttfo_ms", "itl_ms", "tpot_ms", "tokens_per_s"})
    EXPECT_EQ(level.at("metrics").at(name).at("count").to_number<std::uint64_t>(), 0U) << name;
  EXPECT_EQ(level.at("metrics").at("e2e_ms").at("count").to_number<std::uint64_t>(), requests);
  ASSERT_EQ(run.truth.size(), requests);
  const auto& recorded = run.records.levels.at(0).requests;
  for (std::size_t i = 0; i < requests; ++i) {
    const serve::truth_record& written = run.truth[i];
    EXPECT_FALSE(written.stream);
    EXPECT_EQ(written.path, endpoint_path({endpoint, false}));
    ASSERT_EQ(recorded[i].chunks.size(), 1U);
    EXPECT_GE(recorded[i].chunks[0].arrival, written.written.at(0) - 50us);
    EXPECT_EQ(recorded[i].chunks[0].arrival, recorded[i].done);
  }
}

std::vector<endpoint_kind> endpoints_with_whole_answers() {
  std::vector<endpoint_kind> found;
  for (const endpoint_kind endpoint : all_endpoints)
    if (answers_whole(endpoint)) found.push_back(endpoint);
  return found;
}

INSTANTIATE_TEST_SUITE_P(all, whole_answer_truth, testing::ValuesIn(endpoints_with_whole_answers()), name_of);

TEST(endpoint_auto, the_server_tells_by_its_list_of_models) {
  reference_server server{{"--ttft", "0ms", "--itl", "0ms"}};
  const temporary_folder results;
  const auto ended = run_process(run_command(
      server.url(), results, {"--endpoint", "auto", "--requests", "1", "--max-tokens", "1"}));
  EXPECT_EQ(ended.exit_code, 0) << ended.err;
  EXPECT_EQ(ended.err, "loadgen: --endpoint auto: chat, by GET /v1/models\n");
  EXPECT_EQ(summary_of(run_folder_in(results)).at("target").at("endpoint"), "chat");
}

TEST(whole_answers, objectives_of_tokens_are_refused_before_anything_is_sent) {
  const auto refused =
      run_process({LOADGEN_PROGRAM, "run", "--url", "http://127.0.0.1:1", "--no-stream", "--slo", "ttft=1s"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_EQ(refused.err, "loadgen: --slo: is of the tokens of a stream; with --no-stream expected an e2e\n");
  const auto none =
      run_process({LOADGEN_PROGRAM, "run", "--url", "http://127.0.0.1:1", "--no-stream", "--endpoint", "generate"});
  EXPECT_EQ(none.exit_code, 2);
  EXPECT_EQ(none.err, "loadgen: --no-stream: generate has no whole answers; expected another --endpoint\n");
}

} // namespace
} // namespace loadgen::test
