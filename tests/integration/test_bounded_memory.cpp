#include "support/process.hpp"
#include "support/temporary_folder.hpp"
#include "unit/report/recorded_runs.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>

namespace loadgen::test {
namespace {

/// The most memory, in KiB, that any program had which this test ran so far.
long most_memory_of_children() {
  rusage used{};
  getrusage(RUSAGE_CHILDREN, &used);
  return used.ru_maxrss;
}

const variables no_parquet{{"LOADGEN_PLUGIN_DIR", "/nonexistent"}};

long memory_to_report(const std::filesystem::path& run, const std::string& bounded, const variables& added = {}) {
  std::filesystem::remove_all(run / "summary"); // so that all files are made again
  const process_result result = run_process({LOADGEN_PROGRAM, "report", run.string(), bounded}, added);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_TRUE(std::filesystem::exists(run / "summary/summary.json"));
  return most_memory_of_children();
}

TEST(bounded_memory, does_not_grow_with_the_number_of_requests_and_tokens) {
  const temporary_folder small, large;
  report::samples::write_run(small.path(), 1, 10'000, 20);
  report::samples::write_run(large.path(), 1, 200'000, 20);
  // In the order of what each takes: the most so far is told.
  const long of_small = memory_to_report(small.path(), "--bounded", no_parquet);
  const long of_large = memory_to_report(large.path(), "--bounded", no_parquet);
  const long of_small_with_parquet = memory_to_report(small.path(), "--bounded");
  const long of_large_with_parquet = memory_to_report(large.path(), "--bounded");
  const long of_all_samples = memory_to_report(large.path(), "--bounded=false");
  RecordProperty("small_kib", std::to_string(of_small));
  RecordProperty("large_kib", std::to_string(of_large));
  RecordProperty("small_with_parquet_kib", std::to_string(of_small_with_parquet));
  RecordProperty("large_with_parquet_kib", std::to_string(of_large_with_parquet));
  RecordProperty("all_samples_kib", std::to_string(of_all_samples));
  EXPECT_LT(of_large, 48 * 1024);
  EXPECT_LT(of_large, of_small + 4 * 1024);
  EXPECT_LT(of_large_with_parquet, of_large + 64 * 1024); // Arrow's own, and one row group
  EXPECT_LT(of_large_with_parquet, of_small_with_parquet + 8 * 1024);
  EXPECT_GT(of_all_samples, 4 * of_large);
}

} // namespace
} // namespace loadgen::test
