#pragma once

#include "metrics/log_linear_histogram.hpp"

#include <loadgen/metrics/summary.hpp>

#include <variant>
#include <vector>

namespace loadgen::metrics {

/// The samples of one figure, as they come in.
class sample_set {
public:
  explicit sample_set(sample_keeping keep);

  /// `sample`: finite.
  void add(double sample);

  /// May reorder the samples that are kept.
  [[nodiscard]] distribution describe();

private:
  std::variant<std::vector<double>, log_linear_histogram> samples_;
};

} // namespace loadgen::metrics
