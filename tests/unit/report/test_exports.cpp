#include "unit/report/sample_runs.hpp"

#include <loadgen/report/exports.hpp>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <set>

namespace loadgen::report {
namespace {

using namespace std::chrono_literals;
namespace json = boost::json;
using metrics::chunk_stamp;
using metrics::request_record;

constexpr instant epoch{1'000s};

// Sent `at` after the epoch on a connection that took 2 ms; tokens 50, 60 and 80 ms after it was sent, done at 81 ms.
request_record answered(std::uint64_t index, duration at) {
  request_record record;
  record.index = index;
  record.released = epoch + at - 2ms;
  record.connect_time = 2ms;
  record.connected = record.sent = epoch + at;
  for (const duration after : {50ms, 60ms, 80ms})
    record.chunks.push_back({*record.sent + after, {}, chunk_stamp::answer});
  record.chunks.front().flags = 0; // the first is reasoning
  record.done = record.ended = *record.sent + 81ms;
  record.usage = {.input = 100, .cached = {}, .output = 4, .reasoning = 1};
  record.end = metrics::outcome::completed;
  record.http_status = 200;
  return record;
}

request_record refused(std::uint64_t index, duration at) {
  request_record record;
  record.index = index;
  record.released = record.connected = record.sent = epoch + at;
  record.ended = epoch + at + 1ms;
  record.end = metrics::outcome::failed;
  record.why = metrics::cause::http_status;
  record.http_status = 503;
  record.message = "busy";
  return record;
}

// Two answers 100 ms apart, one refusal, one that was cancelled, and a warm-up.
analyzed_run small_run() {
  metrics::recorded_run run;
  run.info.run_id = "20260722-131502-4f2a";
  run.info.epoch = epoch;
  run.info.epoch_unix_ns = 1'784'726'102'000'000'000; // 2026-07-22T13:15:02Z
  run.info.manifest = {{"label", "base"},
                       {"target", {{"urls", {"http://a:1"}}, {"endpoint", "chat"}, {"model", "m"}}},
                       {"settings", {{"arrival", {{"value", "poisson"}, {"source", "default"}}}}},
                       {"slo", {{"objectives", {{"ttft_ms", 51.0}}}, {"required_attainment", 0.99}}}};
  metrics::recorded_level level;
  level.info.concurrency = 2;
  level.info.begin = epoch;
  level.info.planned = 4;
  request_record warmup = answered(0, 5ms);
  warmup.warmup = true;
  request_record reused = answered(1, 110ms);
  reused.connect_time = {};
  request_record cancelled = answered(3, 130ms);
  cancelled.end = metrics::outcome::cancelled;
  cancelled.why = metrics::cause::drain_limit;
  level.requests = {warmup, answered(0, 10ms), reused, refused(2, 120ms), cancelled};
  metrics::level_end end;
  end.measured_from = epoch;
  end.issuing_ended = end.ended = epoch + 3s;
  end.workers = {{}};
  level.end = end;
  run.levels.push_back(level);
  run.end = metrics::run_end{.complete = true, .interrupted_by = 0, .end_unix_ns = 0, .manifest = {}};
  return analyze(std::move(run));
}

double number(const json::value& value) {
  return value.to_number<double>();
}

TEST(vllm_export, figures_are_those_of_the_tool) {
  const json::object result = vllm_json(small_run(), 0, false);
  // Connecting counts: the first request took 2 ms longer than the second, which had a connection.
  EXPECT_DOUBLE_EQ(number(result.at("mean_ttft_ms")), 51);
  EXPECT_DOUBLE_EQ(number(result.at("median_ttft_ms")), 51);
  EXPECT_DOUBLE_EQ(number(result.at("std_ttft_ms")), 1);
  EXPECT_NEAR(number(result.at("p99_ttft_ms")), 51.98, 1e-9);
  EXPECT_NEAR(number(result.at("p0.1_ttft_ms")), 50.002, 1e-9);
  EXPECT_DOUBLE_EQ(number(result.at("mean_itl_ms")), 15);
  EXPECT_DOUBLE_EQ(number(result.at("mean_tpot_ms")), 10); // 30 ms after the first of 4 tokens
  EXPECT_DOUBLE_EQ(number(result.at("mean_e2el_ms")), 81); // to the last token: 82 and 80
  EXPECT_EQ(number(result.at("completed")), 2);
  EXPECT_EQ(number(result.at("failed")), 1);
  EXPECT_EQ(number(result.at("num_prompts")), 4);
  EXPECT_EQ(number(result.at("total_input_tokens")), 200);
  EXPECT_EQ(number(result.at("total_output_tokens")), 8);
  // From the first call, 8 ms, to the end of the last request, 191 ms.
  EXPECT_DOUBLE_EQ(number(result.at("duration")), 0.183);
  EXPECT_DOUBLE_EQ(number(result.at("request_throughput")), 2 / 0.183);
  EXPECT_DOUBLE_EQ(number(result.at("total_token_throughput")), 208 / 0.183);
  EXPECT_DOUBLE_EQ(number(result.at("request_goodput")), 1 / 0.183); // TTFT 52 misses 51 ms
  EXPECT_EQ(number(result.at("max_output_tokens_per_s")), 6);        // events: this tool counts one token each here
  EXPECT_EQ(number(result.at("max_concurrent_requests")), 2);
}

TEST(vllm_export, its_setup_is_in_the_words_of_the_tool) {
  const json::object result = vllm_json(small_run(), 0, false);
  EXPECT_EQ(result.at("date"), "20260722-131505"); // when the level ended
  EXPECT_EQ(result.at("backend"), "openai-chat");
  EXPECT_EQ(result.at("endpoint_type"), "openai-chat");
  EXPECT_EQ(result.at("label"), "base");
  EXPECT_EQ(result.at("model_id"), "m");
  EXPECT_EQ(result.at("request_rate"), "inf");
  EXPECT_EQ(number(result.at("burstiness")), 1);
  EXPECT_EQ(number(result.at("max_concurrency")), 2);
  EXPECT_FALSE(result.contains("ttfts"));
}

TEST(vllm_export, of_an_open_loop_has_rate_burstiness_and_cap) {
  analyzed_run run = small_run();
  run.run.levels[0].info.concurrency = run.levels[0].info.concurrency = std::nullopt;
  run.run.levels[0].info.rate = run.levels[0].info.rate = 2.5;
  json::object& settings = run.run.info.manifest["settings"].as_object();
  settings["arrival"].as_object()["value"] = "gamma:0.5";
  settings["max-concurrency"] = {{"value", 64}, {"source", "flag"}};
  json::object result = vllm_json(run, 0, false);
  EXPECT_EQ(number(result.at("request_rate")), 2.5);
  EXPECT_EQ(number(result.at("burstiness")), 4);
  EXPECT_EQ(number(result.at("max_concurrency")), 64);
  settings["arrival"].as_object()["value"] = "constant";
  EXPECT_EQ(vllm_json(run, 0, false).at("burstiness"), "inf");
}

TEST(vllm_export, detailed_arrays_have_an_entry_for_each_request_in_plan_order) {
  const json::object result = vllm_json(small_run(), 0, true);
  EXPECT_EQ(json::serialize(result.at("input_lens")), "[100,100,0]");
  EXPECT_EQ(json::serialize(result.at("output_lens")), "[4,4,0]");
  EXPECT_EQ(result.at("errors"), (json::array{"", "", "busy"}));
  EXPECT_EQ(result.at("generated_texts"), (json::array{"", "", ""}));
  const json::array& ttfts = result.at("ttfts").as_array();
  EXPECT_DOUBLE_EQ(number(ttfts[0]), 0.052);
  EXPECT_DOUBLE_EQ(number(ttfts[1]), 0.05);
  EXPECT_EQ(number(ttfts[2]), 0);
  const json::array& gaps = result.at("itls").as_array();
  ASSERT_EQ(gaps[0].as_array().size(), 2U);
  EXPECT_DOUBLE_EQ(number(gaps[0].as_array()[1]), 0.02);
  EXPECT_TRUE(gaps[2].as_array().empty());
  EXPECT_DOUBLE_EQ(number(result.at("start_times").as_array()[0]), 0.008);
}

// What llm-d-benchmark's import of these files takes: it computes num_prompts - completed, reads the date by that
// format, and looks each percentile up by name.
TEST(vllm_export, has_all_that_llm_d_benchmark_reads) {
  const json::object result = vllm_json(small_run(), 0, true);
  std::set<std::string> names{"date",        "duration",          "request_rate",       "max_concurrency",
                              "num_prompts", "completed",         "total_input_tokens", "input_lens",
                              "output_lens", "output_throughput", "request_throughput", "total_token_throughput"};
  for (const char* metric : {"ttft", "tpot", "itl", "e2el"})
    for (const char* figure :
         {"mean", "std", "median", "p0.1", "p1", "p5", "p10", "p25", "p75", "p90", "p95", "p99", "p99.9"})
      names.insert(std::string{figure} + "_" + metric + "_ms");
  for (const std::string& name : names) {
    ASSERT_TRUE(result.contains(name)) << name;
    EXPECT_FALSE(result.at(name).is_null()) << name;
  }
  for (const json::key_value_pair& member : result)
    EXPECT_TRUE(!member.key().ends_with("_ms") || member.value().is_number()) << member.key();
}

TEST(aiperf_export, metrics_have_the_tools_shape_and_figures) {
  const json::object result = aiperf_json(small_run(), 0);
  const json::object& ttft = result.at("time_to_first_token").as_object();
  std::set<std::string> names;
  for (const json::key_value_pair& member : ttft) names.insert(member.key());
  EXPECT_EQ(names, (std::set<std::string>{"unit", "avg", "p1", "p5", "p10", "p25", "p50", "p75", "p90", "p95", "p99",
                                          "min", "max", "std", "count", "sum"}));
  EXPECT_EQ(ttft.at("unit"), "ms");
  EXPECT_DOUBLE_EQ(number(ttft.at("avg")), 51);
  EXPECT_EQ(number(ttft.at("count")), 2);
  EXPECT_DOUBLE_EQ(number(ttft.at("sum")), 102);
  const auto avg = [&](const char* tag) { return number(result.at(tag).at("avg")); };
  EXPECT_DOUBLE_EQ(avg("time_to_second_token"), 10);
  EXPECT_DOUBLE_EQ(avg("time_to_first_output_token"), 61); // the first event is reasoning
  EXPECT_DOUBLE_EQ(avg("inter_token_latency"), 10);        // one a request: 30 ms over 3 tokens
  EXPECT_DOUBLE_EQ(avg("inter_chunk_latency"), 15);
  EXPECT_DOUBLE_EQ(avg("request_latency"), 81);
  EXPECT_DOUBLE_EQ(avg("output_token_throughput_per_user"), 100);
  EXPECT_EQ(avg("input_sequence_length"), 100);
  EXPECT_EQ(avg("output_sequence_length"), 4);
  EXPECT_EQ(avg("output_token_count"), 3);
  EXPECT_EQ(avg("reasoning_token_count"), 1);
  EXPECT_EQ(avg("request_count"), 2);
  EXPECT_EQ(avg("error_request_count"), 1);
  EXPECT_EQ(avg("total_isl"), 200);
  EXPECT_DOUBLE_EQ(avg("benchmark_duration"), 0.182); // of the completed ones: 8 to 190 ms
  EXPECT_DOUBLE_EQ(avg("request_throughput"), 2 / 0.182);
  EXPECT_DOUBLE_EQ(avg("goodput"), 1 / 0.182);
  EXPECT_EQ(avg("good_request_count"), 1);
  EXPECT_EQ(avg("good_request_fraction"), 0.5);
}

TEST(aiperf_export, tells_of_the_run_around_the_metrics) {
  const json::object result = aiperf_json(small_run(), 0);
  EXPECT_EQ(result.at("schema_version"), "1.4");
  EXPECT_EQ(result.at("benchmark_id"), "20260722-131502-4f2a");
  EXPECT_EQ(result.at("was_cancelled"), false);
  EXPECT_EQ(result.at("is_complete"), true);
  EXPECT_FALSE(result.contains("incomplete_reason"));
  EXPECT_EQ(result.at("start_time"), "2026-07-22T13:15:02");
  EXPECT_EQ(result.at("end_time"), "2026-07-22T13:15:05");
  EXPECT_EQ(result.at("input_config").at("loadgen").at("concurrency"), 2);
  const json::array& errors = result.at("error_summary").as_array();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].at("count"), 1);
  EXPECT_EQ(errors[0].at("error_details").at("code"), 503);
  EXPECT_EQ(errors[0].at("error_details").at("message"), "busy");
}

TEST(aiperf_export, what_was_not_measured_is_absent) {
  analyzed_run run = small_run();
  for (request_record& record : run.run.levels[0].requests) {
    record.usage = {};
    record.chunks.resize(std::min<std::size_t>(record.chunks.size(), 1));
  }
  const json::object result = aiperf_json(run, 0);
  for (const char* tag : {"time_to_second_token", "inter_token_latency", "inter_chunk_latency", "reasoning_token_count",
                          "input_sequence_length", "total_isl", "total_token_throughput"})
    EXPECT_FALSE(result.contains(tag)) << tag;
  EXPECT_TRUE(result.contains("time_to_first_token"));
}

} // namespace
} // namespace loadgen::report
