#include <loadgen/publish/metric_family.hpp>

#include <gtest/gtest.h>

#include <limits>

namespace loadgen::publish {
namespace {

TEST(exposition, shows_counters_and_gauges_with_their_labels) {
  const std::vector<metric_family> families{
      {"requests_total", "All of them.", family_type::counter, {{{{"run", "1"}, {"x", "y"}}, 7}, {{}, 0.25}}},
      {"empty", "Nothing.", family_type::gauge, {}},
      {"now", "A number.", family_type::gauge, {{{}, 1e-05}}}};
  EXPECT_EQ(exposition_text(families), "# HELP requests_total All of them.\n"
                                       "# TYPE requests_total counter\n"
                                       "requests_total{run=\"1\",x=\"y\"} 7\n"
                                       "requests_total 0.25\n"
                                       "# HELP now A number.\n"
                                       "# TYPE now gauge\n"
                                       "now 1e-05\n");
}

TEST(exposition, shows_a_histogram_with_its_last_bucket) {
  metric_sample sample;
  sample.labels = {{"run", "1"}};
  sample.buckets = {{0.001, 2}, {0.075, 3}};
  sample.count = 4;
  sample.sum = 1.5;
  const std::vector<metric_family> families{{"ttft_seconds", "h", family_type::histogram, {sample}}};
  EXPECT_EQ(exposition_text(families), "# HELP ttft_seconds h\n"
                                       "# TYPE ttft_seconds histogram\n"
                                       "ttft_seconds_bucket{run=\"1\",le=\"0.001\"} 2\n"
                                       "ttft_seconds_bucket{run=\"1\",le=\"0.075\"} 3\n"
                                       "ttft_seconds_bucket{run=\"1\",le=\"+Inf\"} 4\n"
                                       "ttft_seconds_sum{run=\"1\"} 1.5\n"
                                       "ttft_seconds_count{run=\"1\"} 4\n");
}

TEST(exposition, shows_a_summary_with_its_quantiles) {
  metric_sample sample;
  sample.quantiles = {{0.5, 2}, {0.99, 3}};
  sample.count = 4;
  sample.sum = 8;
  const std::vector<metric_family> families{{"s", "h", family_type::summary, {sample}}};
  EXPECT_EQ(exposition_text(families), "# HELP s h\n"
                                       "# TYPE s summary\n"
                                       "s{quantile=\"0.5\"} 2\n"
                                       "s{quantile=\"0.99\"} 3\n"
                                       "s_sum 8\n"
                                       "s_count 4\n");
}

TEST(exposition, escapes_what_would_end_a_value_or_a_line) {
  const std::vector<metric_family> families{
      {"a", "back\\slash\nand \"quotes\"", family_type::gauge, {{{{"l", "say \"hi\"\\\nüñ {}"}}, 1}}}};
  EXPECT_EQ(exposition_text(families), "# HELP a back\\\\slash\\nand \"quotes\"\n"
                                       "# TYPE a gauge\n"
                                       "a{l=\"say \\\"hi\\\"\\\\\\nüñ {}\"} 1\n");
}

TEST(exposition, numbers_are_read_back_as_they_were_and_have_names_where_they_are_none) {
  constexpr double infinite = std::numeric_limits<double>::infinity();
  const std::vector<metric_family> families{
      {"a",
       "h",
       family_type::gauge,
       {{{}, 0.1 + 0.2}, {{}, infinite}, {{}, -infinite}, {{}, std::numeric_limits<double>::quiet_NaN()}}}};
  EXPECT_EQ(exposition_text(families), "# HELP a h\n# TYPE a gauge\n"
                                       "a 0.30000000000000004\na +Inf\na -Inf\na NaN\n");
}

} // namespace
} // namespace loadgen::publish
