#include "support/temporary_folder.hpp"
#include "unit/report/recorded_runs.hpp"

#include <loadgen/publish/level_watch.hpp>
#include <loadgen/report/report.hpp>

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

namespace loadgen::publish {
namespace {

using namespace std::chrono_literals;

TEST(level_watch, gives_the_figures_of_each_level_that_has_ended_in_order) {
  const test::temporary_folder folder;
  report::samples::write_run(folder.path(), 4, 203, 8);
  const auto run = report::load_run(folder.path()).value();
  std::vector<metrics::level_summary> given;
  level_watch watch{folder.path(),
                    [&](const result<metrics::level_summary>& level) { given.push_back(level.value()); }};
  for (int i = 0; i < 3; ++i) watch.level_ended();
  EXPECT_EQ(watch.finish(60s), 0U);
  ASSERT_EQ(given.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(given[i].info.level, i);
    EXPECT_EQ(given[i].requests.completed, run.levels[i].requests.completed);
    EXPECT_EQ(given[i].of(metrics::metric::itl).p99, run.levels[i].of(metrics::metric::itl).p99);
  }
}

TEST(level_watch, tells_why_a_level_has_no_figures) {
  const test::temporary_folder folder;
  report::samples::write_run(folder.path(), 1, 3, 2);
  std::vector<std::string> why;
  level_watch watch{folder.path(), [&](const result<metrics::level_summary>& level) {
                      if (level.has_error()) why.push_back(level.error().message);
                    }};
  watch.level_ended();
  watch.level_ended();
  EXPECT_EQ(watch.finish(60s), 0U);
  ASSERT_EQ(why.size(), 1U);
  EXPECT_NE(why[0].find("has 1 levels"), std::string::npos) << why[0];
}

TEST(level_watch, finish_does_not_wait_for_levels_that_were_not_begun_in_time) {
  const test::temporary_folder folder;
  report::samples::write_run(folder.path(), 3, 3, 2);
  std::mutex mutex;
  std::condition_variable changed;
  bool begun = false, released = false;
  std::size_t taken = 0;
  level_watch watch{folder.path(), [&](const result<metrics::level_summary>&) {
                      std::unique_lock lock{mutex};
                      ++taken;
                      begun = true;
                      changed.notify_all();
                      changed.wait(lock, [&] { return released; });
                    }};
  watch.level_ended();
  watch.level_ended();
  {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return begun; });
  }
  std::thread releasing{[&] {
    std::this_thread::sleep_for(100ms); // well behind the limit below, which needs no more than to be over
    const std::lock_guard lock{mutex};
    released = true;
    changed.notify_all();
  }};
  EXPECT_EQ(watch.finish(1ms), 1U);
  EXPECT_EQ(taken, 1U);
  releasing.join();
}

} // namespace
} // namespace loadgen::publish
