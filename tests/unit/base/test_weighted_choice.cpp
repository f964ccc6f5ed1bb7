#include <loadgen/base/weighted_choice.hpp>

#include <gtest/gtest.h>

#include <array>
#include <cmath>

namespace loadgen {
namespace {

TEST(weighted_choice, gives_each_its_share) {
  const weighted_choice choice{{3, 1, 0, 4}, 1, "model"};
  constexpr int draws = 80'000;
  std::array<int, 4> counts{};
  for (std::uint64_t request = 0; request < draws; ++request) ++counts[choice.of(2, request)];
  EXPECT_EQ(counts[2], 0);
  // Five standard deviations of a binomial count: one such test in a million fails by chance, and the seed is fixed.
  for (const auto& [place, share] : {std::pair{0, 3.0 / 8}, std::pair{1, 1.0 / 8}, std::pair{3, 4.0 / 8}})
    EXPECT_NEAR(counts[static_cast<std::size_t>(place)], draws * share, 5 * std::sqrt(draws * share * (1 - share)));
}

TEST(weighted_choice, depends_on_seed_dimension_level_and_request_alone) {
  const weighted_choice choice{{1, 1}, 7, "model"};
  const weighted_choice same{{1, 1}, 7, "model"};
  const auto differs = [&choice](const weighted_choice& other, std::uint64_t level) {
    int different = 0;
    for (std::uint64_t i = 0; i < 64; ++i) different += choice.of(0, i) != other.of(level, i) ? 1 : 0;
    return different;
  };
  EXPECT_EQ(differs(same, 0), 0);
  EXPECT_GT(differs(same, 1), 0);
  EXPECT_GT(differs({{1, 1}, 8, "model"}, 0), 0);
  EXPECT_GT(differs({{1, 1}, 7, "lora"}, 0), 0);
}

// From an implementation of docs/outputs.md in Python. A report draws again what a run has drawn: another order of the
// same bits would give each request another model.
TEST(weighted_choice, draws_as_it_did_when_it_was_made) {
  const weighted_choice choice{{1, 2, 3}, 1, "model"};
  std::string drawn;
  for (std::uint64_t request = 0; request < 24; ++request) drawn += static_cast<char>('a' + choice.of(0, request));
  EXPECT_EQ(drawn, "baaccccabccbbcbccbbababa");
}

TEST(weighted_choice, with_one_of_any_weight_there_is_no_choice) {
  const weighted_choice choice{{0, 0.1, 0}, 3, "model"};
  for (std::uint64_t request = 0; request < 1000; ++request) ASSERT_EQ(choice.of(0, request), 1U);
}

} // namespace
} // namespace loadgen
