#include "report/html/curves.hpp"
#include "report/html/embedded_page.hpp"
#include "report/html/folding_buckets.hpp"
#include "report/html/page_data.hpp"
#include "support/temporary_folder.hpp"
#include "unit/report/recorded_runs.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace loadgen::report {
namespace {

namespace json = boost::json;
using metrics::log_linear_histogram;
using metrics::metric;
using metrics::sample_keeping;

struct total {
  int sum = 0;

  void merge(const total& other) { sum += other.sum; }
};

TEST(folding_buckets, doubles_its_width_and_keeps_what_it_holds) {
  folding_buckets<total> buckets{4, 10};
  buckets.at(0).sum = 1;
  buckets.at(39).sum = 2;
  EXPECT_EQ(buckets.width(), 10);
  buckets.at(40).sum += 4; // 0 to 79 in four buckets of 20
  EXPECT_EQ(buckets.width(), 20);
  ASSERT_EQ(buckets.buckets().size(), 3U);
  EXPECT_EQ(buckets.buckets()[0].sum, 1);
  EXPECT_EQ(buckets.buckets()[1].sum, 2);
  EXPECT_EQ(buckets.buckets()[2].sum, 4);
  buckets.at(1'000'000).sum += 8;
  EXPECT_LE(buckets.buckets().size(), 4U);
  EXPECT_EQ(buckets.buckets().front().sum, 7);
  EXPECT_EQ(buckets.buckets().back().sum, 8);
}

TEST(folding_buckets, what_is_before_the_range_counts_at_its_beginning) {
  folding_buckets<total> buckets{4, 10};
  buckets.at(-5).sum = 1;
  EXPECT_EQ(buckets.buckets().front().sum, 1);
}

TEST(folding_buckets, splits_a_span_over_the_buckets_it_covers) {
  folding_buckets<total> buckets{4, 10};
  buckets.for_each_overlap(-7, 55, [](total& bucket, std::int64_t part) { bucket.sum += static_cast<int>(part); });
  ASSERT_EQ(buckets.buckets().size(), 3U);
  EXPECT_EQ(buckets.buckets()[0].sum, 20);
  EXPECT_EQ(buckets.buckets()[1].sum, 20);
  EXPECT_EQ(buckets.buckets()[2].sum, 15);
  buckets.for_each_overlap(10, 10, [](total& bucket, std::int64_t) { bucket.sum = -1; });
  EXPECT_EQ(buckets.buckets()[0].sum, 20);
}

/// The numbers 1 to `count`, whose percentile p is 1 + p (count - 1).
log_linear_histogram one_to(int count) {
  log_linear_histogram histogram;
  for (int i = 1; i <= count; ++i) histogram.add(i);
  return histogram;
}

metrics::distribution described(int count) {
  metrics::distribution summary;
  summary.count = static_cast<std::uint64_t>(count);
  const auto at = [count](double p) { return 1 + p * (count - 1); };
  summary.min = 1;
  summary.p50 = at(0.5);
  summary.p90 = at(0.9);
  summary.p95 = at(0.95);
  summary.p99 = at(0.99);
  summary.p99_9 = at(0.999);
  summary.max = count;
  return summary;
}

double value_at(const std::vector<curve_point>& curve, double one_in) {
  for (const curve_point& point : curve)
    if (point.one_in == one_in) return point.value;
  ADD_FAILURE() << "no point at " << one_in;
  return 0;
}

TEST(percentile_curve, passes_through_the_summary_and_ends_with_the_largest) {
  const auto summary = described(100'000);
  const auto curve = percentile_curve(one_to(100'000), summary);
  EXPECT_EQ(curve.front().one_in, 1);
  EXPECT_EQ(curve.front().value, 1);
  EXPECT_EQ(value_at(curve, 2), *summary.p50);
  EXPECT_EQ(value_at(curve, 10), *summary.p90);
  EXPECT_EQ(value_at(curve, 20), *summary.p95);
  EXPECT_EQ(value_at(curve, 100), *summary.p99);
  EXPECT_EQ(value_at(curve, 1000), *summary.p99_9);
  EXPECT_NEAR(value_at(curve, 10'000), 1 + 0.9999 * 99'999, 50); // p99.99, from the histogram: within 0.05 %
  EXPECT_EQ(curve.back().one_in, 100'000);
  EXPECT_EQ(curve.back().value, 100'000);
  EXPECT_TRUE(std::is_sorted(curve.begin(), curve.end(), [](const curve_point& left, const curve_point& right) {
    return left.one_in < right.one_in || left.value < right.value;
  }));
  EXPECT_LT(curve.size(), 80U);
}

TEST(percentile_curve, of_few_samples_has_no_percentile_beyond_the_largest) {
  const auto curve = percentile_curve(one_to(50), described(50));
  EXPECT_EQ(curve.back().one_in, 50);
  EXPECT_EQ(curve.back().value, 50);
}

TEST(percentile_curve, of_a_single_sample_is_a_point_and_of_none_empty) {
  EXPECT_EQ(percentile_curve(one_to(1), described(1)).size(), 1U);
  EXPECT_TRUE(percentile_curve({}, {}).empty());
}

TEST(linear_bins, hold_each_sample_once) {
  log_linear_histogram samples = one_to(10'000);
  samples.add(1e9);
  const linear_histogram bins = linear_bins(samples);
  EXPECT_EQ(bins.width, 500);
  EXPECT_EQ(bins.from, 0); // never before 0 where no sample is
  EXPECT_LE(bins.shares.size(), 60U);
  EXPECT_NEAR(bins.above, 1.0 / 10'001, 1e-9);
  EXPECT_NEAR(bins.below + bins.above + std::accumulate(bins.shares.begin(), bins.shares.end(), 0.0), 1, 1e-9);
}

TEST(linear_bins, of_equal_samples_are_no_finer_than_what_is_known) {
  log_linear_histogram samples;
  for (int i = 0; i < 100; ++i) samples.add(10);
  const linear_histogram bins = linear_bins(samples);
  EXPECT_EQ(bins.width, 0.05);
  EXPECT_NEAR(*std::max_element(bins.shares.begin(), bins.shares.end()), 1, 1e-9);
  EXPECT_TRUE(linear_bins({}).shares.empty());
}

TEST(inert, spells_out_what_means_something_to_html) {
  const std::string text = "</script><!--&amp;\u2028\u2029\xff";
  const std::string safe = inert(json::serialize(json::value(text)));
  EXPECT_EQ(safe.find_first_of("<>&"), std::string::npos);
  EXPECT_EQ(safe.find('\xe2'), std::string::npos);
  EXPECT_EQ(json::parse(safe), json::value("</script><!--&amp;\u2028\u2029\uFFFD"));
}

class html_page_of_a_run : public testing::Test {
protected:
  /// Two levels of drawn requests, analyzed as `keep` says.
  analyzed_run drawn(std::size_t requests, sample_keeping keep, json::object manifest = {}) {
    std::filesystem::remove_all(folder_.path() / "raw");
    samples::write_run(folder_.path(), 2, requests, 10, std::move(manifest));
    return load_run(folder_.path(), keep).value();
  }

  json::object data_of(const analyzed_run& run) {
    const run_in_folder self{&run, folder_.path()};
    return page_data({&self, 1}).value();
  }

  static const json::object& level(const json::object& data, std::size_t number) {
    return data.at("runs").as_array()[0].at("levels").as_array()[number].as_object();
  }

  test::temporary_folder folder_;
};

double largest_in(const json::value& numbers) {
  double largest = 0;
  for (const json::value& number : numbers.as_array())
    if (number.is_number()) largest = std::max(largest, number.to_number<double>());
  return largest;
}

TEST_F(html_page_of_a_run, has_the_figures_of_its_summary) {
  const analyzed_run run = drawn(1'003, sample_keeping::all);
  const json::object data = data_of(run);
  EXPECT_EQ(data.at("runs").as_array()[0].at("summary"), json::value(summary_json(run)));
  EXPECT_EQ(data.at("runs").as_array()[0].at("manifest"), json::value(manifest_json(run.run)));
  for (std::size_t i = 0; i < run.levels.size(); ++i) {
    const json::value& curve = level(data, i).at("percentiles").at("ttft_ms").at("value");
    EXPECT_EQ(curve.as_array().front(), json::value(*run.levels[i].of(metric::ttft).min));
    EXPECT_EQ(curve.as_array().back(), json::value(*run.levels[i].of(metric::ttft).max));
  }
}

TEST_F(html_page_of_a_run, keeps_the_slowest_when_it_thins) {
  const analyzed_run run = drawn(5'003, sample_keeping::all);
  const json::object data = data_of(run);
  for (std::size_t i = 0; i < run.levels.size(); ++i) {
    const json::object& over = level(data, i).at("over_time").as_object();
    for (const auto& [name, which] : {std::pair{"ttft_ms", metric::ttft}, std::pair{"itl_ms", metric::itl}}) {
      const double largest = *run.levels[i].of(which).max;
      EXPECT_NEAR(largest_in(over.at(name).at("max")), largest, largest * 1e-5) << name;
    }
    double longest = 0;
    for (const metrics::request_record& record : run.run.levels[i].requests)
      if (!record.warmup) longest = std::max(longest, to_s(*record.ended - *record.planned));
    const json::object& timeline = level(data, i).at("timeline").as_object();
    EXPECT_LE(timeline.at("index").as_array().size(), 240U);
    double shown = 0;
    for (std::size_t r = 0; r < timeline.at("index").as_array().size(); ++r)
      shown = std::max(shown, timeline.at("end_s").as_array()[r].to_number<double>() -
                                  timeline.at("begin_s").as_array()[r].to_number<double>());
    EXPECT_NEAR(shown, longest, 1e-3);
  }
}

TEST_F(html_page_of_a_run, counts_every_token_and_every_failure_over_time) {
  const analyzed_run run = drawn(2'001, sample_keeping::all);
  const json::object data = data_of(run);
  double tokens = 0, in_flight_s = 0;
  std::uint64_t not_completed = 0;
  for (const metrics::request_record& record : run.run.levels[0].requests) {
    if (record.warmup) continue;
    in_flight_s += to_s(*record.ended - *record.sent);
    if (record.end != metrics::outcome::completed) ++not_completed;
    if (record.end != metrics::outcome::failed) tokens += static_cast<double>(record.chunks.size());
  }
  const json::object& over = level(data, 0).at("over_time").as_object();
  const double step_s = over.at("step_s").to_number<double>();
  const auto sum = [&over](const char* name) {
    double all = 0;
    for (const json::value& number : over.at(name).as_array()) all += number.to_number<double>();
    return all;
  };
  EXPECT_NEAR(sum("output_tokens_per_s") * step_s, tokens, tokens * 1e-4);
  EXPECT_NEAR(sum("in_flight") * step_s, in_flight_s, in_flight_s * 1e-4);
  EXPECT_EQ(sum("not_completed"), static_cast<double>(not_completed));
}

TEST_F(html_page_of_a_run, is_drawn_the_same_without_its_records_in_memory) {
  const json::object whole = data_of(drawn(1'003, sample_keeping::all));
  const json::object bounded = data_of(load_run(folder_.path(), sample_keeping::histogram).value());
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(level(whole, i).at("histograms"), level(bounded, i).at("histograms"));
    EXPECT_EQ(level(whole, i).at("timeline"), level(bounded, i).at("timeline"));
    EXPECT_EQ(level(whole, i).at("over_time").at("itl_ms").at("max"),
              level(bounded, i).at("over_time").at("itl_ms").at("max"));
  }
}

TEST_F(html_page_of_a_run, does_not_grow_with_its_requests) {
  const std::size_t small = html_page(data_of(drawn(2'000, sample_keeping::all))).size();
  const std::size_t large = html_page(data_of(drawn(10'000, sample_keeping::all))).size();
  EXPECT_LT(large, small + 60'000);
  EXPECT_LT(large, chart_library().size() + 500'000);
}

std::size_t occurrences(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST_F(html_page_of_a_run, leaves_markup_of_any_origin_inert) {
  const std::string attack = "</script><script>document.title='owned'</script><img src=x onerror=alert(1)>{{data}}";
  analyzed_run run = drawn(103, sample_keeping::all,
                           {{"label", attack},
                            {"command", {"loadgen", "run", attack}},
                            {"settings", {{attack, {{"value", attack}, {"source", attack}}}}},
                            {"workload", {{"dataset", {{"name", attack}}}}},
                            {"system", {{attack, attack}}},
                            {"target", {{"urls", {attack}}, {"model", attack}, {"endpoint", attack}}}});
  const std::size_t scripts = occurrences(html_page(data_of(drawn(103, sample_keeping::all))), "<script");
  for (std::string& message : run.levels[0].requests.first_messages) message = attack;
  run.levels[0].trust.reasons = {attack};
  run.levels[0].server_reported[attack] = {};
  const std::string page = html_page(data_of(run));
  EXPECT_EQ(occurrences(page, "<script"), scripts);
  EXPECT_EQ(occurrences(page, "</script"), scripts);
  EXPECT_EQ(occurrences(page, "<img"), 0U);
  EXPECT_GT(occurrences(page, "\\u003cimg"), 8U);
}

TEST(html_page, is_whole_and_loads_nothing) {
  const std::string page = html_page({{"schema", "loadgen.report/1"}, {"runs", json::array{}}});
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>"));
  EXPECT_TRUE(page.ends_with("</html>\n"));
  EXPECT_EQ(occurrences(page, "{{"), occurrences(chart_library(), "{{"));
  EXPECT_NE(page.find(chart_library()), std::string::npos);
  for (const char* load : {" src=", " href=", "url(", "@import", "import(", "fetch(", "XMLHttpRequest", "WebSocket"})
    EXPECT_EQ(page.find(load), std::string::npos) << load;
  for (const std::string_view part :
       {page_template(), page_style(), basics_script(), plots_script(), tables_script(), page_script()})
    for (const char* markup : {"http:", "https:", "innerHTML", "insertAdjacentHTML", "document.write"})
      EXPECT_EQ(part.find(markup), std::string_view::npos) << markup;
}

} // namespace
} // namespace loadgen::report
