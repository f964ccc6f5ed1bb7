#include "publish/bucket_counts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

namespace loadgen::publish {
namespace {

TEST(bucket_counts, a_number_is_in_the_first_bucket_that_is_not_below_it_and_in_all_behind) {
  constexpr std::array bounds{1.0, 2.0, 5.0};
  bucket_counts counts{bounds};
  for (const double ms : {0.5, 1.0, 1.5, 5.0, 7.0}) counts.add(ms);
  const metric_sample sample = counts.sample({{"a", "b"}});
  using bucket = std::pair<double, std::uint64_t>;
  EXPECT_EQ(sample.buckets, (std::vector<bucket>{{0.001, 2}, {0.002, 3}, {0.005, 4}}));
  EXPECT_EQ(sample.count, 5U);
  EXPECT_DOUBLE_EQ(sample.sum, 0.015);
  EXPECT_EQ(sample.labels, (label_list{{"a", "b"}}));
}

TEST(bucket_counts, bounds_ascend_and_reach_as_far_as_is_said) {
  for (const auto& [bounds, first, last] : {std::tuple{first_token_bounds_ms(), 1.0, 60'000.0},
                                            {gap_bounds_ms(), 0.5, 1'000.0},
                                            {whole_bounds_ms(), 10.0, 600'000.0}}) {
    EXPECT_EQ(bounds.front(), first);
    EXPECT_EQ(bounds.back(), last);
    EXPECT_TRUE(std::is_sorted(bounds.begin(), bounds.end()));
    for (std::size_t i = 1; i < bounds.size(); ++i) EXPECT_LE(bounds[i] / bounds[i - 1], 2.0) << bounds[i];
  }
}

} // namespace
} // namespace loadgen::publish
