#include "unit/report/sample_runs.hpp"

#include <boost/algorithm/string/split.hpp>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

namespace loadgen::report {
namespace {

using fields = std::vector<std::string>;

fields split(const std::string& text, char separator) {
  fields parts;
  boost::algorithm::split(parts, text, [separator](char c) { return c == separator; });
  return parts;
}

void append_distribution(std::string& header, const std::string& name) {
  for (const char* figure : {"count", "mean", "std", "min", "p50", "p90", "p95", "p99", "p99_9", "max"})
    header += "," + name + "_" + figure;
}

void append_metric(std::string& header, const std::string& name) {
  append_distribution(header, name);
  for (const char* figure : {"p50", "p90", "p95", "p99", "p99_9"})
    header += "," + name + "_" + figure + "_ci95_low," + name + "_" + figure + "_ci95_high";
}

TEST(summary_csv, columns_are_in_the_documented_order) {
  std::string expected =
      "run_id,label,level,concurrency,rate,trial,complete,planned,issued,completed,failed,cancelled,"
      "dropped,empty,stale_reconnects,retries,duration_s,requests_per_s,output_tokens_per_s,"
      "total_tokens_per_s,goodput_per_s,slo_attainment,input_tokens,cached_input_tokens,output_tokens,"
      "asked_output_tokens,token_source,tokens_per_chunk";
  for (const char* metric : {"ttft_ms", "ttfo_ms", "ttfb_ms", "ttfe_ms", "ttft_planned_ms", "itl_ms", "tpot_ms",
                             "e2e_ms", "e2e_done_ms", "e2e_planned_ms", "tokens_per_s"})
    append_metric(expected, metric);
  expected += ",steady_state_reached,steady_state_warmup_requests,saturated,queue_growth_per_s";
  expected += ",cause_dns,cause_connect,cause_connect_timeout,cause_tls,cause_send,cause_closed_before_response,"
              "cause_http_status,cause_protocol,cause_content_type,cause_truncated,cause_in_band_error,"
              "cause_bad_payload,cause_stall_timeout,cause_timeout,cause_too_large,cause_drain_limit,cause_interrupt,"
              "verdict,reasons,kernel_timestamps,coalesced_fraction,coalesced_behind_fraction";
  append_distribution(expected, "send_lag_ms");
  append_distribution(expected, "receive_lag_ms");
  expected += ",client_cpu_fraction,busy_fraction,longest_stall_ms,tcp_min_rtt_us,tcp_retransmits,longest_flush_gap_ms,"
              "conversations_begun,conversations_completed,conversations_failed,conversations_cut_off";
  append_distribution(expected, "conversation_duration_s");
  expected += "\n";
  EXPECT_EQ(summary_csv(samples::empty_run()), expected);
}

TEST(summary_csv, values_stand_under_their_names) {
  analyzed_run run = samples::empty_run();
  metrics::level_summary level = samples::numbered_level();
  samples::set_attainment(level, 3, 8);
  level.rates.goodput_per_s = 4.5;
  level.metrics.front().ci95.p50 = metrics::interval{1000.35, 1000.45};
  level.steadiness = {
      {.which = metrics::metric::ttft, .reached = true, .warmup_requests = 0, .warmup_s = 0.0, .p50 = {}, .p99 = {}},
      {.which = metrics::metric::itl, .reached = true, .warmup_requests = 12, .warmup_s = 0.5, .p50 = {}, .p99 = {}}};
  level.queue = metrics::queue_growth{.saturated = true, .begin = 3, .end = 28, .per_s = 2.5};
  samples::add(run, level);
  const fields lines = split(summary_csv(run), '\n');
  ASSERT_EQ(lines.size(), 3U); // the last is empty: the text ends in a line feed
  const fields names = split(lines[0], ',');
  const fields values = split(lines[1], ',');
  ASSERT_EQ(names.size(), values.size());
  std::map<std::string, std::string> row;
  for (std::size_t i = 0; i < names.size(); ++i) row[names[i]] = values[i];
  ASSERT_EQ(row.size(), names.size()); // no name twice

  const std::map<std::string, std::string> expected{{"run_id", "20260722-131502-4f2a"},
                                                    {"label", "baseline"},
                                                    {"level", "0"},
                                                    {"concurrency", "32"},
                                                    {"rate", ""},
                                                    {"trial", "2"},
                                                    {"complete", "true"},
                                                    {"planned", "101"},
                                                    {"issued", "102"},
                                                    {"completed", "103"},
                                                    {"failed", "104"},
                                                    {"cancelled", "105"},
                                                    {"dropped", "106"},
                                                    {"empty", "107"},
                                                    {"stale_reconnects", "108"},
                                                    {"retries", "109"},
                                                    {"duration_s", "61.5"},
                                                    {"requests_per_s", "1.5"},
                                                    {"output_tokens_per_s", "2.5"},
                                                    {"total_tokens_per_s", "3.5"},
                                                    {"goodput_per_s", "4.5"},
                                                    {"slo_attainment", "0.375"},
                                                    {"input_tokens", "301"},
                                                    {"cached_input_tokens", "302"},
                                                    {"output_tokens", "303"},
                                                    {"asked_output_tokens", "304"},
                                                    {"token_source", "usage"},
                                                    {"tokens_per_chunk", "1.25"},
                                                    {"ttft_ms_count", "1000"},
                                                    {"ttft_ms_mean", "1000.1"},
                                                    {"ttft_ms_std", "1000.2"},
                                                    {"ttft_ms_min", "1000.3"},
                                                    {"ttft_ms_p50", "1000.4"},
                                                    {"ttft_ms_p90", "1000.5"},
                                                    {"ttft_ms_p95", "1000.6"},
                                                    {"ttft_ms_p99", "1000.7"},
                                                    {"ttft_ms_p99_9", "1000.8"},
                                                    {"ttft_ms_max", "1000.9"},
                                                    {"ttft_ms_p50_ci95_low", "1000.35"},
                                                    {"ttft_ms_p50_ci95_high", "1000.45"},
                                                    {"ttft_ms_p99_ci95_low", ""},
                                                    {"ttft_ms_p99_ci95_high", ""},
                                                    {"steady_state_reached", "true"},
                                                    {"steady_state_warmup_requests", "12"},
                                                    {"saturated", "true"},
                                                    {"queue_growth_per_s", "2.5"},
                                                    {"itl_ms_p99", "6000.7"},
                                                    {"e2e_ms_p50", "8000.4"},
                                                    {"tokens_per_s_mean", "11000.1"},
                                                    {"cause_dns", "501"},
                                                    {"cause_interrupt", "517"},
                                                    {"verdict", "client_bound"},
                                                    {"reasons", "send lag; stall"},
                                                    {"kernel_timestamps", "false"},
                                                    {"coalesced_fraction", "0.51"},
                                                    {"coalesced_behind_fraction", "0.52"},
                                                    {"send_lag_ms_p99", "30000.7"},
                                                    {"receive_lag_ms_p50", "31000.4"},
                                                    {"client_cpu_fraction", "0.53"},
                                                    {"busy_fraction", "0.54"},
                                                    {"longest_stall_ms", "55.5"},
                                                    {"tcp_min_rtt_us", "56.5"},
                                                    {"tcp_retransmits", "57"},
                                                    {"longest_flush_gap_ms", "57.5"}};
  for (const auto& [name, value] : expected) EXPECT_EQ(row.at(name), value) << name;
}

TEST(summary_csv, one_row_a_level_and_trial) {
  analyzed_run run = samples::empty_run();
  for (const std::uint32_t concurrency : {1U, 8U}) samples::add(run, samples::good_level(concurrency, 100));
  const fields lines = split(summary_csv(run), '\n');
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_TRUE(lines[1].starts_with("20260722-131502-4f2a,baseline,0,1,,1,true,100,100,")) << lines[1];
  EXPECT_TRUE(lines[2].starts_with("20260722-131502-4f2a,baseline,1,8,,1,true,100,100,")) << lines[2];
}

TEST(turns_csv, has_a_row_for_each_turn) {
  analyzed_run run = samples::empty_run();
  samples::add(run, samples::numbered_level());
  EXPECT_EQ(turns_csv(run), "");
  metrics::level_summary level = samples::numbered_level();
  samples::set_conversations(level);
  samples::add(run, level);
  const fields lines = split(turns_csv(run), '\n');
  ASSERT_EQ(lines.size(), 4U);
  const fields names = split(lines[0], ','), values = split(lines[2], ',');
  ASSERT_EQ(names.size(), values.size());
  std::map<std::string, std::string> row;
  for (std::size_t i = 0; i < names.size(); ++i) row[names[i]] = values[i];
  EXPECT_EQ(row["level"], "1");
  EXPECT_EQ(row["turn"], "2");
  EXPECT_EQ(row["issued"], "612");
  EXPECT_EQ(row["completed"], "622");
  EXPECT_EQ(row["failed"], "632");
  EXPECT_EQ(row["ttft_ms_count"], "42000");
  EXPECT_EQ(row["tpot_ms_count"], "52000");
  EXPECT_EQ(row["e2e_ms_count"], "62000");
  EXPECT_EQ(row["input_tokens_count"], "72000");
  EXPECT_EQ(row["output_tokens_count"], "82000");
  EXPECT_EQ(row["cached_input_share"], "0.75");
}

} // namespace
} // namespace loadgen::report
