#include <loadgen/search/knee.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace loadgen::search {

namespace {

constexpr std::size_t fewest_on_a_side = 2;
constexpr double least_growth_below = 0.7; // exponent of throughput in the load; 1 is proportional
constexpr double most_growth_above = 0.3;
constexpr double beside = 0.01; // a load so close to the knee, relatively, is the knee's own

/// A point with logarithms of its load and its throughput.
struct log_point {
  double load = 0;
  double throughput = 0;
  double measured_load = 0; ///< not its logarithm
};

using log_points = std::span<const log_point>;

/// The slope of the line through the points: by what power throughput grows with the load.
double growth_of(log_points points) {
  const auto count = static_cast<double>(points.size());
  double load = 0, throughput = 0;
  for (const log_point& point : points) {
    load += point.load / count;
    throughput += point.throughput / count;
  }
  double common = 0, spread = 0;
  for (const log_point& point : points) {
    common += (point.load - load) * (point.throughput - throughput);
    spread += (point.load - load) * (point.load - load);
  }
  return common / spread;
}

/// Proportional growth up to the knee, and the same throughput from there on.
struct hinge {
  std::size_t below = 0; ///< points that grow
  double log_knee = 0;
  double log_plateau = 0;
  double squares = std::numeric_limits<double>::infinity(); ///< of the residuals
};

/// The best hinge whose first `below` points grow and whose knee is not beyond their neighbours.
hinge fit_hinge(log_points points, std::size_t below) {
  hinge fitted{.below = below};
  double log_slope = 0;
  for (const log_point& point : points.first(below))
    log_slope += (point.throughput - point.load) / static_cast<double>(below);
  double plateau = 0;
  const log_points above = points.subspan(below);
  for (const log_point& point : above) plateau += point.throughput / static_cast<double>(above.size());
  fitted.log_knee = std::clamp(plateau - log_slope, points[below - 1].load, points[below].load);
  if (fitted.log_knee != plateau - log_slope) { // at a measured load: one free parameter less
    double sum = 0;
    for (const log_point& point : points) sum += point.throughput - std::min(point.load, fitted.log_knee);
    log_slope = sum / static_cast<double>(points.size());
  }
  fitted.log_plateau = log_slope + fitted.log_knee;
  fitted.squares = 0;
  for (const log_point& point : points) {
    const double off = point.throughput - log_slope - std::min(point.load, fitted.log_knee);
    fitted.squares += off * off;
  }
  return fitted;
}

metrics::interval neighbours_of(log_points points, double log_knee) {
  metrics::interval around{points.front().measured_load, points.back().measured_load};
  for (const log_point& point : points) {
    if (point.load < log_knee - beside) around.low = point.measured_load;
    if (point.load > log_knee + beside) return {around.low, point.measured_load};
  }
  return around;
}

knee none(const char* reason) {
  knee found;
  found.reason = reason;
  return found;
}

} // namespace

knee find_knee(std::span<const load_point> sweep) {
  std::vector<log_point> points;
  for (const load_point& point : sweep)
    if (point.load > 0 && point.throughput > 0)
      points.push_back({std::log(point.load), std::log(point.throughput), point.load});
  std::sort(points.begin(), points.end(),
            [](const log_point& left, const log_point& right) { return left.load < right.load; });
  if (points.size() < fewest_loads_for_a_knee) return none("fewer than four loads have a throughput");

  const std::size_t last = points.size() - fewest_on_a_side;
  if (growth_of(log_points{points}.subspan(last)) > most_growth_above)
    return none("throughput still grows at the highest loads");
  if (growth_of(log_points{points}.first(fewest_on_a_side)) < least_growth_below)
    return none("throughput hardly grows even at the lowest loads");
  hinge best;
  for (std::size_t below = fewest_on_a_side; below <= last; ++below)
    if (const hinge fitted = fit_hinge(points, below); fitted.squares < best.squares) best = fitted;
  const bool bends = growth_of(log_points{points}.first(best.below)) >= least_growth_below &&
                     growth_of(log_points{points}.subspan(best.below)) <= most_growth_above;
  if (!bends) return none("throughput bends too gradually for one load to be its knee");
  knee found;
  found.load = std::exp(best.log_knee);
  found.neighbours = neighbours_of(points, best.log_knee);
  found.throughput = std::exp(best.log_plateau);
  return found;
}

} // namespace loadgen::search
