#pragma once

#include "metrics/batch_means.hpp"

#include <loadgen/metrics/metric.hpp>
#include <loadgen/metrics/recorded_run.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace loadgen::comparison {

/// The samples of one metric of a level, cut into batches by the requests' places in the plan: where two sides sent the
/// same plan, batch k of one has the requests of batch k of the other. They are sent in that order, so that a batch is
/// also a stretch of time.
class batched_samples {
public:
  /// `positions`: places in the plan, of which each batch has an equal part.
  batched_samples(metrics::metric which, const metrics::recorded_level& level, std::uint64_t positions);

  /// Requests that gave samples.
  [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }

  [[nodiscard]] std::size_t count() const noexcept { return samples_.size(); }

  /// All samples in ascending order. Valid as long as this object.
  [[nodiscard]] std::span<const double> sorted() const noexcept { return sorted_; }

  /// Of the sum of the samples, each as a share of the sum over all; `mean` is that of all samples.
  [[nodiscard]] metrics::batch_excesses mean_excesses(double mean) const noexcept;

  /// Of the number of samples at or below `quantile`, each as a share of all samples.
  [[nodiscard]] metrics::batch_excesses share_excesses(double quantile) const noexcept;

  /// The share of all samples at or below `quantile`.
  [[nodiscard]] double share_at(double quantile) const noexcept;

private:
  std::vector<double> samples_;                          ///< batch after batch
  std::array<std::size_t, metrics::batch_count> ends_{}; ///< of each batch in samples_
  std::vector<double> sorted_;
  std::uint64_t requests_ = 0;
};

/// One more than the highest place in the plan of a measured request of the level; 0 without any.
[[nodiscard]] std::uint64_t positions_of(const metrics::recorded_level& level) noexcept;

} // namespace loadgen::comparison
