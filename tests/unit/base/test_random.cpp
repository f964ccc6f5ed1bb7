#include <loadgen/base/random.hpp>

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace loadgen {
namespace {

TEST(random_stream, the_same_seed_dimension_and_index_give_the_same_bits) {
  random_stream first{7, "arrivals", 3};
  random_stream second{7, "arrivals", 3};
  for (int i = 0; i < 100; ++i) EXPECT_EQ(first(), second());
}

TEST(random_stream, seed_dimension_and_index_each_change_the_bits) {
  std::set<std::uint64_t> firsts;
  for (const std::uint64_t seed : {0U, 1U, 2U})
    for (const char* dimension : {"arrivals", "lengths", ""})
      for (const std::uint64_t index : {0U, 1U, 2U}) firsts.insert(random_stream{seed, dimension, index}());
  EXPECT_EQ(firsts.size(), 27U);
}

TEST(random_stream, bits_are_fixed_for_all_time) { // plans, and with them workload hashes, rest on these values
  random_stream stream{1, "salt", 0};
  EXPECT_EQ(stream(), 0x23D41562494D60AFU); // computed apart, from the definition of SplitMix64
}

TEST(random_stream, each_bit_is_set_half_of_the_time) {
  random_stream stream{42, "lengths"};
  constexpr int draws = 20'000;
  std::array<int, 64> set{};
  for (int i = 0; i < draws; ++i) {
    const std::uint64_t bits = stream();
    for (unsigned b = 0; b < 64; ++b) set[b] += static_cast<int>((bits >> b) & 1U);
  }
  for (const int count : set) EXPECT_NEAR(count, draws / 2, 5 * 71); // five standard deviations of a fair coin
}

} // namespace
} // namespace loadgen
