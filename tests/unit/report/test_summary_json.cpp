#include "unit/report/sample_runs.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <csignal>
#include <limits>
#include <set>
#include <string>

namespace loadgen::report {
namespace {

namespace json = boost::json;
using key_set = std::set<std::string>;

/// What is the run's own to fill: the keys below are not the schema's.
bool is_open(const std::string& path) {
  static const key_set open{"target", "workload", "system", "levels[].requests.http_statuses",
                            "levels[].requests.first_messages"};
  return open.contains(path);
}

void collect_keys(const json::value& value, const std::string& path, key_set& keys) {
  if (!path.empty()) keys.insert(path);
  if (is_open(path)) return;
  if (const json::object* object = value.if_object())
    for (const json::key_value_pair& member : *object)
      collect_keys(member.value(), (path.empty() ? "" : path + ".") + std::string{member.key()}, keys);
  if (const json::array* array = value.if_array())
    for (const json::value& element : *array)
      if (element.is_object()) collect_keys(element, path + "[]", keys);
}

void expect_distribution(key_set& keys, const std::string& path) {
  keys.insert(path);
  for (const char* figure : {"count", "mean", "std", "min", "p50", "p90", "p95", "p99", "p99_9", "max", "ci95", "thin"})
    keys.insert(path + "." + figure);
}

key_set schema_keys() {
  key_set keys{"schema", "run_id",   "label",  "complete", "interrupted_by", "target", "workload", "system",
               "levels", "levels[]", "trials", "search",   "knee",           "cost",   "monitors", "grid"};
  const auto add = [&keys](const std::string& parent, std::initializer_list<const char*> names) {
    for (const char* name : names) keys.insert(parent + "." + name);
  };
  add("levels[]",
      {"concurrency", "rate",         "trial",      "grid",       "lengths",  "lengths.input",     "lengths.output",
       "complete",    "requests",     "duration_s", "throughput", "tokens",   "percentile_method", "metrics",
       "turns",       "steady_state", "saturation", "arrivals",   "by_model", "server_reported",   "slo",
       "audit"});
  add("levels[].requests", {"planned", "issued", "completed", "failed", "cancelled", "dropped", "dropped_by", "empty",
                            "stale_reconnects", "retries", "causes", "http_statuses", "first_messages"});
  add("levels[].requests.dropped_by", {"cap", "conversation", "not_reached"});
  add("levels[].requests.causes", {"dns", "connect", "connect_timeout", "tls", "send", "closed_before_response",
                                   "http_status", "protocol", "content_type", "truncated", "in_band_error",
                                   "bad_payload", "stall_timeout", "timeout", "too_large", "drain_limit", "interrupt"});
  add("levels[].throughput", {"requests_per_s", "output_tokens_per_s", "total_tokens_per_s", "goodput_per_s"});
  add("levels[].tokens", {"input", "cached_input", "output", "asked_output", "source", "per_chunk"});
  for (const char* metric : {"ttft_ms", "ttfo_ms", "ttfb_ms", "ttfe_ms", "ttft_planned_ms", "itl_ms", "tpot_ms",
                             "e2e_ms", "e2e_done_ms", "e2e_planned_ms", "tokens_per_s"}) {
    const std::string path = std::string{"levels[].metrics."} + metric;
    expect_distribution(keys, path);
    keys.insert(path + ".instrument_error");
  }
  add("levels[].audit", {"verdict", "reasons", "kernel_timestamps", "coalesced_fraction", "coalesced_behind_fraction",
                         "client_cpu_fraction", "busy_fraction", "longest_stall_ms", "longest_flush_gap_ms", "tcp",
                         "tcp.min_rtt_us", "tcp.retransmits", "calibration"});
  expect_distribution(keys, "levels[].audit.send_lag_ms");
  expect_distribution(keys, "levels[].audit.receive_lag_ms");
  return keys;
}

json::value summary_of(metrics::level_summary level) {
  analyzed_run run = samples::empty_run();
  samples::add(run, std::move(level));
  return summary_json(run);
}

json::value expected_distribution(std::uint64_t base) {
  const auto figure = [base](int tenths) { return static_cast<double>(base) + tenths / 10.0; };
  return {{"count", base},      {"mean", figure(1)}, {"std", figure(2)}, {"min", figure(3)},
          {"p50", figure(4)},   {"p90", figure(5)},  {"p95", figure(6)}, {"p99", figure(7)},
          {"p99_9", figure(8)}, {"max", figure(9)},  {"ci95", nullptr},  {"thin", {"p99", "p99_9"}}};
}

json::value expected_metric(std::uint64_t base) {
  json::value expected = expected_distribution(base);
  expected.as_object()["instrument_error"] = nullptr;
  return expected;
}

TEST(summary_json, has_every_key_of_the_schema_and_no_other) {
  metrics::level_summary level = samples::numbered_level();
  level.server_reported.clear();
  key_set keys;
  collect_keys(summary_of(std::move(level)), "", keys);
  EXPECT_EQ(keys, schema_keys());
}

TEST(summary_json, has_every_key_where_nothing_was_measured) {
  key_set keys;
  collect_keys(summary_of({}), "", keys);
  EXPECT_EQ(keys, schema_keys());
}

TEST(summary_json, an_slo_is_told_with_how_far_it_was_met) {
  metrics::level_summary level = samples::numbered_level();
  samples::set_attainment(level, 5, 8);
  EXPECT_EQ(summary_of(level).at("levels").at(0).at("slo"), json::parse(R"({
    "objectives": {"ttft_ms": 500.0, "itl_ms": 50.0}, "required_attainment": 0.99,
    "attainment": 0.625, "met_requests": 5, "requests": 8, "holds": false,
    "by_objective": {"ttft_ms": 0.75, "itl_ms": 0.625}})"));
}

TEST(summary_json, an_slo_that_no_request_was_held_to_has_no_shares) {
  metrics::level_summary level = samples::numbered_level();
  level.attainment = metrics::slo_attainment{.asked = {.limits = {{metrics::metric::ttft, std::chrono::seconds{1}}}},
                                             .missed = {{metrics::metric::ttft, 0}}};
  const json::value slo = summary_of(level).at("levels").at(0).at("slo");
  EXPECT_EQ(slo.at("attainment"), nullptr);
  EXPECT_EQ(slo.at("holds"), false);
  EXPECT_EQ(slo.at("by_objective").at("ttft_ms"), nullptr);
}

TEST(summary_json, a_percentile_has_its_interval_where_there_is_one) {
  metrics::level_summary level = samples::numbered_level();
  EXPECT_EQ(summary_of(level).at("levels").at(0).at("metrics").at("ttft_ms").at("ci95"), nullptr);
  level.metrics.front().ci95.p50 = metrics::interval{1000.25, 1000.5};
  level.metrics.front().ci95.p99 = metrics::interval{1000.625, 1000.75};
  EXPECT_EQ(summary_of(level).at("levels").at(0).at("metrics").at("ttft_ms").at("ci95"),
            json::parse(R"({"p50": [1000.25, 1000.5], "p90": null, "p95": null, "p99": [1000.625, 1000.75],
                            "p99_9": null})"));
}

metrics::steady_state settled(metrics::metric which, std::uint64_t requests, double seconds) {
  metrics::steady_state state;
  state.which = which;
  state.reached = true;
  state.warmup_requests = requests;
  state.warmup_s = seconds;
  return state;
}

TEST(summary_json, the_metric_that_settles_last_stands_for_all) {
  metrics::level_summary level = samples::numbered_level();
  level.steadiness = {settled(metrics::metric::ttft, 0, 0), settled(metrics::metric::e2e, 10, 1.5)};
  level.steadiness[1].p50 = 20.5;
  level.steadiness[1].p99 = 30.5;
  EXPECT_EQ(summary_of(level).at("levels").at(0).at("steady_state"), json::parse(R"({
    "reached": true, "metric": "e2e_ms", "warmup_requests": 10, "warmup_s": 1.5, "metrics": {
      "ttft_ms": {"reached": true, "warmup_requests": 0, "warmup_s": 0.0, "p50": null, "p99": null},
      "e2e_ms": {"reached": true, "warmup_requests": 10, "warmup_s": 1.5, "p50": 20.5, "p99": 30.5}}})"));

  metrics::steady_state never;
  never.which = metrics::metric::itl;
  level.steadiness.push_back(never);
  const json::value worst = summary_of(level).at("levels").at(0).at("steady_state");
  EXPECT_EQ(worst.at("reached"), false);
  EXPECT_EQ(worst.at("metric"), "itl_ms");
  EXPECT_EQ(worst.at("warmup_requests"), nullptr);
}

TEST(summary_json, arrivals_are_told_beside_what_was_planned) {
  metrics::level_summary level;
  level.arrivals =
      metrics::arrival_comparison{.planned = {.rate = 4, .cv = 1.02}, .achieved = {.rate = 3.9, .cv = 0.98}};
  EXPECT_EQ(summary_of(level).at("levels").at(0).at("arrivals"),
            json::parse(R"({"planned":{"rate":4.0,"cv":1.02},"achieved":{"rate":3.9,"cv":0.98}})"));
}

TEST(summary_json, a_queue_that_grew_is_told) {
  metrics::level_summary level = samples::numbered_level();
  level.queue = metrics::queue_growth{.saturated = true, .begin = 3, .end = 28, .per_s = 2.5};
  EXPECT_EQ(summary_of(level).at("levels").at(0).at("saturation"),
            json::parse(R"({"saturated": true, "in_system_begin": 3, "in_system_end": 28, "growth_per_s": 2.5})"));
}

TEST(summary_json, figures_over_the_trials_that_ran_to_their_end) {
  analyzed_run run = samples::empty_run();
  for (const std::uint32_t trial : {1U, 2U, 3U, 4U}) {
    metrics::level_summary level = samples::good_level(8, 100);
    level.info.trial = trial;
    level.metrics.front().p50 = trial; // 1, 2, 3, and 4 of a trial that was interrupted
    level.complete = trial < 4;
    samples::add(run, std::move(level));
    run.levels.back().info.level = 0;
  }
  samples::add(run, samples::good_level(16, 100));

  const json::value trials = summary_json(run).at("trials");
  ASSERT_EQ(trials.as_array().size(), 1U); // the second level was not repeated
  const json::value& level = trials.at(0);
  EXPECT_EQ(level.at("concurrency"), 8);
  EXPECT_EQ(level.at("rate"), nullptr);
  EXPECT_EQ(level.at("trials"), 3);
  const json::value& p50 = level.at("metrics").at("ttft_ms").at("p50");
  EXPECT_EQ(p50.at("trials"), 3);
  EXPECT_EQ(p50.at("mean"), 2.0);
  EXPECT_EQ(p50.at("std"), 1.0);
  EXPECT_NEAR(p50.at("ci95").at(0).as_double(), 2 - 2.484137, 1e-5); // t(0.975, 2) / sqrt(3)
  EXPECT_NEAR(p50.at("ci95").at(1).as_double(), 2 + 2.484137, 1e-5);
  EXPECT_EQ(level.at("throughput").at("requests_per_s").at("std"), 0.0);
  EXPECT_EQ(level.at("throughput").at("goodput_per_s").at("mean"), nullptr);
}

TEST(summary_json, the_run_is_described_from_its_manifest) {
  const json::object summary = summary_json(samples::empty_run());
  EXPECT_EQ(summary.at("schema"), "loadgen.summary/1");
  EXPECT_EQ(summary.at("run_id"), "20260722-131502-4f2a");
  EXPECT_EQ(summary.at("label"), "baseline");
  EXPECT_EQ(summary.at("complete"), true);
  EXPECT_EQ(summary.at("interrupted_by"), nullptr);
  EXPECT_EQ(summary.at("target").at("model"), "meta-llama/Llama-3.1-8B-Instruct");
  EXPECT_EQ(summary.at("workload").at("dataset").at("name"), "builtin:default");
  EXPECT_EQ(summary.at("system").at("kernel"), "6.1.0-18-amd64");
  EXPECT_EQ(summary.at("levels"), json::array{});
}

TEST(summary_json, what_the_manifest_lacks_is_null) {
  analyzed_run run = samples::empty_run();
  run.run.info.manifest.clear();
  const json::object summary = summary_json(run);
  for (const char* key : {"label", "target", "workload", "system", "trials", "search", "knee", "cost", "monitors"})
    EXPECT_EQ(summary.at(key), nullptr) << key;
}

TEST(summary_json, an_interrupted_run_is_not_complete_and_names_the_signal) {
  analyzed_run run = samples::empty_run();
  run.run.end->complete = false;
  run.run.end->interrupted_by = SIGINT;
  EXPECT_EQ(summary_json(run).at("complete"), false);
  EXPECT_EQ(summary_json(run).at("interrupted_by"), "SIGINT");
  run.run.end->interrupted_by = SIGTERM;
  EXPECT_EQ(summary_json(run).at("interrupted_by"), "SIGTERM");
  run.run.end.reset();
  EXPECT_EQ(summary_json(run).at("complete"), false);
  EXPECT_EQ(summary_json(run).at("interrupted_by"), nullptr);
}

TEST(summary_json, counts_and_rates_are_in_their_places) {
  const json::value summary = summary_of(samples::numbered_level());
  const json::value& level = summary.at_pointer("/levels/0");
  EXPECT_EQ(level.at("concurrency"), 32);
  EXPECT_EQ(level.at("rate"), nullptr);
  EXPECT_EQ(level.at("trial"), 2);
  EXPECT_EQ(level.at("complete"), true);
  EXPECT_EQ(level.at("duration_s"), 61.5);
  EXPECT_EQ(level.at("slo"), nullptr);
  EXPECT_EQ(level.at("percentile_method"), "linear interpolation, all samples");
  EXPECT_EQ(
      level.at("throughput"),
      (json::value{
          {"requests_per_s", 1.5}, {"output_tokens_per_s", 2.5}, {"total_tokens_per_s", 3.5}, {"goodput_per_s", 4.5}}));
  EXPECT_EQ(level.at("tokens"), (json::value{{"input", 301},
                                             {"cached_input", 302},
                                             {"output", 303},
                                             {"asked_output", 304},
                                             {"source", "usage"},
                                             {"per_chunk", 1.25}}));
  json::object requests = level.at("requests").as_object();
  EXPECT_EQ(requests.at("causes").at("dns"), 501);
  EXPECT_EQ(requests.at("causes").at("http_status"), 507);
  EXPECT_EQ(requests.at("causes").at("interrupt"), 517);
  requests.erase("causes");
  EXPECT_EQ(requests, (json::object{{"planned", 101},
                                    {"issued", 102},
                                    {"completed", 103},
                                    {"failed", 104},
                                    {"cancelled", 105},
                                    {"dropped", 106},
                                    {"dropped_by", {{"cap", 110}, {"conversation", 112}, {"not_reached", 111}}},
                                    {"empty", 107},
                                    {"stale_reconnects", 108},
                                    {"retries", 109},
                                    {"http_statuses", {{"429", 201}, {"503", 202}}},
                                    {"first_messages", {{"http_status", "overloaded"}}}}));
}

TEST(summary_json, the_instruments_error_stands_beside_the_figures_it_is_of) {
  metrics::level_summary level = samples::numbered_level();
  level.instrument[static_cast<std::size_t>(metrics::metric::itl)] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
  EXPECT_EQ(summary_of(std::move(level)).at_pointer("/levels/0/metrics/itl_ms/instrument_error"),
            (json::value{{"mean", 0.1}, {"p50", 0.2}, {"p90", 0.3}, {"p95", 0.4}, {"p99", 0.5}, {"p99_9", 0.6}}));
}

TEST(summary_json, distributions_are_in_their_places) {
  const json::value summary = summary_of(samples::numbered_level());
  const json::value& level = summary.at_pointer("/levels/0");
  std::uint64_t base = 1'000;
  for (const char* metric : {"ttft_ms", "ttfo_ms", "ttfb_ms", "ttfe_ms", "ttft_planned_ms", "itl_ms", "tpot_ms",
                             "e2e_ms", "e2e_done_ms", "e2e_planned_ms", "tokens_per_s"}) {
    EXPECT_EQ(level.at("metrics").at(metric), expected_metric(base)) << metric;
    base += 1'000;
  }
  EXPECT_EQ(level.at("server_reported"), (json::value{{"prompt_ms", expected_distribution(20'000)},
                                                      {"predicted_ms", expected_distribution(21'000)}}));
}

TEST(summary_json, turns_of_conversations_are_in_their_places) {
  EXPECT_EQ(summary_of(samples::numbered_level()).at_pointer("/levels/0/turns"), nullptr);
  metrics::level_summary level = samples::numbered_level();
  samples::set_conversations(level);
  const json::value summary = summary_of(std::move(level));
  const json::value& turns = summary.at_pointer("/levels/0/turns");
  EXPECT_EQ(turns.at("conversations"),
            (json::value{{"planned", 601}, {"begun", 602}, {"completed", 603}, {"failed", 604}, {"cut_off", 605}}));
  EXPECT_EQ(turns.at("conversation_duration_s"), expected_distribution(40'000));
  ASSERT_EQ(turns.at("by_turn").as_array().size(), 2U);
  EXPECT_EQ(turns.at_pointer("/by_turn/0/cached_input_share"), nullptr);
  EXPECT_EQ(turns.at_pointer("/by_turn/1"), (json::value{{"turn", 2},
                                                         {"issued", 612},
                                                         {"completed", 622},
                                                         {"failed", 632},
                                                         {"ttft_ms", expected_distribution(42'000)},
                                                         {"tpot_ms", expected_distribution(52'000)},
                                                         {"e2e_ms", expected_distribution(62'000)},
                                                         {"input_tokens", expected_distribution(72'000)},
                                                         {"output_tokens", expected_distribution(82'000)},
                                                         {"cached_input_share", 0.75}}));
}

TEST(summary_json, the_audit_is_in_its_place) {
  const json::value summary = summary_of(samples::numbered_level());
  EXPECT_EQ(summary.at_pointer("/levels/0/audit"), (json::value{{"verdict", "client_bound"},
                                                                {"reasons", {"send lag", "stall"}},
                                                                {"kernel_timestamps", false},
                                                                {"coalesced_fraction", 0.51},
                                                                {"coalesced_behind_fraction", 0.52},
                                                                {"send_lag_ms", expected_distribution(30'000)},
                                                                {"receive_lag_ms", expected_distribution(31'000)},
                                                                {"client_cpu_fraction", 0.53},
                                                                {"busy_fraction", 0.54},
                                                                {"longest_stall_ms", 55.5},
                                                                {"longest_flush_gap_ms", 57.5},
                                                                {"tcp", {{"min_rtt_us", 56.5}, {"retransmits", 57}}},
                                                                {"calibration", nullptr}}));
}

TEST(summary_json, an_open_loop_level_has_its_rate) {
  metrics::level_summary level;
  level.info.rate = 2.5;
  const json::value summary = summary_of(std::move(level));
  EXPECT_EQ(summary.at_pointer("/levels/0/rate"), 2.5);
  EXPECT_EQ(summary.at_pointer("/levels/0/concurrency"), nullptr);
}

TEST(summary_json, what_was_not_measured_is_null) {
  const json::value summary = summary_of({});
  for (const char* pointer :
       {"/requests/planned", "/duration_s", "/throughput/goodput_per_s", "/tokens/input", "/tokens/cached_input",
        "/tokens/source", "/tokens/per_chunk", "/metrics/ttft_ms/p50", "/server_reported", "/audit/client_cpu_fraction",
        "/audit/tcp/min_rtt_us", "/audit/send_lag_ms/p99"})
    EXPECT_EQ(summary.at_pointer(std::string{"/levels/0"} + pointer), nullptr) << pointer;
  EXPECT_EQ(summary.at_pointer("/levels/0/metrics/ttft_ms/count"), 0);
  EXPECT_EQ(summary.at_pointer("/levels/0/metrics/ttft_ms/thin"), json::array{});
}

TEST(summary_json, what_is_not_finite_is_null) {
  metrics::level_summary level = samples::numbered_level();
  level.rates.requests_per_s = std::numeric_limits<double>::infinity();
  level.metrics[0].mean = std::numeric_limits<double>::quiet_NaN();
  const json::value summary = summary_of(std::move(level));
  EXPECT_EQ(summary.at_pointer("/levels/0/throughput/requests_per_s"), nullptr);
  EXPECT_EQ(summary.at_pointer("/levels/0/metrics/ttft_ms/mean"), nullptr);
}

TEST(summary_json, a_servers_bytes_do_not_break_the_file) {
  metrics::level_summary level;
  level.requests.first_messages[static_cast<std::size_t>(metrics::cause::protocol)] = "\xFF\x1b[2J\xE4\xBD";
  level.server_reported["\xFFname"] = {};
  const json::value read_back = json::parse(to_pretty_json(summary_of(std::move(level))));
  EXPECT_EQ(read_back.at_pointer("/levels/0/requests/first_messages/protocol"), "\xEF\xBF\xBD\x1b[2J\xEF\xBF\xBD");
  EXPECT_TRUE(read_back.at_pointer("/levels/0/server_reported").as_object().contains("\xEF\xBF\xBDname"));
}

} // namespace
} // namespace loadgen::report
