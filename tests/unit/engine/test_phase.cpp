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

phase measured(const workload::plan& plan, phase::limits bounds) {
  return phase{plan, 0, phase::kind::measured, instant{}, bounds};
}

TEST(phase, requests_of_an_open_loop_are_due_from_its_beginning) {
  workload::level_settings level;
  level.requests = 2;
  level.offsets = {10ms, 30ms};
  level.warmup_offsets = {5ms};
  const workload::plan plan = workload::plan::make(workload::single_prompt("hello"), {}, {level}).value();
  const phase part{plan, 0, phase::kind::measured, instant{1s}, {.most = 2}};
  EXPECT_TRUE(part.open_loop());
  EXPECT_EQ(part.due(part.request(1).offset.value()), instant{1030ms});
  const phase warmup{plan, 0, phase::kind::warmup, instant{2s}, {.most = 1}};
  EXPECT_EQ(warmup.due(warmup.request(0).offset.value()), instant{2005ms});
}

TEST(phase, gives_each_request_once_and_no_more_than_planned) {
  const workload::plan plan = any_plan();
  phase part = measured(plan, {.most = 3});
  EXPECT_EQ(part.take({}), 0U);
  EXPECT_EQ(part.take({}), 1U);
  EXPECT_EQ(part.take({}), 2U);
  EXPECT_EQ(part.take({}), std::nullopt);
}

TEST(phase, gives_nothing_when_stopped_or_after_its_deadline) {
  const workload::plan plan = any_plan();
  phase timed = measured(plan, {.deadline = instant{10s}});
  EXPECT_TRUE(timed.take(instant{9s}));
  EXPECT_FALSE(timed.take(instant{10s}));
  EXPECT_EQ(timed.planned(), 0U);
  phase stopped = measured(plan, {.most = 5});
  stopped.stop();
  EXPECT_FALSE(stopped.take({}));
}

TEST(phase, threads_share_the_plan_without_loss_or_repetition) {
  const workload::plan plan = any_plan();
  constexpr std::uint64_t planned = 20'000;
  phase part = measured(plan, {.most = planned});
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
