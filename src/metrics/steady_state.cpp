#include "metrics/steady_state.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace loadgen::metrics {

namespace {

constexpr std::size_t batch_size = 5;
constexpr std::size_t fewest_batches = 20;
constexpr std::size_t rest_batches = 10;          ///< over which the rest's own swings are measured
constexpr double standard_errors_of_chance = 3.5; ///< false alarms: docs/statistics.md
constexpr double rounding = 1e-9;                 ///< of means of ranks, where there is no chance in a series
constexpr double least_difference = 0.01;         ///< of the mean: less is of no consequence, however certain it may be

std::vector<double> batch_means(std::span<const double> series, std::size_t size) {
  std::vector<double> means;
  means.reserve(series.size() / size);
  for (std::size_t end = size; end <= series.size(); end += size) {
    const auto batch = series.subspan(end - size, size);
    means.push_back(std::accumulate(batch.begin(), batch.end(), 0.0) / static_cast<double>(size));
  }
  return means;
}

/// The number of batches to leave out, at most half of them, so that the marginal standard error of the rest is
/// smallest.
std::size_t mser_truncation(std::span<const double> means) {
  double count = 0, mean = 0, squares = 0; // from the end: Welford's recurrence
  std::size_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (std::size_t left_out = means.size(); left_out-- > 0;) {
    const double step = means[left_out] - mean;
    count += 1;
    mean += step / count;
    squares += step * (means[left_out] - mean);
    const double error = squares / (count * count);
    if (left_out > means.size() / 2 || error > least) continue;
    least = error;
    best = left_out;
  }
  return best;
}

/// The place of each sample among all, from 0 to 1; equal ones share theirs. Their mean is what no tail can move.
std::vector<double> ranks(std::span<const double> series) {
  std::vector<std::size_t> order(series.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&series](std::size_t left, std::size_t right) { return series[left] < series[right]; });
  std::vector<double> places(series.size());
  for (std::size_t begin = 0, end = 0; begin < order.size(); begin = end) {
    while (end < order.size() && series[order[end]] == series[order[begin]]) ++end;
    const double place = static_cast<double>(begin + end) / 2 / static_cast<double>(series.size());
    for (std::size_t i = begin; i < end; ++i) places[order[i]] = place;
  }
  return places;
}

double mean_of(std::span<const double> samples) {
  return std::accumulate(samples.begin(), samples.end(), 0.0) / static_cast<double>(samples.size());
}

/// Whether the first `head` samples lie higher or lower than the others by more than the others' own swings explain,
/// which batch means tell whether or not neighbours are alike.
bool differs_from_rest(std::span<const double> series, std::size_t head) {
  const double rest_mean = mean_of(series.subspan(head));
  if (std::abs(mean_of(series.first(head)) - rest_mean) <= least_difference * std::abs(rest_mean)) return false;
  const std::vector<double> places = ranks(series);
  const std::span first = std::span{places}.first(head);
  const std::span rest = std::span{places}.subspan(head);
  const std::size_t size = rest.size() / rest_batches;
  const std::vector<double> means = batch_means(rest, size);
  const double mean = mean_of(means);
  const double squares = std::accumulate(
      means.begin(), means.end(), 0.0, [mean](double sum, double each) { return sum + (each - mean) * (each - mean); });
  const double long_run_variance = squares / static_cast<double>(means.size() - 1) * static_cast<double>(size);
  const double error =
      std::sqrt(long_run_variance * (1 / static_cast<double>(first.size()) + 1 / static_cast<double>(rest.size())));
  return std::abs(mean_of(first) - mean_of(rest)) > standard_errors_of_chance * error + rounding;
}

} // namespace

std::optional<settling> find_settling(std::span<const double> series) {
  const std::vector<double> means = batch_means(series, batch_size);
  if (means.size() < fewest_batches) return std::nullopt;
  const std::size_t candidate = mser_truncation(means) * batch_size;
  const std::size_t transients = candidate > 0 && differs_from_rest(series, candidate) ? candidate : 0;
  const auto rest = series.subspan(transients);
  return settling{!differs_from_rest(rest, rest.size() / 2), transients};
}

} // namespace loadgen::metrics
