#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace loadgen {

/// Which of several things each request of a run gets, such as its model: drawn by their weights from a seed and the
/// request's place alone, so that whoever knows the two can tell again. The same on every platform.
///
/// Thread-safety: all const members may be called from several threads at once.
class weighted_choice {
public:
  /// `weights`: at least one, each finite and at least 0, together above 0 and finite. `dimension` as of a
  /// random_stream.
  weighted_choice(std::vector<double> weights, std::uint64_t seed, std::string dimension);

  /// The place in `weights` of what request number `request` of level number `level` gets.
  [[nodiscard]] std::size_t of(std::uint64_t level, std::uint64_t request) const noexcept;

private:
  std::vector<double> sums_; // of all weights up to each
  std::uint64_t seed_;
  std::string dimension_;
};

} // namespace loadgen
