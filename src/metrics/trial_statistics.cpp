#include <loadgen/metrics/statistics.hpp>

#include <boost/math/distributions/students_t.hpp>

#include <cmath>
#include <numeric>

namespace loadgen::metrics {

trial_statistics describe_trials(std::span<const double> figures) {
  trial_statistics described;
  described.trials = static_cast<std::uint32_t>(figures.size());
  if (figures.empty()) return described;
  const auto count = static_cast<double>(figures.size());
  const double mean = std::accumulate(figures.begin(), figures.end(), 0.0) / count;
  described.mean = mean;
  if (figures.size() < 2) return described;

  const double squares = std::accumulate(figures.begin(), figures.end(), 0.0, [mean](double sum, double figure) {
    return sum + (figure - mean) * (figure - mean);
  });
  const double std = std::sqrt(squares / (count - 1));
  const double margin = boost::math::quantile(boost::math::students_t{count - 1}, 0.975) * std / std::sqrt(count);
  described.std = std;
  described.ci95 = interval{mean - margin, mean + margin};
  return described;
}

} // namespace loadgen::metrics
