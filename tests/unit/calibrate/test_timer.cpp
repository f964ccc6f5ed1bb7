#include <loadgen/calibrate/timer.hpp>

#include <gtest/gtest.h>

namespace loadgen::calibrate {
namespace {

using namespace std::chrono_literals;

TEST(timer, wakes_no_earlier_than_it_was_set) {
  const instant began = clock::now();
  const timer_lateness late = measure_timer(1ms, 20);
  EXPECT_GE(clock::now() - began, 19ms);
  EXPECT_GT(late.p50_ms, 0);
  EXPECT_GE(late.p99_ms, late.p50_ms);
}

TEST(timer, the_clock_moves_in_steps_of_less_than_a_millisecond) {
  EXPECT_GT(measure_clock_step(), 0ns);
  EXPECT_LT(measure_clock_step(), 1ms);
}

} // namespace
} // namespace loadgen::calibrate
