#include "metrics/batch_means.hpp"

#include <algorithm>

namespace loadgen::metrics {

batch_variance variance_of(const batch_excesses& excesses) noexcept {
  double squares = 0, neighbours = 0, before = 0;
  for (const double excess : excesses) {
    squares += excess * excess;
    neighbours += excess * before;
    before = excess;
  }
  if (squares <= 0) return {};
  // Requests at the edge of two batches belong to both: what neighbours share is added where it widens the interval.
  const double of_sum = (squares + 2 * std::max(0.0, neighbours)) * batch_count / (batch_count - 1);
  return {of_sum, neighbours / squares};
}

} // namespace loadgen::metrics
