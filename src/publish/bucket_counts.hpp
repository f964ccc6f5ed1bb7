#pragma once

#include <loadgen/publish/metric_family.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace loadgen::publish {

/// Upper bounds in milliseconds: 1, 1.5, 2, 3, 5 and 7.5 of each power of ten, so that a quantile that is read from the
/// counts is at most a third of itself away from the true one.
[[nodiscard]] std::span<const double> first_token_bounds_ms() noexcept; ///< 1 ms to 60 s
[[nodiscard]] std::span<const double> gap_bounds_ms() noexcept;         ///< 0.5 ms to 1 s
[[nodiscard]] std::span<const double> whole_bounds_ms() noexcept;       ///< 10 ms to 600 s

/// A histogram with fixed bounds, as Prometheus has them: a number belongs to the first bound that is not below it.
class bucket_counts {
public:
  /// `bounds_ms` must outlive it.
  explicit bucket_counts(std::span<const double> bounds_ms);

  void add(double ms);

  /// In seconds.
  [[nodiscard]] metric_sample sample(label_list labels) const;

private:
  std::span<const double> bounds_ms_;
  std::vector<std::uint64_t> counts_; ///< by bound, not summed up; the last one: above all of them
  double sum_ms_ = 0;
};

} // namespace loadgen::publish
