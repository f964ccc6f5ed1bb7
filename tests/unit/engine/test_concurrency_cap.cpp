#include "engine/concurrency_cap.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace loadgen::engine {
namespace {

TEST(concurrency_cap, has_as_many_places_as_it_was_given) {
  concurrency_cap cap{2};
  EXPECT_TRUE(cap.try_enter());
  EXPECT_TRUE(cap.try_enter());
  EXPECT_FALSE(cap.try_enter());
  cap.leave();
  EXPECT_TRUE(cap.try_enter());
}

TEST(concurrency_cap, a_place_that_falls_free_goes_to_whoever_has_waited_longest) {
  concurrency_cap cap{1};
  std::vector<int> granted;
  EXPECT_TRUE(cap.enter_or_wait([] { FAIL() << "had a place at once"; }));
  EXPECT_FALSE(cap.enter_or_wait([&] { granted.push_back(1); }));
  EXPECT_FALSE(cap.enter_or_wait([&] { granted.push_back(2); }));
  EXPECT_TRUE(granted.empty());
  cap.leave();
  EXPECT_EQ(granted, (std::vector<int>{1}));
  EXPECT_FALSE(cap.try_enter());
  cap.leave();
  EXPECT_EQ(granted, (std::vector<int>{1, 2}));
  cap.leave();
  EXPECT_TRUE(cap.try_enter());
}

TEST(concurrency_cap, threads_are_never_more_inside_than_it_allows) {
  concurrency_cap cap{3};
  std::atomic<int> inside{0}, most{0}, passed{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 2000; ++round) {
        std::atomic<bool> granted{false};
        const bool entered = cap.enter_or_wait([&granted] { granted = true; });
        while (!entered && !granted) std::this_thread::yield();
        const int now = ++inside;
        for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
        }
        --inside;
        ++passed;
        cap.leave();
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(passed, 12'000);
  EXPECT_LE(most, 3);
}

} // namespace
} // namespace loadgen::engine
