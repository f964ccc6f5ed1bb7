#pragma once

#include <loadgen/base/time.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace loadgen::workload {

/// The gaps in seconds, the one before the first among them.
inline std::vector<double> gaps_s(const std::vector<duration>& times) {
  std::vector<double> gaps;
  duration before{};
  for (const duration due : times) {
    gaps.push_back(to_s(due - before));
    before = due;
  }
  return gaps;
}

inline double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

inline double coefficient_of_variation(const std::vector<double>& values) {
  const double middle = mean(values);
  double squares = 0;
  for (const double value : values) squares += (value - middle) * (value - middle);
  return std::sqrt(squares / static_cast<double>(values.size())) / middle;
}

/// The Kolmogorov-Smirnov statistic: the largest distance between the distribution of `values` and the true one.
inline double ks_distance(std::vector<double> values, const std::function<double(double)>& true_cdf) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double truth = true_cdf(values[i]);
    distance = std::max({distance, truth - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - truth});
  }
  return distance;
}

/// At a significance of 1 %: a right schedule fails for one seed in a hundred, and the seeds here are fixed.
inline double ks_critical(std::size_t n) {
  return 1.628 / std::sqrt(static_cast<double>(n));
}

} // namespace loadgen::workload
