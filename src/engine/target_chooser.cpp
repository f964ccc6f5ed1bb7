#include "engine/target_chooser.hpp"

#include <loadgen/base/random.hpp>

namespace loadgen::engine {

// Four requests in a row are ABBA or BAAB: each side is first as often as second, and a drift of the machine favours
// neither.
std::size_t target_chooser::of(std::uint64_t index) const noexcept {
  if (!pair_seed_) return static_cast<std::size_t>(index % targets_);
  const std::uint64_t quartet = index / 4, place = index % 4;
  const bool begins_with_b = (random_stream{*pair_seed_, "ab-order", quartet}() & 1U) != 0;
  const bool inner = place == 1 || place == 2;
  return inner != begins_with_b ? 1 : 0;
}

} // namespace loadgen::engine
