#include "unit/report/sample_runs.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <csignal>

namespace loadgen::report {
namespace {

TEST(manifest_json, says_what_the_run_is_and_how_it_ended) {
  const boost::json::object manifest = manifest_json(samples::empty_run().run);
  EXPECT_EQ(manifest.at("schema"), "loadgen.manifest/1");
  EXPECT_EQ(manifest.at("run_id"), "20260722-131502-4f2a");
  EXPECT_EQ(manifest.at("started"), "2026-07-22T13:15:02Z");
  EXPECT_EQ(manifest.at("ended"), "2026-07-22T13:16:37Z");
  EXPECT_EQ(manifest.at("complete"), true);
  EXPECT_EQ(manifest.at("interrupted_by"), nullptr);
  EXPECT_EQ(manifest.at("label"), "baseline");
}

TEST(manifest_json, what_is_known_at_the_end_is_merged_into_the_header) {
  metrics::recorded_run run = samples::empty_run().run;
  run.info.manifest["target"] = {{"model", "m"}, {"version", nullptr}};
  run.end->manifest = {{"target", {{"version", "0.9.1"}}}, {"workload", "replaced"}, {"new", {1, 2}}};
  const boost::json::object manifest = manifest_json(run);
  EXPECT_EQ(manifest.at("target"), (boost::json::value{{"model", "m"}, {"version", "0.9.1"}}));
  EXPECT_EQ(manifest.at("workload"), "replaced");
  EXPECT_EQ(manifest.at("new"), (boost::json::array{1, 2}));
}

TEST(manifest_json, an_interrupted_run_names_the_signal) {
  metrics::recorded_run run = samples::empty_run().run;
  run.end->complete = false;
  run.end->interrupted_by = SIGTERM;
  EXPECT_EQ(manifest_json(run).at("complete"), false);
  EXPECT_EQ(manifest_json(run).at("interrupted_by"), "SIGTERM");
}

TEST(manifest_json, a_killed_run_has_no_end) {
  metrics::recorded_run run = samples::empty_run().run;
  run.end.reset();
  EXPECT_EQ(manifest_json(run).at("complete"), false);
  EXPECT_EQ(manifest_json(run).at("ended"), nullptr);
  EXPECT_EQ(manifest_json(run).at("interrupted_by"), nullptr);
}

TEST(manifest_json, the_outcome_is_the_records_word_not_the_manifests) {
  metrics::recorded_run run = samples::empty_run().run;
  run.info.manifest["complete"] = false;
  run.info.manifest["ended"] = nullptr;
  EXPECT_EQ(manifest_json(run).at("complete"), true);
  EXPECT_EQ(manifest_json(run).at("ended"), "2026-07-22T13:16:37Z");
}

} // namespace
} // namespace loadgen::report
