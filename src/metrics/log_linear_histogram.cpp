#include "metrics/log_linear_histogram.hpp"

#include "metrics/percentile.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

namespace loadgen::metrics {

namespace {

// A double's bits without its sign are its exponent above its 52 bits of mantissa, and grow with the number. What is
// left of them without the lowest 42 counts 1,024 equal parts of each power of two: the bin.
constexpr unsigned dropped_bits = 42;

} // namespace

std::int32_t log_linear_histogram::bin_of(double number) noexcept {
  const auto magnitude = static_cast<std::int32_t>(std::bit_cast<std::uint64_t>(std::abs(number)) >> dropped_bits);
  return std::signbit(number) ? -magnitude : magnitude;
}

double log_linear_histogram::near_end(std::int32_t bin) noexcept {
  const auto end = std::bit_cast<double>(static_cast<std::uint64_t>(std::abs(bin)) << dropped_bits);
  return bin < 0 ? -end : end;
}

double log_linear_histogram::middle(std::int32_t bin) noexcept {
  if (bin == 0) return 0; // zero itself; nothing that is measured is as small as the others in its bin
  const double near = near_end(bin);
  const double far = near_end(bin < 0 ? bin - 1 : bin + 1);
  return near + (far - near) / 2;
}

void log_linear_histogram::add(double number) {
  const std::int32_t bin = bin_of(number);
  // Shift and mask round towards negative bins, as the ascending order wants.
  ++octaves_[bin >> 10][static_cast<std::size_t>(bin & (bins_per_octave - 1))];
  ++count_;
  // Welford's way: sums of squares lose the deviation where it is small beside the mean.
  const double from_old_mean = number - mean_;
  mean_ += from_old_mean / static_cast<double>(count_);
  squares_ += from_old_mean * (number - mean_);
  smallest_ = std::min(smallest_, number);
  largest_ = std::max(largest_, number);
}

double log_linear_histogram::standard_deviation() const noexcept {
  return count_ == 0 ? 0 : std::sqrt(squares_ / static_cast<double>(count_));
}

double log_linear_histogram::at_rank(std::uint64_t rank) const noexcept {
  std::uint64_t seen = 0;
  for (const auto& [octave, bins] : octaves_)
    for (std::int32_t i = 0; i < bins_per_octave; ++i) {
      seen += bins[static_cast<std::size_t>(i)];
      if (seen > rank) return std::clamp(middle(octave * bins_per_octave + i), smallest_, largest_);
    }
  return largest_;
}

double log_linear_histogram::percentile(double fraction) const noexcept {
  const double rank = fraction * static_cast<double>(count_ - 1);
  const auto below = static_cast<std::uint64_t>(rank);
  const double low = at_rank(below);
  if (below + 1 >= count_) return low;
  return interpolate(low, at_rank(below + 1), rank - std::floor(rank));
}

} // namespace loadgen::metrics
