// Asked lengths against achieved ones.

#include "metrics/length_meter.hpp"
#include "unit/metrics/support.hpp"

#include <gtest/gtest.h>

namespace loadgen::metrics {
namespace {

request_record request(std::uint32_t asked_input, std::optional<std::uint32_t> input, std::uint32_t asked_output,
                       std::optional<std::uint32_t> output) {
  request_record record;
  record.end = outcome::completed;
  record.asked_input = asked_input;
  record.usage.input = input;
  record.asked_output = asked_output;
  record.usage.output = output;
  return record;
}

TEST(length_meter, tells_how_many_are_exact_and_how_far_the_others_are_off) {
  length_meter lengths{sample_keeping::all};
  lengths.add(request(100, 100, 8, 8));
  lengths.add(request(100, 107, 8, 5));
  lengths.add(request(200, 190, 8, 8));
  const auto input = lengths.input();
  ASSERT_TRUE(input);
  EXPECT_EQ(input->requests, 3U);
  EXPECT_EQ(input->exact, 1U);
  EXPECT_EQ(input->max_difference, 10U);
  EXPECT_EQ(input->asked.p50, 100.0);
  EXPECT_EQ(input->achieved.p50, 107.0);
  EXPECT_EQ(input->achieved.max, 190.0);
  const auto output = lengths.output();
  ASSERT_TRUE(output);
  EXPECT_EQ(output->exact, 2U);
  EXPECT_EQ(output->max_difference, 3U);
  EXPECT_EQ(output->achieved.mean, 7.0);
}

TEST(length_meter, looks_at_requests_of_which_both_are_known) {
  length_meter lengths{sample_keeping::histogram};
  lengths.add(request(0, 100, 0, 8));
  lengths.add(request(100, std::nullopt, 8, std::nullopt));
  request_record failed = request(100, 100, 8, 8);
  failed.end = outcome::failed;
  lengths.add(failed);
  request_record warmup = request(100, 100, 8, 8);
  warmup.warmup = true;
  lengths.add(warmup);
  EXPECT_FALSE(lengths.input());
  EXPECT_FALSE(lengths.output());
}

} // namespace
} // namespace loadgen::metrics
