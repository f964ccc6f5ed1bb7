#include "comparison/trials.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace loadgen::comparison {

namespace {

/// Mean of the logarithms, and its variance.
struct log_mean {
  double mean = 0;
  double variance = 0; ///< of the mean
  double degrees = 0;
};

log_mean describe(std::span<const double> logs) {
  const auto count = static_cast<double>(logs.size());
  const double mean = std::accumulate(logs.begin(), logs.end(), 0.0) / count;
  const double squares = std::accumulate(
      logs.begin(), logs.end(), 0.0, [mean](double sum, double each) { return sum + (each - mean) * (each - mean); });
  return {mean, squares / (count - 1) / count, count - 1};
}

std::vector<double> logs_of(std::span<const double> figures) {
  std::vector<double> logs(figures.size());
  std::transform(figures.begin(), figures.end(), logs.begin(), [](double figure) { return std::log(figure); });
  return logs;
}

double square(double x) noexcept {
  return x * x;
}

} // namespace

finding find_over_trials(std::span<const double> a, std::span<const double> b, double confidence) {
  const log_mean of_a = describe(logs_of(a)), of_b = describe(logs_of(b));
  const double variance = of_a.variance + of_b.variance;
  // Satterthwaite's; of trials that are all equal, those of the smaller side.
  const double degrees =
      variance > 0 ? square(variance) / (square(of_a.variance) / of_a.degrees + square(of_b.variance) / of_b.degrees)
                   : std::min(of_a.degrees, of_b.degrees);
  return find_normal(of_b.mean - of_a.mean, std::sqrt(variance), degrees, confidence);
}

finding find_over_paired_trials(std::span<const double> a, std::span<const double> b, double confidence) {
  std::vector<double> ratios(a.size());
  std::transform(a.begin(), a.end(), b.begin(), ratios.begin(),
                 [](double of_a, double of_b) { return std::log(of_b / of_a); });
  const log_mean described = describe(ratios);
  return find_normal(described.mean, std::sqrt(described.variance), described.degrees, confidence);
}

double geometric_mean(std::span<const double> figures) {
  const std::vector<double> logs = logs_of(figures);
  return std::exp(std::accumulate(logs.begin(), logs.end(), 0.0) / static_cast<double>(logs.size()));
}

} // namespace loadgen::comparison
