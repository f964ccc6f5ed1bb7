#include "support/exposition.hpp"
#include "support/temporary_folder.hpp"
#include "unit/report/recorded_runs.hpp"

#include <loadgen/publish/run_metrics.hpp>
#include <loadgen/report/report.hpp>

#include <gtest/gtest.h>

namespace loadgen::publish {
namespace {

using metrics::metric;

std::map<std::string, double> samples_of(const run_metrics& run, const live_state& now = {}) {
  return test::samples_in(exposition_text(run.families(now)));
}

metrics::level_info closed_level(std::uint32_t place) {
  metrics::level_info level;
  level.level = place;
  level.concurrency = 4;
  level.planned = 10;
  return level;
}

metrics::request_record ended(metrics::outcome how) {
  metrics::request_record record;
  record.end = how;
  record.why = how == metrics::outcome::completed ? metrics::cause::none : metrics::cause::http_status;
  return record;
}

/// The labels of closed_level(0) of run r.
const std::string first = "{run_id=\"r\",level=\"0\",concurrency=\"4\",trial=\"1\"";

TEST(run_metrics, in_the_end_has_what_the_summary_has) {
  const test::temporary_folder folder;
  report::samples::write_run(folder.path(), 3, 503, 12);
  const auto run = report::load_run(folder.path()).value();
  run_metrics told{{run.run.info.run_id, "l", "m", "chat", "1"}, 3};
  for (const metrics::recorded_level& level : run.run.levels) {
    told.begin_level(level.info);
    for (const metrics::request_record& record : level.requests) told.add(record);
    if (level.end) told.end_level(*level.end);
  }
  const auto samples = samples_of(told);
  for (const metrics::level_summary& level : run.levels) {
    std::string of = exposition_text(std::vector<metric_family>{
        {"x", "h", family_type::gauge, {{level_labels(run.run.info.run_id, level.info), 1}}}});
    of = of.substr(of.find('{'), of.find('}') - of.find('{'));
    const auto count = [&](const std::string& name) { return samples.at("loadgen_" + name + of + "}"); };
    const auto by = [&](const std::string& name, const std::string& label, std::string_view value) {
      return samples.at("loadgen_" + name + of + "," + label + "=\"" + std::string{value} + "\"}");
    };
    EXPECT_EQ(count("requests_issued_total"), level.requests.issued);
    EXPECT_EQ(by("requests_total", "outcome", "completed"), level.requests.completed);
    EXPECT_EQ(by("requests_total", "outcome", "failed"), level.requests.failed);
    EXPECT_EQ(by("requests_total", "outcome", "cancelled"), level.requests.cancelled);
    for (std::size_t i = 1; i < metrics::cause_count; ++i)
      EXPECT_EQ(by("request_failures_total", "cause", to_string(static_cast<metrics::cause>(i))),
                level.requests.causes[i]);
    for (const metric which : {metric::ttft, metric::itl, metric::tpot, metric::e2e}) {
      const std::string name = std::string{metrics::name(which)} + "_seconds";
      const metrics::distribution& figures = level.of(which);
      ASSERT_GT(figures.count, 0U);
      EXPECT_EQ(count(name + "_count"), figures.count);
      EXPECT_NEAR(count(name + "_sum"), *figures.mean * static_cast<double>(figures.count) / 1000,
                  1e-9 * static_cast<double>(figures.count));
      // Half of the samples are at most the median, whose bucket is therefore the first that holds half of them.
      double below = 0;
      for (const auto& [sample, at_most] : samples) {
        const std::string start = "loadgen_" + name + "_bucket" + of + ",le=\"";
        if (!sample.starts_with(start) || sample.find("+Inf") != std::string::npos) continue;
        const double bound = std::stod(sample.substr(start.size()));
        if (at_most < static_cast<double>(figures.count) / 2) below = std::max(below, bound);
        const bool all = bound >= *figures.max / 1000, none = bound < *figures.min / 1000;
        EXPECT_TRUE(!all || at_most == static_cast<double>(figures.count)) << sample;
        EXPECT_TRUE(!none || at_most == 0) << sample;
      }
      EXPECT_LE(below, *figures.p50 / 1000) << name;
    }
  }
  EXPECT_EQ(samples.at("loadgen_run_info{run_id=\"drawn\",label=\"l\",model=\"m\",endpoint=\"chat\",version=\"1\"}"),
            1);
}

TEST(run_metrics, warm_up_requests_are_in_no_count) {
  run_metrics told{{"r", "", "m", "chat", "1"}, 1};
  told.begin_level(closed_level(0));
  metrics::request_record record = ended(metrics::outcome::completed);
  record.warmup = true;
  told.add(record);
  EXPECT_EQ(samples_of(told).at("loadgen_requests_total" + first + ",outcome=\"completed\"}"), 0);
}

TEST(run_metrics, what_is_under_way_comes_from_the_live_state_until_the_level_has_ended) {
  run_metrics told{{"r", "", "m", "chat", "1"}, 2};
  told.begin_level(closed_level(0));
  told.add(ended(metrics::outcome::completed));
  live_state now;
  now.in_flight = 3;
  now.content_events = 50;
  auto samples = samples_of(told, now); // the warm-up, or a moment of which nothing is known
  EXPECT_EQ(samples.at("loadgen_requests_in_flight{run_id=\"r\"}"), 3);
  EXPECT_EQ(samples.at("loadgen_content_events_total{run_id=\"r\"}"), 50);
  EXPECT_EQ(samples.at("loadgen_requests_issued_total" + first + "}"), 1);

  now.measured_level = 0;
  now.issued = 4;
  now.trust = metrics::verdict::ok;
  samples = samples_of(told, now);
  EXPECT_EQ(samples.at("loadgen_requests_issued_total" + first + "}"), 4);
  EXPECT_EQ(samples.at("loadgen_level_running" + first + "}"), 1);
  EXPECT_EQ(samples.at("loadgen_verdict" + first + ",verdict=\"ok\"}"), 1);

  for (int i = 0; i < 3; ++i) told.add(ended(metrics::outcome::failed));
  told.end_level({});
  samples = samples_of(told, now); // a state from before the level's end changes nothing any more
  EXPECT_EQ(samples.at("loadgen_requests_issued_total" + first + "}"), 4);
  EXPECT_EQ(samples.at("loadgen_level_running" + first + "}"), 0);
  EXPECT_EQ(samples.at("loadgen_request_failures_total" + first + ",cause=\"http_status\"}"), 3);
}

TEST(run_metrics, counters_never_fall_while_records_are_behind_the_live_state_or_before_it) {
  run_metrics told{{"r", "", "m", "chat", "1"}, 1};
  told.begin_level(closed_level(0));
  live_state now;
  now.measured_level = 0;
  now.issued = 2;
  for (int i = 0; i < 3; ++i) told.add(ended(metrics::outcome::completed)); // one more since `now` was taken
  EXPECT_EQ(samples_of(told, now).at("loadgen_requests_issued_total" + first + "}"), 3);
}

TEST(run_metrics, an_open_loop_has_planned_requests_and_a_closed_one_has_none) {
  run_metrics told{{"r", "", "m", "chat", "1"}, 2};
  told.begin_level(closed_level(0));
  told.end_level({});
  metrics::level_info open;
  open.level = 1;
  open.rate = 2;
  told.begin_level(open);
  live_state now;
  now.measured_level = 1;
  now.due = 7;
  now.dropped = 1;
  auto samples = samples_of(told, now);
  const std::string second = "{run_id=\"r\",level=\"1\",rate=\"2\",trial=\"1\"}";
  EXPECT_EQ(samples.count("loadgen_requests_due_total" + first + "}"), 0U);
  EXPECT_EQ(samples.at("loadgen_requests_due_total" + second), 7);
  EXPECT_EQ(samples.at("loadgen_requests_dropped_total" + second), 1);
  for (int i = 0; i < 6; ++i) told.add(ended(metrics::outcome::completed));
  metrics::level_end end;
  end.dropped_cap = 2;
  told.end_level(end);
  samples = samples_of(told, now);
  EXPECT_EQ(samples.at("loadgen_requests_due_total" + second), 8);
  EXPECT_EQ(samples.at("loadgen_requests_dropped_total" + second), 2);
}

TEST(run_metrics, figures_of_a_level_come_with_its_verdict) {
  run_metrics told{{"r", "", "m", "chat", "1"}, 1};
  told.begin_level(closed_level(0));
  told.end_level({});
  EXPECT_EQ(samples_of(told).count("loadgen_verdict" + first + ",verdict=\"client_bound\"}"), 0U);
  metrics::level_summary level;
  level.info = closed_level(0);
  level.trust.judgement = metrics::verdict::client_bound;
  told.add_summary(level);
  told.end_run(true);
  const auto samples = samples_of(told);
  EXPECT_EQ(samples.at("loadgen_verdict" + first + ",verdict=\"client_bound\"}"), 1);
  EXPECT_EQ(samples.at("loadgen_level_verdict" + first + ",verdict=\"client_bound\"}"), 1);
  EXPECT_EQ(samples.at("loadgen_run_ended{run_id=\"r\"}"), 1);
  EXPECT_EQ(samples.at("loadgen_run_complete{run_id=\"r\"}"), 1);
}

} // namespace
} // namespace loadgen::publish
