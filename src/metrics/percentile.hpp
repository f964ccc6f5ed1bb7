#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace loadgen::metrics {

/// The value `fraction` (0 to 1) of the way from `low` to `high`, as numpy computes it: from the nearer end, so that
/// the result never passes the farther one.
[[nodiscard]] double interpolate(double low, double high, double fraction) noexcept;

/// Percentiles of one set of samples, asked for in ascending order: each selection looks only at the samples that the
/// one before left above it, which is several times cheaper than sorting them all. Reorders the samples, does not own
/// them. At least one sample, none of them NaN.
class percentile_selector {
public:
  explicit percentile_selector(std::span<double> samples) noexcept : samples_(samples) {}

  /// The value below which `fraction` (0 to 1, not below that of the call before) of the samples lie, by linear
  /// interpolation between the two nearest ranks: numpy's default.
  [[nodiscard]] double at(double fraction);

private:
  std::span<double> samples_;
  std::size_t settled_ = 0; ///< rank of the last selection: no sample before it is greater than one behind it
};

/// Whether fewer than ten of `count` samples lie beyond a percentile, so that it is little more than one sample's luck.
/// `beyond_per_mille` is the share beyond it: 10 for p99.
[[nodiscard]] constexpr bool is_thin(std::uint64_t count, std::uint64_t beyond_per_mille) noexcept {
  return count < 10'000 / beyond_per_mille;
}

} // namespace loadgen::metrics
