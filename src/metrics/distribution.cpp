#include "metrics/distribution.hpp"

#include "metrics/percentile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace loadgen::metrics {

distribution describe(std::span<double> samples) {
  distribution result;
  result.count = samples.size();
  result.thin_p90 = is_thin(result.count, 100);
  result.thin_p95 = is_thin(result.count, 50);
  result.thin_p99 = is_thin(result.count, 10);
  result.thin_p99_9 = is_thin(result.count, 1);
  if (samples.empty()) return result;

  const auto count = static_cast<double>(samples.size());
  const double mean = std::accumulate(samples.begin(), samples.end(), 0.0) / count;
  const double squares = std::accumulate(samples.begin(), samples.end(), 0.0, [mean](double sum, double sample) {
    return sum + (sample - mean) * (sample - mean);
  });
  const auto [smallest, largest] = std::minmax_element(samples.begin(), samples.end());
  result.mean = mean;
  result.std = std::sqrt(squares / count);
  result.min = *smallest;
  result.max = *largest;

  percentile_selector percentiles{samples};
  result.p50 = percentiles.at(0.50);
  result.p90 = percentiles.at(0.90);
  result.p95 = percentiles.at(0.95);
  result.p99 = percentiles.at(0.99);
  result.p99_9 = percentiles.at(0.999);
  return result;
}

} // namespace loadgen::metrics
