#include "engine/target_chooser.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace loadgen::engine {
namespace {

std::string order_of(const target_chooser& chooser, std::uint64_t requests) {
  std::string order;
  for (std::uint64_t i = 0; i < requests; ++i) order += chooser.of(i) == 0 ? 'A' : 'B';
  return order;
}

TEST(target_chooser, replicas_take_turns) {
  const target_chooser chooser{3, std::nullopt};
  for (std::uint64_t i = 0; i < 10; ++i) EXPECT_EQ(chooser.of(i), i % 3);
}

TEST(target_chooser, each_pair_has_both_sides_and_each_two_pairs_both_orders) {
  const std::string order = order_of(target_chooser{2, 7}, 400);
  for (std::size_t i = 0; i < order.size(); i += 4) {
    const std::string quartet = order.substr(i, 4);
    EXPECT_TRUE(quartet == "ABBA" || quartet == "BAAB") << quartet;
  }
}

TEST(target_chooser, the_order_is_drawn_from_the_seed) {
  EXPECT_EQ(order_of(target_chooser{2, 7}, 400), order_of(target_chooser{2, 7}, 400));
  EXPECT_NE(order_of(target_chooser{2, 7}, 400), order_of(target_chooser{2, 8}, 400));
  std::size_t begins_with_a = 0;
  for (std::uint64_t quartet = 0; quartet < 1000; ++quartet) begins_with_a += target_chooser{2, 7}.of(quartet * 4) == 0;
  EXPECT_NEAR(static_cast<double>(begins_with_a), 500, 80); // five standard deviations of a fair coin
}

} // namespace
} // namespace loadgen::engine
