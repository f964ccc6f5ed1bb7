// What the Parquet plugin wrote, read by pandas and DuckDB.

#include "integration/reference_run.hpp"

#include <gtest/gtest.h>

namespace loadgen::test {
namespace {

namespace fs = std::filesystem;

TEST(parquet_readers, pandas_and_duckdb_read_what_requests_csv_says) {
  if (!fs::exists(LOADGEN_PARQUET_PLUGIN)) GTEST_SKIP() << "built without Arrow: there is no Parquet plugin";
  const temporary_folder tools;
  const std::string environment = (tools.path() / "venv").string();
  const std::string python = environment + "/bin/python";
  if (run_process({"/usr/bin/env", "python3", "-m", "venv", environment}).exit_code != 0)
    GTEST_SKIP() << "no python3 with venv";
  const auto installed = run_process({python, "-m", "pip", "install", "--quiet", "--only-binary",
                                      ":all:", "pandas==3.1.1", "pyarrow==26.0.1", "duckdb==2.0.1"});
  if (installed.exit_code != 0) GTEST_SKIP() << "the readers cannot be installed: " << installed.err;

  const reference_server server{{"--ttft", "5ms", "--itl", "1ms", "--tokens", "6"}};
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{"--concurrency", "1,4", "--requests", "40", "--trials", "2", "--label", "röd"},
        std::vector<std::string>{"--rate", "200", "--requests", "60", "--timeout", "8ms", "--bounded",
                                 "--max-failure-rate", "1"}}) {
    const temporary_folder results;
    const auto ran = run_process(run_command(server.url(), results, options));
    ASSERT_EQ(ran.exit_code, 0) << ran.err;
    const auto read =
        run_process({python, LOADGEN_SOURCE_DIR "/tests/integration/read_parquet.py", run_folder_in(results).string()});
    EXPECT_EQ(read.exit_code, 0) << read.out << read.err;
  }
}

} // namespace
} // namespace loadgen::test
