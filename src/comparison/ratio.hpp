#pragma once

#include "metrics/batch_means.hpp"

#include <loadgen/comparison/change.hpp>

#include <optional>
#include <span>

namespace loadgen::comparison {

/// How sure a change is. Without an interval `why` says what is missing.
struct finding {
  std::optional<metrics::interval> interval; ///< of b / a - 1
  std::optional<double> p;
  obstacle why = obstacle::none;
};

/// Degrees of freedom of a variance from batches.
inline constexpr double batch_degrees = metrics::batch_count - 1;

/// From the logarithm of b / a, its standard error and the degrees of freedom of that. Above 0: `degrees`.
[[nodiscard]] finding find_normal(double log_ratio, double error, double degrees, double confidence);

/// A quantile of one side, all of whose interval's ends are to be above zero.
struct quantile_side {
  std::span<const double> sorted; ///< the samples in ascending order, at least one
  double fraction;                ///< of the samples below the quantile
  double value;                   ///< the quantile
  double share_error;             ///< standard error of the share of samples at or below it
};

/// From two quantiles whose estimates correlate by `correlation`: each side's interval, put together on the logarithmic
/// scale (MOVER). Few_samples where an end would lie outside the samples.
[[nodiscard]] finding find_quantiles(const quantile_side& a, const quantile_side& b, double correlation,
                                     double confidence);

/// The standard errors of two estimates whose excesses over the same batches are given, and their correlation.
struct joint_errors {
  double a = 0, b = 0;
  double correlation = 0; ///< 0 where the batches do not belong together
  double difference = 0;  ///< of the difference of the two
};

/// Unset where the batches are no guide. `together`: batch k of one side has the requests of batch k of the other.
[[nodiscard]] std::optional<joint_errors> errors_of(const metrics::batch_excesses& a, const metrics::batch_excesses& b,
                                                    bool together);

} // namespace loadgen::comparison
