#include "report/html/curves.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

namespace loadgen::report {

namespace {

using metrics::distribution;
using metrics::log_linear_histogram;

constexpr double points_per_decade = 12;
constexpr double shown_bins = 48;
/// Four times what log_linear_histogram itself blurs: finer bins would show its own steps.
constexpr double finest_share = 8 * log_linear_histogram::relative_error;

/// The last point is a single sample. Points nearer to it than this share of its distance would show a cliff that is
/// only the gap between the two largest samples.
constexpr double last_approach = 0.6;

/// The points of the curve that the summary knows, exactly where all samples were kept.
std::vector<curve_point> known_points(const distribution& summary) {
  const std::array<std::pair<double, std::optional<double>>, 6> figures{{
      {1, summary.min},
      {2, summary.p50},
      {10, summary.p90},
      {20, summary.p95},
      {100, summary.p99},
      {1000, summary.p99_9},
  }};
  const auto count = static_cast<double>(summary.count);
  std::vector<curve_point> points;
  for (const auto& [one_in, value] : figures)
    if (value && (one_in < count || points.empty())) points.push_back({one_in, *value});
  if (summary.max && summary.count > 1) points.push_back({count, *summary.max});
  return points;
}

/// The smallest of 1, 2 and 5 times a power of ten that is not below `width`.
double round_width(double width) {
  const double power = std::pow(10.0, std::floor(std::log10(width)));
  for (const double factor : {1.0, 2.0, 5.0})
    if (factor * power >= width) return factor * power;
  return 10 * power;
}

} // namespace

std::vector<curve_point> percentile_curve(const log_linear_histogram& samples, const distribution& summary) {
  const std::vector<curve_point> known = known_points(summary);
  std::vector<curve_point> curve;
  int step = 1;
  for (const curve_point& next : known) {
    for (; !curve.empty() && samples.count() > 0; ++step) {
      const double one_in = std::pow(10.0, step / points_per_decade);
      if (one_in >= next.one_in * (&next == &known.back() ? last_approach : 0.999)) break;
      if (one_in <= curve.back().one_in * 1.001) continue; // on the known point before
      curve.push_back({one_in, std::clamp(samples.percentile(1 - 1 / one_in), curve.back().value,
                                          std::max(curve.back().value, next.value))});
    }
    curve.push_back(next);
  }
  return curve;
}

linear_histogram linear_bins(const log_linear_histogram& samples) {
  linear_histogram bins;
  if (samples.count() == 0) return bins;
  const double low = samples.percentile(0.005);
  const double high = samples.percentile(0.995);
  const double finest = std::max({(high - low) / shown_bins, std::abs(high) * finest_share, 1e-6});
  bins.width = round_width(finest);
  bins.from = (std::floor(low / bins.width) - 1) * bins.width;
  if (samples.smallest() >= 0) bins.from = std::max(bins.from, 0.0);
  const double wanted = std::floor((high - bins.from) / bins.width) + 2;
  bins.shares.resize(static_cast<std::size_t>(wanted));

  const auto all = static_cast<double>(samples.count());
  samples.for_each_bin([&](double lowest, std::uint64_t count) {
    const double share = static_cast<double>(count) / all;
    const double middle = lowest * (1 + log_linear_histogram::relative_error);
    const double place = std::floor((middle - bins.from) / bins.width);
    if (place < 0)
      bins.below += share;
    else if (place >= wanted)
      bins.above += share;
    else
      bins.shares[static_cast<std::size_t>(place)] += share;
  });
  return bins;
}

} // namespace loadgen::report
