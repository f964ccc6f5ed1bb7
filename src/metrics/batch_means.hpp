#pragma once

#include <array>
#include <cstddef>

namespace loadgen::metrics {

/// Into how many batches a level is cut (docs/statistics.md).
inline constexpr std::size_t batch_count = 20;

/// A level of fewer requests has fewer than two a batch: too few to tell.
inline constexpr std::size_t fewest_batched = 2 * batch_count;

/// Correlation of neighbouring batches above which the level is too short for its own correlations.
inline constexpr double greatest_batch_correlation = 0.6;

/// By how much the sum of something over each batch exceeds what the batch's size explains; together they are 0.
using batch_excesses = std::array<double, batch_count>;

/// How much the sum over all batches varies between levels, told from how much batches vary within one.
struct batch_variance {
  double of_sum = 0;                ///< the variance of the sum over all batches; 0 where no batch differs
  double neighbour_correlation = 0; ///< of one batch with the next

  /// Whether batches are too much alike their neighbours for their variance to say anything of the sum's.
  [[nodiscard]] bool is_no_guide() const noexcept { return neighbour_correlation > greatest_batch_correlation; }
};

[[nodiscard]] batch_variance variance_of(const batch_excesses& excesses) noexcept;

} // namespace loadgen::metrics
