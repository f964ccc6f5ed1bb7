#include "metrics/distribution.hpp"

#include "metrics/percentile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace loadgen::metrics {

namespace {

distribution counted(std::uint64_t count) noexcept {
  distribution result;
  result.count = count;
  result.thin_p90 = is_thin(count, 100);
  result.thin_p95 = is_thin(count, 50);
  result.thin_p99 = is_thin(count, 10);
  result.thin_p99_9 = is_thin(count, 1);
  return result;
}

} // namespace

distribution describe(std::span<double> samples) {
  distribution result = counted(samples.size());
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

distribution describe(const log_linear_histogram& samples) {
  distribution result = counted(samples.count());
  if (samples.count() == 0) return result;
  result.mean = samples.mean();
  result.std = samples.standard_deviation();
  result.min = samples.smallest();
  result.max = samples.largest();
  result.p50 = samples.percentile(0.50);
  result.p90 = samples.percentile(0.90);
  result.p95 = samples.percentile(0.95);
  result.p99 = samples.percentile(0.99);
  result.p99_9 = samples.percentile(0.999);
  return result;
}

} // namespace loadgen::metrics
