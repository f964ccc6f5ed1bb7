#include "support/exposition.hpp"
#include "support/temporary_folder.hpp"
#include "unit/report/sample_runs.hpp"

#include <loadgen/publish/level_families.hpp>
#include <loadgen/publish/run_labels.hpp>
#include <loadgen/publish/run_metrics.hpp>

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace loadgen::publish {
namespace {

using metrics::metric;

std::map<std::string, double> samples_of(std::span<const metrics::level_summary> levels) {
  return test::samples_in(exposition_text(level_families("r", levels)));
}

TEST(level_families, have_every_figure_of_a_level_in_base_units) {
  metrics::level_summary level = report::samples::numbered_level();
  level.info.concurrency = 8;
  level.info.rate.reset();
  const std::string of = "{run_id=\"r\",level=\"" + std::to_string(level.info.level) + "\",concurrency=\"8\",trial=\"" +
                         std::to_string(level.info.trial) + "\"";
  const auto samples = samples_of({&level, 1});
  for (std::size_t i = 0; i < metrics::metric_count; ++i) {
    const auto which = static_cast<metric>(i);
    const double unit = is_latency(which) ? 1e-3 : 1;
    const std::string name = is_latency(which) ? "loadgen_level_" + std::string{metrics::name(which)} + "_seconds"
                                               : "loadgen_level_request_tokens_per_second";
    const metrics::distribution& figures = level.of(which);
    EXPECT_DOUBLE_EQ(samples.at(name + of + ",quantile=\"0.5\"}"), *figures.p50 * unit) << name;
    EXPECT_DOUBLE_EQ(samples.at(name + of + ",quantile=\"0.9\"}"), *figures.p90 * unit) << name;
    EXPECT_DOUBLE_EQ(samples.at(name + of + ",quantile=\"0.95\"}"), *figures.p95 * unit) << name;
    EXPECT_DOUBLE_EQ(samples.at(name + of + ",quantile=\"0.99\"}"), *figures.p99 * unit) << name;
    EXPECT_DOUBLE_EQ(samples.at(name + of + ",quantile=\"0.999\"}"), *figures.p99_9 * unit) << name;
    EXPECT_DOUBLE_EQ(samples.at(name + of + ",quantile=\"0\"}"), *figures.min * unit) << name;
    EXPECT_DOUBLE_EQ(samples.at(name + of + ",quantile=\"1\"}"), *figures.max * unit) << name;
    EXPECT_EQ(samples.at(name + "_count" + of + "}"), static_cast<double>(figures.count)) << name;
    EXPECT_NEAR(samples.at(name + "_sum" + of + "}") / samples.at(name + "_count" + of + "}"), *figures.mean * unit,
                1e-12 * *figures.mean);
  }
  for (std::size_t i = 1; i < metrics::cause_count; ++i)
    EXPECT_EQ(samples.at("loadgen_level_request_failures" + of + ",cause=\"" +
                         std::string{to_string(static_cast<metrics::cause>(i))} + "\"}"),
              static_cast<double>(level.requests.causes[i]));
  const auto figure = [&](const std::string& name) { return samples.at("loadgen_level_" + name + of + "}"); };
  EXPECT_EQ(figure("requests_issued"), static_cast<double>(level.requests.issued));
  EXPECT_EQ(figure("duration_seconds"), *level.window_s);
  EXPECT_EQ(figure("requests_per_second"), *level.rates.requests_per_s);
  EXPECT_EQ(figure("output_tokens_per_second"), *level.rates.output_tokens_per_s);
  EXPECT_EQ(figure("total_tokens_per_second"), *level.rates.total_tokens_per_s);
  EXPECT_EQ(figure("output_tokens"), static_cast<double>(level.tokens.output));
  EXPECT_EQ(figure("client_cpu_cores"), *level.trust.client_cpu_fraction);
}

TEST(level_families, have_no_sample_of_what_was_not_measured) {
  metrics::level_summary level;
  level.info.rate = 2.5;
  const auto samples = samples_of({&level, 1});
  EXPECT_EQ(samples.count("loadgen_level_duration_seconds{run_id=\"r\",level=\"0\",rate=\"2.5\",trial=\"1\"}"), 0U);
  for (const auto& [name, value] : samples) EXPECT_EQ(name.find("ttft"), std::string::npos) << name;
  EXPECT_EQ(samples.at("loadgen_level_complete{run_id=\"r\",level=\"0\",rate=\"2.5\",trial=\"1\"}"), 0);
}

TEST(level_families, one_verdict_of_the_three_holds) {
  metrics::level_summary level = report::samples::good_level(4, 10);
  level.trust.judgement = metrics::verdict::degraded;
  const auto samples = samples_of({&level, 1});
  const std::string of = "loadgen_level_verdict{run_id=\"r\",level=\"0\",concurrency=\"4\",trial=\"1\",verdict=\"";
  EXPECT_EQ(samples.at(of + "ok\"}"), 0);
  EXPECT_EQ(samples.at(of + "degraded\"}"), 1);
  EXPECT_EQ(samples.at(of + "client_bound\"}"), 0);
}

TEST(level_families, several_levels_are_samples_of_the_same_families) {
  std::array levels{report::samples::good_level(1, 10), report::samples::good_level(1, 20)};
  levels[1].info.level = 1; // the same concurrency again: told apart by its place in the sweep
  const auto families = level_families("r", levels);
  std::set<std::string> names;
  for (const metric_family& family : families) EXPECT_TRUE(names.insert(family.name).second) << family.name;
  const auto samples = test::samples_in(exposition_text(families));
  const std::string name = "loadgen_level_requests_issued{run_id=\"r\",level=\"";
  EXPECT_EQ(samples.at(name + "0\",concurrency=\"1\",trial=\"1\"}"), 10);
  EXPECT_EQ(samples.at(name + "1\",concurrency=\"1\",trial=\"1\"}"), 20);
}

TEST(level_families, every_metric_is_in_the_handbook) {
  const std::string page = test::text_of(LOADGEN_SOURCE_DIR "/docs/prometheus.md");
  const run_metrics run{{"r", "", "m", "chat", "1"}, 1};
  std::vector<metric_family> families = run.families({});
  for (metric_family& family : level_families("r", {})) families.push_back(std::move(family));
  ASSERT_GT(families.size(), 50U);
  for (const metric_family& family : families) {
    const std::string text = "`" + family.name;
    const bool named = page.find(text + "`") != std::string::npos || page.find(text + "{") != std::string::npos;
    EXPECT_TRUE(named) << family.name;
  }
}

TEST(run_labels, the_info_of_a_run_is_text_of_any_origin_made_well_formed) {
  const metric_family info = run_info_family({"r", "my \xff label", "m", "chat", "1.0"});
  ASSERT_EQ(info.samples.size(), 1U);
  EXPECT_EQ(info.samples[0].labels, (label_list{{"run_id", "r"},
                                                {"label", "my \xEF\xBF\xBD label"},
                                                {"model", "m"},
                                                {"endpoint", "chat"},
                                                {"version", "1.0"}}));
}

} // namespace
} // namespace loadgen::publish
