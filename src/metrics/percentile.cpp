#include "metrics/percentile.hpp"

#include <algorithm>
#include <cmath>

namespace loadgen::metrics {

double interpolate(double low, double high, double fraction) noexcept {
  const double step = high - low;
  return fraction < 0.5 ? low + step * fraction : high - step * (1 - fraction);
}

double percentile_selector::at(double fraction) {
  const double rank = fraction * static_cast<double>(samples_.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const auto selected = samples_.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(samples_.begin() + static_cast<std::ptrdiff_t>(settled_), selected, samples_.end());
  settled_ = below;
  if (below + 1 == samples_.size()) return *selected;
  return interpolate(*selected, *std::min_element(selected + 1, samples_.end()), rank - std::floor(rank));
}

} // namespace loadgen::metrics
