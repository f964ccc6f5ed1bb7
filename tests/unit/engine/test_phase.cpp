#include "engine/phase.hpp"

#include <gtest/gtest.h>

#include <set>
#include <thread>

namespace loadgen::engine {
namespace {

using namespace std::chrono_literals;

workload::plan any_plan() {
  workload::level_settings level;
  level.requests = 1;
  return workload::plan::make(workload::single_prompt("hello"), {}, {level}).value();
}

TEST(phase, gives_each_request_once_and_no_more_than_planned) {
  const workload::plan plan = any_plan();
  phase part{plan, 0, phase::kind::measured, 3};
  EXPECT_EQ(part.take({}), 0U);
  EXPECT_EQ(part.take({}), 1U);
  EXPECT_EQ(part.take({}), 2U);
  EXPECT_EQ(part.take({}), std::nullopt);
  EXPECT_EQ(part.issued(), 3U);
}

TEST(phase, gives_nothing_when_stopped_or_after_its_deadline) {
  const workload::plan plan = any_plan();
  phase timed{plan, 0, phase::kind::warmup, phase::unlimited, instant{10s}};
  EXPECT_TRUE(timed.take(instant{9s}));
  EXPECT_FALSE(timed.take(instant{10s}));
  EXPECT_EQ(timed.planned(), 0U);
  phase stopped{plan, 0, phase::kind::measured, 5};
  stopped.stop();
  EXPECT_FALSE(stopped.take({}));
  EXPECT_EQ(stopped.issued(), 0U);
}

TEST(phase, threads_share_the_plan_without_loss_or_repetition) {
  const workload::plan plan = any_plan();
  constexpr std::uint64_t planned = 20'000;
  phase part{plan, 0, phase::kind::measured, planned};
  std::array<std::vector<std::uint64_t>, 4> taken;
  std::vector<std::thread> threads;
  for (auto& mine : taken)
    threads.emplace_back([&part, &mine] {
      while (const auto index = part.take({})) {
        mine.push_back(*index);
        part.count(metrics::outcome::completed);
      }
    });
  for (std::thread& thread : threads) thread.join();
  std::set<std::uint64_t> all;
  for (const auto& mine : taken) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), planned);
  EXPECT_EQ(part.ended(metrics::outcome::completed), planned);
}

} // namespace
} // namespace loadgen::engine
