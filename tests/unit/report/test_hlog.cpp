#include "support/temporary_folder.hpp"
#include "unit/report/hdr_decoder.hpp"
#include "unit/report/recorded_runs.hpp"

#include <loadgen/report/report.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <sstream>
#include <vector>

namespace loadgen::report {
namespace {

using metrics::metric;

struct interval {
  std::string tag;
  double begin = 0, length = 0, largest_ms = 0;
  decoded_hdr histogram;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream stream{text};
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

interval read_interval(const std::string& line) {
  std::istringstream fields{line};
  interval read;
  char comma = 0;
  std::string text;
  std::getline(fields, read.tag, ',');
  fields >> read.begin >> comma >> read.length >> comma >> read.largest_ms >> comma >> text;
  read.histogram = decode_hdr(text);
  return read;
}

/// The value with a share of `fraction` of the counts at or below it, in milliseconds.
double quantile_ms(const decoded_hdr& histogram, double fraction) {
  const auto total = std::accumulate(histogram.counts.begin(), histogram.counts.end(), std::uint64_t{0},
                                     [](std::uint64_t sum, const auto& bin) { return sum + bin.second; });
  std::uint64_t seen = 0;
  for (const auto& [value, count] : histogram.counts) {
    seen += count;
    if (static_cast<double>(seen) >= fraction * static_cast<double>(total)) return static_cast<double>(value) / 1e6;
  }
  return 0;
}

class hlog : public testing::Test {
protected:
  std::vector<std::string> write() {
    EXPECT_TRUE(write_hlog(folder_.path(), file_).has_value());
    return lines_of(test::text_of(file_));
  }

  test::temporary_folder folder_;
  std::filesystem::path file_ = folder_.path() / "run.hlog";
};

TEST_F(hlog, begins_with_the_lines_that_readers_look_for) {
  samples::write_run(folder_.path(), 1, 11, 3);
  const std::vector<std::string> lines = write();
  ASSERT_GT(lines.size(), 5U);
  EXPECT_TRUE(lines[0].starts_with("#[Histogram log of loadgen run drawn;"));
  EXPECT_EQ(lines[1], "#[Histogram log format version 1.3]");
  EXPECT_EQ(lines[2], "#[StartTime: 1784726102.000 (seconds since epoch), 2026-07-22T13:15:02Z]");
  EXPECT_EQ(lines[3], "#[BaseTime: 1784726102.000 (seconds since epoch)]");
  EXPECT_EQ(lines[4], R"("StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram")");
}

TEST_F(hlog, has_an_interval_for_each_level_and_latency_with_its_samples) {
  samples::write_run(folder_.path(), 3, 1'003, 6);
  const std::vector<std::string> lines = write();
  const auto run = load_run(folder_.path());
  ASSERT_TRUE(run);
  std::size_t line = 5;
  for (const metrics::level_summary& level : run->levels)
    for (std::size_t i = 0; i < metrics::metric_count; ++i) {
      const auto which = static_cast<metric>(i);
      if (!is_latency(which)) continue;
      ASSERT_LT(line, lines.size());
      const interval read = read_interval(lines[line++]);
      std::uint64_t count = 0;
      for (const auto& bin : read.histogram.counts) count += bin.second;
      EXPECT_EQ(count, level.of(which).count) << read.tag;
      EXPECT_NEAR(read.largest_ms, *level.of(which).max, 0.0006) << read.tag;
      // Bins are named by their lowest value, and a quantile is not interpolated: 0.1 % and a sample's step.
      EXPECT_NEAR(quantile_ms(read.histogram, 0.5), *level.of(which).p50, 0.01 * *level.of(which).p50) << read.tag;
    }
  EXPECT_EQ(line, lines.size());
}

TEST_F(hlog, tags_name_metric_load_and_trial_and_intervals_the_measured_phase) {
  samples::write_run(folder_.path(), 2, 101, 3);
  const std::vector<std::string> lines = write();
  ASSERT_EQ(lines.size(), 5U + 2 * 10);
  const interval first = read_interval(lines[5]);
  EXPECT_EQ(first.tag, "Tag=ttft:rate=1000:trial=1");
  EXPECT_DOUBLE_EQ(first.begin, 0);
  EXPECT_DOUBLE_EQ(first.length, 10.101);
  EXPECT_EQ(read_interval(lines[15]).tag, "Tag=ttft:rate=500:trial=1"); // of the killed level
  EXPECT_GT(read_interval(lines[15]).length, 0);
}

TEST_F(hlog, of_a_folder_without_records_is_an_error_and_writes_nothing) {
  EXPECT_TRUE(write_hlog(folder_.path(), file_).has_error());
  EXPECT_FALSE(std::filesystem::exists(file_));
}

} // namespace
} // namespace loadgen::report
