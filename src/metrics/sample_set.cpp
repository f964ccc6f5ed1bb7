#include "metrics/sample_set.hpp"

#include "metrics/distribution.hpp"

namespace loadgen::metrics {

sample_set::sample_set(sample_keeping keep) {
  if (keep == sample_keeping::histogram) samples_.emplace<log_linear_histogram>();
}

void sample_set::add(double sample) {
  if (auto* all = std::get_if<std::vector<double>>(&samples_))
    all->push_back(sample);
  else
    std::get<log_linear_histogram>(samples_).add(sample);
}

distribution sample_set::describe() {
  return std::visit([](auto& samples) { return metrics::describe(samples); }, samples_);
}

} // namespace loadgen::metrics
