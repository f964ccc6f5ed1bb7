#include "publish/mlflow_entries.hpp"
#include "unit/report/sample_runs.hpp"

#include <boost/json/array.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace loadgen::publish {
namespace {

namespace json = boost::json;
using metrics::metric;

report::analyzed_run sample_run() {
  report::analyzed_run run = report::samples::empty_run();
  metrics::level_summary level = report::samples::good_level(8, 100);
  report::samples::add(run, level);
  level.info.level = 1;
  level.info.concurrency = 16;
  report::samples::add(run, level);
  return run;
}

std::string value_of(const std::vector<std::pair<std::string, std::string>>& pairs, const std::string& key) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) { return pair.first == key; });
  return found == pairs.end() ? "(none)" : found->second;
}

double metric_of(const mlflow_entries& entries, const std::string& key, std::int64_t step) {
  for (const mlflow_metric& one : entries.metrics)
    if (one.key == key && one.step == step) return one.value;
  ADD_FAILURE() << "no " << key << " at step " << step;
  return 0;
}

TEST(mlflow_entries, have_the_figures_of_each_level_at_its_step) {
  const report::analyzed_run run = sample_run();
  const mlflow_entries entries = mlflow_entries_of(run);
  for (const metrics::level_summary& level : run.levels) {
    const std::int64_t step = level.info.level;
    EXPECT_EQ(metric_of(entries, "concurrency", step), *level.info.concurrency);
    EXPECT_EQ(metric_of(entries, "ttft_ms_p99", step), *level.of(metric::ttft).p99);
    EXPECT_EQ(metric_of(entries, "itl_ms_p50", step), *level.of(metric::itl).p50);
    EXPECT_EQ(metric_of(entries, "e2e_ms_mean", step), *level.of(metric::e2e).mean);
    EXPECT_EQ(metric_of(entries, "tokens_per_s_p50", step), *level.of(metric::tokens_per_s).p50);
    EXPECT_EQ(metric_of(entries, "output_tokens_per_s", step), *level.rates.output_tokens_per_s);
    EXPECT_EQ(metric_of(entries, "requests_completed", step), 100);
  }
}

TEST(mlflow_entries, have_each_key_step_and_moment_once_and_no_number_that_is_none) {
  report::analyzed_run run = sample_run();
  run.levels[0].rates.goodput_per_s = std::numeric_limits<double>::quiet_NaN();
  const mlflow_entries entries = mlflow_entries_of(run);
  std::vector<std::pair<std::string, std::int64_t>> seen;
  for (const mlflow_metric& one : entries.metrics) {
    EXPECT_TRUE(std::isfinite(one.value)) << one.key;
    EXPECT_NE(one.key, "goodput_per_s");
    EXPECT_EQ(std::count(seen.begin(), seen.end(), std::pair{one.key, one.step}), 0) << one.key;
    seen.emplace_back(one.key, one.step);
    // What MLflow allows in a key.
    EXPECT_EQ(one.key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_"), std::string::npos) << one.key;
  }
}

TEST(mlflow_entries, settings_are_parameters_where_they_have_a_value) {
  report::analyzed_run run = sample_run();
  run.run.info.manifest["settings"] = {{"concurrency", {{"value", {8, 16}}, {"source", "flag"}}},
                                       {"model", {{"value", "tiny"}, {"source", "default"}}},
                                       {"timeout", {{"value", nullptr}, {"source", "default"}}},
                                       {"label", {{"value", ""}, {"source", "flag"}}},
                                       {"prompt", {{"value", std::string(498, 'a') + "\xC3\xA4" + "zzz"}}}};
  const mlflow_entries entries = mlflow_entries_of(run);
  EXPECT_EQ(entries.settings.size(), 3U);
  EXPECT_EQ(value_of(entries.settings, "concurrency"), "[8,16]");
  EXPECT_EQ(value_of(entries.settings, "model"), "tiny");
  EXPECT_EQ(value_of(entries.settings, "prompt"), std::string(497, 'a') + "..."); // 500 bytes, no half of a character
}

TEST(mlflow_entries, tags_tell_what_it_takes_to_find_and_to_trust_a_run) {
  report::analyzed_run run = sample_run();
  run.levels[1].trust.judgement = metrics::verdict::degraded;
  run.run.info.manifest["label"] = "night";
  mlflow_entries entries = mlflow_entries_of(run);
  EXPECT_EQ(value_of(entries.tags, "loadgen.run_id"), run.run.info.run_id);
  EXPECT_EQ(value_of(entries.tags, "loadgen.verdict"), "degraded");
  EXPECT_EQ(value_of(entries.tags, "loadgen.complete"), "true");
  EXPECT_EQ(value_of(entries.tags, "loadgen.label"), "night");
  EXPECT_EQ(entries.name, run.run.info.run_id + " night");
  EXPECT_EQ(entries.status, "FINISHED");
  EXPECT_EQ(entries.start_ms, run.run.info.epoch_unix_ns / 1'000'000);
  EXPECT_EQ(entries.end_ms, run.run.end->end_unix_ns / 1'000'000);

  run.run.end->complete = false;
  EXPECT_EQ(mlflow_entries_of(run).status, "KILLED"); // somebody interrupted it
  run.run.end.reset();
  entries = mlflow_entries_of(run);
  EXPECT_EQ(entries.status, "FAILED");
  EXPECT_EQ(value_of(entries.tags, "loadgen.complete"), "false");
}

TEST(mlflow_entries, log_batches_keep_to_the_limits_of_the_api_and_leave_nothing_out) {
  mlflow_entries entries;
  for (int i = 0; i < 250; ++i) entries.settings.emplace_back("s" + std::to_string(i), "v");
  for (int i = 0; i < 120; ++i) entries.tags.emplace_back("t" + std::to_string(i), "v");
  for (int i = 0; i < 2001; ++i) entries.metrics.push_back({"m" + std::to_string(i), 0.5 * i, 1'000 + i, i});
  std::size_t settings = 0, tags = 0, metrics = 0;
  for (const json::object& batch : log_batches(entries, "abc")) {
    EXPECT_EQ(batch.at("run_id"), "abc");
    const auto size = [&](const char* key) {
      const json::value* list = batch.if_contains(key);
      return list ? list->as_array().size() : std::size_t{0};
    };
    EXPECT_LE(size("params"), 100U);
    EXPECT_LE(size("tags"), 100U);
    EXPECT_LE(size("metrics"), 1000U);
    EXPECT_LE(size("params") + size("tags") + size("metrics"), 1000U);
    for (std::size_t i = 0; i < size("metrics"); ++i) {
      const json::object& one = batch.at("metrics").as_array()[i].as_object();
      const std::string number = std::to_string(metrics + i);
      EXPECT_EQ(one.at("key").as_string(), "m" + number);
      EXPECT_EQ(one.at("value").to_number<double>(), 0.5 * static_cast<double>(metrics + i));
      EXPECT_EQ(one.at("timestamp").to_number<std::size_t>(), 1'000 + metrics + i);
      EXPECT_EQ(one.at("step").to_number<std::size_t>(), metrics + i);
    }
    settings += size("params");
    tags += size("tags");
    metrics += size("metrics");
  }
  EXPECT_EQ(settings, 250U);
  EXPECT_EQ(tags, 120U);
  EXPECT_EQ(metrics, 2001U);
}

} // namespace
} // namespace loadgen::publish
