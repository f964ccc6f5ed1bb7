#include "unit/report/sample_runs.hpp"

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <algorithm>

namespace loadgen::report {
namespace {

namespace json = boost::json;

// Levels of `concurrency` requests in flight, 100 requests of 10 tokens in a second.
analyzed_run run_at(std::initializer_list<std::uint32_t> concurrencies) {
  analyzed_run run = samples::empty_run();
  for (const std::uint32_t concurrency : concurrencies) {
    metrics::level_summary level = samples::good_level(concurrency, 10'000);
    level.rates.output_tokens_per_s = 1000;
    samples::add(run, std::move(level));
  }
  return run;
}

json::object calibration() {
  return {{"file", "/somewhere/calibration.json"},
          {"measured", "2026-07-22T13:15:02Z"},
          {"ranges", json::array{{{"error_ms", 0.1}, {"tokens_per_s", 900.0}, {"streams", 10}},
                                 {{"error_ms", 0.5}, {"tokens_per_s", 20'000.4}, {"streams", 100}},
                                 {{"error_ms", 1.0}, {"tokens_per_s", 20'000.4}, {"streams", 200}}}}};
}

json::value audited(const analyzed_run& run, std::size_t level) {
  return summary_json(run).at("levels").at(level).at("audit").at("calibration");
}

// The report on one line, however it was wrapped.
std::string flat_report(const analyzed_run& run) {
  std::string text = console_report(run);
  std::replace(text.begin(), text.end(), '\n', ' ');
  for (std::size_t at = 0; (at = text.find("  ", at)) != std::string::npos;) text.erase(at, 1);
  return text;
}

bool says(const std::string& text, std::string_view what) {
  return text.find(what) != std::string::npos;
}

TEST(calibration, without_one_nothing_is_said) {
  for (const json::value& none : {json::value(), json::value("of another form")}) {
    analyzed_run run = run_at({500});
    run.run.info.manifest["calibration"] = none;
    EXPECT_EQ(audited(run, 0), nullptr);
    EXPECT_FALSE(says(flat_report(run), "calibrated"));
  }
}

TEST(calibration, each_level_is_within_the_smallest_error_that_holds_its_load) {
  analyzed_run run = run_at({8, 150, 500});
  run.levels[0].rates.output_tokens_per_s = 800;
  run.run.info.manifest["calibration"] = calibration();
  EXPECT_EQ(audited(run, 0), (json::value{{"within_ms", 0.1}, {"streams", 8.0}, {"events_per_s", 800.0}}));
  EXPECT_EQ(audited(run, 1).at("within_ms"), 1.0);
  EXPECT_EQ(audited(run, 2), (json::value{{"within_ms", nullptr}, {"streams", 500.0}, {"events_per_s", 1000.0}}));
}

TEST(calibration, a_level_within_the_smallest_error_has_no_warning) {
  analyzed_run run = run_at({8});
  run.levels[0].rates.output_tokens_per_s = 900;
  run.run.info.manifest["calibration"] = calibration();
  EXPECT_FALSE(says(console_report(run), "warnings"));
}

TEST(calibration, levels_beyond_it_are_told_by_how_far) {
  analyzed_run run = run_at({8, 50, 150, 500, 1000});
  run.run.info.manifest["calibration"] = calibration();
  const std::string report = flat_report(run);
  EXPECT_TRUE(says(report, "! concurrency 8, 50: beyond the load up to which this machine measures within 0.1 ms (10 "
                           "streams, 900 events/s), and within that of 0.5 ms (100 streams, 20000 events/s) !"))
      << report;
  EXPECT_TRUE(says(report, "! concurrency 150: beyond the load up to which this machine measures within 0.5 ms (100 "
                           "streams, 20000 events/s), and within that of 1 ms (200 streams, 20000 events/s) !"))
      << report;
  EXPECT_TRUE(says(report, "! concurrency 500, 1000: beyond every load that this machine was calibrated for (within 1 "
                           "ms: 200 streams, 20000 events/s); nobody has measured"))
      << report;
}

TEST(calibration, an_error_that_no_load_held_is_told_as_none) {
  analyzed_run run = run_at({8});
  json::object found = calibration();
  found["ranges"].as_array()[0].as_object()["streams"] = nullptr;
  run.run.info.manifest["calibration"] = found;
  EXPECT_TRUE(says(flat_report(run), "within 0.1 ms (none), and within that of 0.5 ms"));
}

} // namespace
} // namespace loadgen::report
