#include "support/process.hpp"
#include "support/temporary_folder.hpp"
#include "unit/report/recorded_runs.hpp"

#include <loadgen/report/report.hpp>

#include <gtest/gtest.h>

#include <sstream>

namespace loadgen::test {
namespace {

TEST(hlog_reader, hdrhistogram_of_pypi_reads_what_report_wrote) {
  const temporary_folder folder;
  const std::string environment = (folder.path() / "venv").string();
  const std::string python = environment + "/bin/python";
  if (run_process({"/usr/bin/python3", "-m", "venv", environment}).exit_code != 0)
    GTEST_SKIP() << "no python3 with venv";
  const auto installed = run_process({python, "-m", "pip", "install", "--quiet", "hdrhistogram==0.10.8"});
  if (installed.exit_code != 0) GTEST_SKIP() << "the reader cannot be installed: " << installed.err;

  report::samples::write_run(folder.path(), 2, 2'003, 8);
  const std::string log = (folder.path() / "run.hlog").string();
  ASSERT_TRUE(report::write_hlog(folder.path(), log));
  const auto run = report::load_run(folder.path());
  ASSERT_TRUE(run);
  const auto read = run_process({python, LOADGEN_SOURCE_DIR "/tests/integration/read_hlog.py", log});
  ASSERT_EQ(read.exit_code, 0) << read.err;

  std::istringstream lines{read.out};
  for (const metrics::level_summary& level : run->levels)
    for (std::size_t i = 0; i < metrics::metric_count; ++i) {
      const auto which = static_cast<metrics::metric>(i);
      if (!is_latency(which)) continue;
      std::string tag;
      std::uint64_t count = 0;
      double median = 0;
      lines >> tag >> count >> median;
      EXPECT_TRUE(tag.starts_with(std::string{name(which)} + ":")) << tag;
      EXPECT_EQ(count, level.of(which).count) << tag;
      EXPECT_NEAR(median, *level.of(which).p50, 0.01 * *level.of(which).p50) << tag; // a reader does not interpolate
    }
  std::string more;
  EXPECT_FALSE(lines >> more);
}

} // namespace
} // namespace loadgen::test
