#include "definitions/samples.hpp"
#include "metrics/percentile.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace loadgen::definitions {

namespace {

/// Percentiles asked for in ascending order.
class percentiles {
public:
  percentiles(weighted_samples& samples, percentile_rule rule) : values_(samples.values), rule_(rule) {
    if (rule == percentile_rule::nearest_above) accumulate(samples);
    if (rule == percentile_rule::next_rank) std::sort(values_.begin(), values_.end());
  }

  [[nodiscard]] double at(double fraction) {
    switch (rule_) {
    case percentile_rule::linear: break;
    case percentile_rule::nearest_above: return nearest_above(fraction);
    case percentile_rule::next_rank:
      return values_[static_cast<std::size_t>(static_cast<double>(values_.size()) * fraction)];
    }
    return linear_.at(fraction);
  }

private:
  /// Distinct values in order, each with the share of all weight that it and those below it have. The sums are made as
  /// the tool makes them, since a share may be just a percentile.
  void accumulate(const weighted_samples& samples) {
    for (std::size_t i = 0; i < values_.size(); ++i)
      shares_.emplace_back(values_[i], samples.weights.empty() ? 1 : samples.weights[i]);
    std::sort(shares_.begin(), shares_.end());
    std::size_t distinct = 0;
    for (std::size_t i = 1; i < shares_.size(); ++i) {
      if (shares_[i].first == shares_[distinct].first)
        shares_[distinct].second += shares_[i].second;
      else
        shares_[++distinct] = shares_[i];
    }
    shares_.resize(distinct + 1);
    const double total = std::accumulate(shares_.begin(), shares_.end(), 0.0,
                                         [](double sum, const auto& share) { return sum + share.second; });
    double below = 0;
    for (auto& share : shares_) share.second = below += share.second / total;
  }

  [[nodiscard]] double nearest_above(double fraction) const {
    const auto found = std::find_if(shares_.begin(), shares_.end(),
                                    [fraction](const auto& share) { return share.second >= fraction; });
    return found == shares_.end() ? shares_.back().first : found->first;
  }

  std::vector<double>& values_;
  percentile_rule rule_;
  metrics::percentile_selector linear_{values_};
  std::vector<std::pair<double, double>> shares_;
};

struct moments {
  double mean = 0;
  double variance = 0; // of the population
};

moments moments_of(const weighted_samples& samples) {
  const auto weight = [&samples](std::size_t i) { return samples.weights.empty() ? 1.0 : samples.weights[i]; };
  double total = 0, sum = 0, squares = 0;
  for (std::size_t i = 0; i < samples.values.size(); ++i) {
    total += weight(i);
    sum += weight(i) * samples.values[i];
  }
  const double mean = sum / total;
  for (std::size_t i = 0; i < samples.values.size(); ++i)
    squares += weight(i) * (samples.values[i] - mean) * (samples.values[i] - mean);
  return {mean, squares / total};
}

std::optional<double> deviation(double variance, std::size_t count, bool of_sample) {
  if (!of_sample) return std::sqrt(variance);
  if (count < 2) return std::nullopt;
  return std::sqrt(variance * static_cast<double>(count) / static_cast<double>(count - 1));
}

} // namespace

statistics summarize(weighted_samples& samples, const rules& by) {
  statistics summary;
  summary.count = samples.values.size();
  if (samples.values.empty()) return summary;
  const moments about = moments_of(samples);
  const auto [smallest, largest] = std::minmax_element(samples.values.begin(), samples.values.end());
  summary.mean = about.mean;
  summary.std = deviation(about.variance, samples.values.size(), by.sample_deviation);
  summary.min = *smallest;
  summary.max = *largest;
  percentiles ranked{samples, by.percentiles};
  summary.p50 = ranked.at(0.50);
  summary.p90 = ranked.at(0.90);
  summary.p95 = ranked.at(0.95);
  summary.p99 = ranked.at(0.99);
  return summary;
}

} // namespace loadgen::definitions
