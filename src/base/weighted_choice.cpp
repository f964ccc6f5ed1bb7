#include <loadgen/base/random.hpp>
#include <loadgen/base/weighted_choice.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace loadgen {

weighted_choice::weighted_choice(std::vector<double> weights, std::uint64_t seed, std::string dimension)
    : sums_(std::move(weights)),
      seed_(seed),
      dimension_(std::move(dimension)) {
  std::partial_sum(sums_.begin(), sums_.end(), sums_.begin());
}

std::size_t weighted_choice::of(std::uint64_t level, std::uint64_t request) const noexcept {
  const std::uint64_t level_seed = random_stream{seed_, dimension_, level}();
  const std::uint64_t bits = random_stream{level_seed, dimension_, request}() >> 11U; // as many as a double holds
  const double share = static_cast<double>(bits) * 0x1p-53;                           // from 0, below 1
  const auto found = std::upper_bound(sums_.begin(), sums_.end(), share * sums_.back());
  const auto last = std::lower_bound(sums_.begin(), sums_.end(), sums_.back()); // the last of any weight
  return static_cast<std::size_t>(std::min(found, last) - sums_.begin());
}

} // namespace loadgen
