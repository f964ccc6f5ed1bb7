#include "report/plots/plot.hpp"

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace loadgen::report {
namespace {

namespace json = boost::json;

json::object level(int concurrency, double rate, double ttft) {
  return {{"concurrency", concurrency},
          {"rate", nullptr},
          {"trial", 1},
          {"throughput", {{"output_tokens_per_s", rate}}},
          {"metrics", {{"ttft_ms", {{"p50", ttft}, {"p99", 2 * ttft}}}, {"tpot_ms", {{"p50", nullptr}}}}}};
}

json::object run(std::string_view label, json::array summaries) {
  json::array traces(summaries.size());
  for (json::value& each : traces)
    each = json::parse(R"({"percentiles":{"ttft_ms":{"one_in":[1,2,100],"value":[5,6,9]}},
                           "histograms":{"ttft_ms":{"from":5,"width":2,"share":[0.75,0.25],"below":0,"above":0}},
                           "over_time":{"step_s":0.5,"ttft_ms":{"mean":[5,null,7]},"in_flight":[1,1,0]}})");
  return {{"summary",
           {{"run_id", "20260101-000000-0000"}, {"label", label}, {"levels", summaries}, {"target", {{"model", "m"}}}}},
          {"levels", std::move(traces)}};
}

json::object page(json::array runs) {
  return {{"runs", std::move(runs)}};
}

const plot& named(const std::vector<plot>& plots, std::string_view name) {
  const auto found = std::find_if(plots.begin(), plots.end(), [name](const plot& each) { return each.name == name; });
  if (found == plots.end()) throw std::out_of_range{std::string{name}};
  return *found;
}

using points = std::vector<std::pair<double, double>>;

TEST(plots, draw_the_figures_of_the_summary_against_the_load) {
  const auto plots = plots_of(page({run("a", {level(1, 100, 50), level(8, 700, 60)})}));
  EXPECT_EQ(named(plots, "throughput").series.at(0).points, (points{{1, 100}, {8, 700}}));
  EXPECT_EQ(named(plots, "throughput").x_label, "concurrency");
  const plot& ttft = named(plots, "ttft");
  EXPECT_EQ(ttft.title, "time to first token against load (m)");
  ASSERT_EQ(ttft.series.size(), 2U);
  EXPECT_EQ(ttft.series[0].title, "p50");
  EXPECT_EQ(ttft.series[0].points, (points{{1, 50}, {8, 60}}));
  EXPECT_EQ(ttft.series[1].points, (points{{1, 100}, {8, 120}}));
}

TEST(plots, have_several_runs_in_common) {
  const auto plots = plots_of(page({run("a", {level(1, 100, 50)}), run("", {level(1, 90, 55), level(2, 95, 70)})}));
  const plot& rates = named(plots, "throughput");
  ASSERT_EQ(rates.series.size(), 2U);
  EXPECT_EQ(rates.series[0].title, "a: output tokens/s");
  EXPECT_EQ(rates.series[1].title, "20260101-000000-0000: output tokens/s");
  EXPECT_EQ(named(plots, "percentiles-ttft").series.at(2).title, "20260101-000000-0000: concurrency 2");
}

TEST(plots, show_the_mean_of_the_trials_of_a_load) {
  json::object second = level(1, 200, 70);
  second["trial"] = 2;
  const auto plots = plots_of(page({run("a", {level(1, 100, 50), second})}));
  EXPECT_EQ(named(plots, "throughput").series.at(0).points, (points{{1, 150}}));
}

TEST(plots, draw_distributions_and_moments) {
  const auto plots = plots_of(page({run("a", {level(1, 100, 50)})}));
  EXPECT_EQ(named(plots, "percentiles-ttft").series.at(0).points, (points{{1, 5}, {2, 6}, {100, 9}}));
  // Two bins of 2 ms: their areas are the shares.
  EXPECT_EQ(named(plots, "histogram-ttft").series.at(0).points, (points{{5, 0}, {5, 0.375}, {7, 0.125}, {9, 0}}));
  const points& over_time = named(plots, "over-time-ttft").series.at(0).points;
  EXPECT_EQ(over_time.front(), (std::pair{0.25, 5.0}));
  EXPECT_TRUE(std::isnan(over_time[1].second));
}

TEST(plots, without_a_point_are_left_out) {
  const auto plots = plots_of(page({run("a", {level(1, 100, 50)})}));
  for (const plot& each : plots) {
    EXPECT_NE(each.name, "tpot");
    EXPECT_NE(each.name, "histogram-itl");
  }
  EXPECT_TRUE(plots_of(page({run("a", {})})).empty());
}

TEST(plots, text_is_never_read_as_gnuplots_language) {
  EXPECT_EQ(gnuplot_quoted("it's"), "'it''s'");
  EXPECT_EQ(gnuplot_quoted(R"("\n" @a {/b c} `date` $x)"), R"('"\n" @a {/b c} `date` $x')");
  EXPECT_EQ(gnuplot_quoted("two\nlines\x01"), "'two\\nlines\\x01'");
  plot each{.name = "x", .title = "a\nsystem('rm')", .series = {{"b\n!c", {{1, 2}}}}};
  EXPECT_EQ(gnuplot_script(each).find("\nsystem"), std::string::npos);
  EXPECT_EQ(gnuplot_script(each).find("\n!c"), std::string::npos);
  EXPECT_EQ(gnuplot_data(each).find("\nsystem"), std::string::npos);
  EXPECT_EQ(gnuplot_data(each).find("\n!c"), std::string::npos);
}

TEST(plots, data_has_a_block_a_series) {
  const plot each{.name = "x",
                  .title = "t",
                  .x_label = "s",
                  .y_label = "ms",
                  .series = {{"one", {{0.5, 1.25}, {1, NAN}}}, {"two", {{3, 4}}}}};
  EXPECT_EQ(gnuplot_data(each), "# t\n# x: s, y: ms\n# 0: one\n0.5 1.25\n1 NaN\n\n\n# 1: two\n3 4\n");
}

} // namespace
} // namespace loadgen::report
