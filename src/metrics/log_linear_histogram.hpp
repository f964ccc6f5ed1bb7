#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <map>

namespace loadgen::metrics {

/// Counts of numbers in bins that are linear within each power of two and double in width with it, so that a bin's
/// middle is within relative_error of every number in it, however small or large: the layout of an HdrHistogram, over
/// all of `double` and without limits to be named beforehand. Moments and ends are kept exactly.
///
/// Memory: 8 KiB for each power of two that a number fell into, whatever the count.
class log_linear_histogram {
public:
  /// How far a bin's middle is at most from a number in it, as a share of the number.
  static constexpr double relative_error = 1.0 / 2048;

  /// `number`: finite.
  void add(double number);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

  // Of the numbers themselves, not of bins; 0 where there are none.
  [[nodiscard]] double mean() const noexcept { return mean_; }

  [[nodiscard]] double standard_deviation() const noexcept; ///< of the population

  // Where there are none, the ends are infinite.
  [[nodiscard]] double smallest() const noexcept { return smallest_; }

  [[nodiscard]] double largest() const noexcept { return largest_; }

  /// The number that has `rank` others before it in ascending order, within relative_error; `rank` below count().
  /// Never outside of smallest() and largest().
  [[nodiscard]] double at_rank(std::uint64_t rank) const noexcept;

  /// As percentile_selector::at, of numbers at their bins' middles. At least one number.
  [[nodiscard]] double percentile(double fraction) const noexcept;

  /// Calls `visit(lowest, count)` for each bin that holds any number, in ascending order; `lowest` is the end of the
  /// bin that is nearer to zero, which is in it.
  template<class Visitor>
  void for_each_bin(Visitor&& visit) const {
    for (const auto& [octave, bins] : octaves_)
      for (std::int32_t i = 0; i < bins_per_octave; ++i)
        if (const std::uint64_t count = bins[static_cast<std::size_t>(i)])
          visit(near_end(octave * bins_per_octave + i), count);
  }

private:
  static constexpr std::int32_t bins_per_octave = 1024;

  [[nodiscard]] static std::int32_t bin_of(double number) noexcept;
  [[nodiscard]] static double near_end(std::int32_t bin) noexcept;
  [[nodiscard]] static double middle(std::int32_t bin) noexcept;

  std::map<std::int32_t, std::array<std::uint64_t, bins_per_octave>> octaves_; ///< by bin / bins_per_octave
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0; ///< sum of the squared deviations from the mean
  double smallest_ = std::numeric_limits<double>::infinity();
  double largest_ = -std::numeric_limits<double>::infinity();
};

} // namespace loadgen::metrics
