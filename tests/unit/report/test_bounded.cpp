#include "support/temporary_folder.hpp"
#include "unit/report/recorded_runs.hpp"

#include <loadgen/report/report.hpp>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <sstream>
#include <string>

namespace loadgen::report {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;
using metrics::sample_keeping;

/// What is not derived in bounded memory, is named otherwise there, or is looked at apart.
bool differs(const std::string& where) {
  const std::set<std::string> names{"ci95",     "steady_state",      "saturation",
                                    "arrivals", "percentile_method", "instrument_error"};
  return names.contains(where.substr(where.rfind('.') + 1));
}

/// Compares two trees of figures: numbers with a fraction within `share`, all else equal.
void expect_close(const json::value& actual, const json::value& expected, double share, const std::string& where) {
  if (differs(where)) return;
  if (expected.is_object()) {
    ASSERT_TRUE(actual.is_object()) << where;
    ASSERT_EQ(actual.get_object().size(), expected.get_object().size()) << where;
    for (const auto& [key, value] : expected.get_object())
      expect_close(actual.at(key), value, share, where + "." + std::string{key});
  } else if (expected.is_array()) {
    ASSERT_EQ(actual.as_array().size(), expected.get_array().size()) << where;
    for (std::size_t i = 0; i < expected.get_array().size(); ++i)
      expect_close(actual.as_array()[i], expected.get_array()[i], share, where + "." + std::to_string(i));
  } else if (expected.is_double()) {
    EXPECT_NEAR(actual.to_number<double>(), expected.get_double(), share * std::abs(expected.get_double())) << where;
  } else {
    EXPECT_EQ(actual, expected) << where;
  }
}

std::multiset<std::string> lines_of(const std::string& text) {
  std::istringstream stream{text};
  std::multiset<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.insert(line);
  return lines;
}

const json::object slo_manifest{
    {"slo", {{"objectives", {{"ttft_ms", 40}, {"itl_ms", 90}, {"e2e_ms", 400}}}, {"required_attainment", 0.9}}}};

TEST(load_level, gives_the_figures_that_the_whole_run_gives_it) {
  for (const bool bounded : {false, true}) {
    const test::temporary_folder folder;
    json::object manifest = slo_manifest;
    manifest["bounded"] = bounded;
    samples::write_run(folder.path(), 3, 503, 8, manifest);
    analyzed_run whole = load_run(folder.path()).value();
    const json::value expected = summary_json(whole).at("levels");
    for (std::size_t i = 0; i < 3; ++i) {
      whole.levels[i] = load_level(folder.path(), i).value();
      EXPECT_EQ(whole.levels[i].samples, bounded ? sample_keeping::histogram : sample_keeping::all);
    }
    EXPECT_EQ(summary_json(whole).at("levels"), expected);
    EXPECT_EQ(load_level(folder.path(), 3).error().code, errc::invalid_input);
  }
}

TEST(bounded, agrees_with_all_samples_on_every_figure_of_every_level) {
  const test::temporary_folder folder;
  samples::write_run(folder.path(), 3, 2'003, 12, slo_manifest);
  const auto exact = load_run(folder.path(), sample_keeping::all);
  const auto bounded = load_run(folder.path(), sample_keeping::histogram);
  ASSERT_TRUE(exact && bounded);
  ASSERT_EQ(exact->levels.size(), 3U);
  EXPECT_GT(exact->levels[1].attainment->met_requests, 0U);
  EXPECT_GT(exact->levels[1].requests.cancelled, 0U);
  EXPECT_EQ(bounded->levels[2].requests.first_messages, exact->levels[2].requests.first_messages);
  expect_close(summary_json(*bounded), summary_json(*exact), 0.001, "summary");
}

TEST(bounded, its_error_bounds_contain_those_of_all_samples) {
  const test::temporary_folder folder;
  samples::write_run(folder.path(), 1, 2'003, 12, slo_manifest);
  const auto exact = load_run(folder.path(), sample_keeping::all);
  const auto bounded = load_run(folder.path(), sample_keeping::histogram);
  ASSERT_TRUE(exact && bounded);
  const metrics::level_summary& all = exact->levels.front();
  const metrics::level_summary& binned = bounded->levels.front();
  for (const auto which : {metrics::metric::ttft_planned, metrics::metric::itl, metrics::metric::e2e_planned}) {
    const auto contains = [&](auto figure, auto bound) {
      const double value = (binned.of(which).*figure).value(), at_most = (binned.error_of(which).*bound).value();
      const double exact_value = (all.of(which).*figure).value(), exact_bound = (all.error_of(which).*bound).value();
      EXPECT_GE(at_most, std::abs(value - exact_value)) << name(which);
      EXPECT_NEAR(at_most, exact_bound, 0.002 * (exact_value + exact_bound)) << name(which);
    };
    contains(&metrics::distribution::mean, &metrics::instrument_error::mean);
    contains(&metrics::distribution::p50, &metrics::instrument_error::p50);
    contains(&metrics::distribution::p99, &metrics::instrument_error::p99);
  }
}

TEST(bounded, keeps_no_request) {
  const test::temporary_folder folder;
  samples::write_run(folder.path(), 2, 101, 3);
  const auto run = load_run(folder.path(), sample_keeping::histogram);
  ASSERT_TRUE(run);
  for (const metrics::recorded_level& level : run->run.levels) EXPECT_TRUE(level.requests.empty());
}

TEST(bounded, is_what_the_manifest_says_unless_told_otherwise) {
  const test::temporary_folder folder;
  samples::write_run(folder.path(), 1, 11, 3, {{"bounded", true}});
  EXPECT_EQ(load_run(folder.path())->samples, sample_keeping::histogram);
  EXPECT_EQ(load_run(folder.path())->levels.front().samples, sample_keeping::histogram);
  EXPECT_EQ(load_run(folder.path(), sample_keeping::all)->levels.front().samples, sample_keeping::all);
  const test::temporary_folder other;
  samples::write_run(other.path(), 1, 11, 3);
  EXPECT_EQ(load_run(other.path())->samples, sample_keeping::all);
}

TEST(bounded, summary_and_console_say_so) {
  const test::temporary_folder folder;
  samples::write_run(folder.path(), 1, 101, 3);
  const auto run = load_run(folder.path(), sample_keeping::histogram);
  ASSERT_TRUE(run);
  EXPECT_EQ(summary_json(*run).at("levels").at(0).at("percentile_method"),
            "log-linear histogram, relative error at most 0.1 %");
  EXPECT_NE(console_report(*run).find("histograms"), std::string::npos);
  EXPECT_EQ(console_report(*load_run(folder.path())).find("histograms"), std::string::npos);
}

TEST(bounded, requests_csv_has_the_same_rows_in_the_order_the_requests_ended) {
  const test::temporary_folder folder;
  samples::write_run(folder.path(), 2, 1'501, 4);
  const auto exact = load_run(folder.path(), sample_keeping::all);
  const auto bounded = load_run(folder.path(), sample_keeping::histogram);
  ASSERT_TRUE(exact && bounded);
  ASSERT_TRUE(write_package(folder.path(), *bounded));
  const std::string csv = test::text_of(folder.path() / "raw/requests.csv");
  EXPECT_EQ(lines_of(csv), lines_of(requests_csv(*exact)));
  EXPECT_LT(csv.find("\n0,,1000,1,7,"), csv.find("\n0,,1000,1,2,")); // 7 was the second to end
  for (const fs::directory_entry& entry : fs::directory_iterator{folder.path() / "raw"})
    EXPECT_FALSE(entry.path().filename().string().starts_with(".")) << entry.path();
}

TEST(bounded, a_level_without_records_has_its_summary_in_its_place) {
  const test::temporary_folder folder;
  samples::write_run(folder.path(), 3, 0, 3);
  const auto exact = load_run(folder.path(), sample_keeping::all);
  const auto bounded = load_run(folder.path(), sample_keeping::histogram);
  ASSERT_TRUE(exact && bounded);
  ASSERT_EQ(bounded->levels.size(), 3U);
  EXPECT_EQ(bounded->levels[2].info.level, 2U);
  expect_close(summary_json(*bounded), summary_json(*exact), 0, "summary");
}

TEST(bounded, records_that_are_written_between_two_passes_are_in_neither) {
  const test::temporary_folder folder;
  samples::write_run(folder.path(), 1, 101, 3);
  const fs::path records = folder.path() / "raw/records.bin";
  std::size_t before = 0, after = 0, limited = 0;
  const auto counting = [](std::size_t& count) {
    return [&count](std::size_t, const metrics::request_record&) { ++count; };
  };
  const auto run = metrics::stream_records(records, counting(before));
  ASSERT_TRUE(run);
  const std::string bytes = test::text_of(records);
  EXPECT_EQ(run->file_size, bytes.size());
  const std::size_t block = bytes.rfind("LGBK"); // its only block of records once more
  std::ofstream{records, std::ios::binary | std::ios::app} << bytes.substr(block);
  ASSERT_TRUE(metrics::stream_records(records, counting(after)));
  ASSERT_TRUE(metrics::stream_records(records, counting(limited), run->file_size));
  EXPECT_EQ(before, 101U);
  EXPECT_EQ(after, 202U);
  EXPECT_EQ(limited, 101U);
}

} // namespace
} // namespace loadgen::report
