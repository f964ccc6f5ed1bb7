#include "comparison/ratio.hpp"

#include "metrics/percentile.hpp"

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <functional>

namespace loadgen::comparison {

namespace {

using boost::math::students_t;
using metrics::batch_excesses;
using metrics::batch_variance;
using metrics::interval;

double two_sided_quantile(double degrees, double confidence) {
  return boost::math::quantile(students_t{degrees}, (1 + confidence) / 2);
}

double two_sided_p(double degrees, double t) {
  return 2 * boost::math::cdf(boost::math::complement(students_t{degrees}, t));
}

interval relative(double log_low, double log_high) {
  return {std::expm1(log_low), std::expm1(log_high)};
}

/// Between the two nearest ranks, as all percentiles are.
double sample_at(std::span<const double> sorted, double fraction) {
  const double rank = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  if (below + 1 >= sorted.size()) return sorted.back();
  return metrics::interpolate(sorted[below], sorted[below + 1], rank - std::floor(rank));
}

/// How far the ends of a quantile's interval are from it, as logarithms.
struct log_margins {
  double down = 0, up = 0;
};

/// Unset where an end lies outside the samples.
std::optional<log_margins> margins_of(const quantile_side& of, double t) {
  const double margin = t * of.share_error;
  if (margin >= std::min(of.fraction, 1 - of.fraction)) return std::nullopt;
  const double low = sample_at(of.sorted, of.fraction - margin), high = sample_at(of.sorted, of.fraction + margin);
  return log_margins{std::max(std::log(of.value / low), 0.0), std::max(std::log(high / of.value), 0.0)};
}

/// How far an end of the ratio's interval is from it: MOVER, where `b` and `a` are the errors of the two sides that
/// move the ratio that way. What the sides share moves both in one direction and so takes from each what the other has
/// in that direction, `a_with_b` and `b_with_a`, but never more than it would of equal sides.
double joined(double b, double a_with_b, double a, double b_with_a, double correlation) {
  const double apart = b * b + a * a;
  const double shared = correlation * (b * a_with_b + a * b_with_a);
  return std::sqrt(correlation > 0 ? std::max(apart - shared, apart * (1 - correlation)) : apart - shared);
}

/// The interval of log(b / a) that takes `t` standard errors to each side.
std::optional<interval> log_interval(const quantile_side& a, const quantile_side& b, double correlation, double t) {
  const auto of_a = margins_of(a, t), of_b = margins_of(b, t);
  if (!of_a || !of_b) return std::nullopt;
  const double middle = std::log(b.value / a.value);
  return interval{middle - joined(of_b->down, of_a->down, of_a->up, of_b->up, correlation),
                  middle + joined(of_b->up, of_a->up, of_a->down, of_b->down, correlation)};
}

bool contains_zero(const std::optional<interval>& of) noexcept {
  return !of || (of->low <= 0 && of->high >= 0);
}

/// The confidence at which the interval begins to hold "no change": found by halving.
double p_of_quantiles(const quantile_side& a, const quantile_side& b, double correlation) {
  double without = 0, with = 64; // standard errors
  if (contains_zero(log_interval(a, b, correlation, without))) return 1;
  for (int i = 0; i < 50; ++i) {
    const double middle = (without + with) / 2;
    (contains_zero(log_interval(a, b, correlation, middle)) ? with : without) = middle;
  }
  return two_sided_p(batch_degrees, with);
}

} // namespace

finding find_normal(double log_ratio, double error, double degrees, double confidence) {
  const double margin = two_sided_quantile(degrees, confidence) * error;
  const double p = log_ratio == 0 ? 1 : error > 0 ? two_sided_p(degrees, std::abs(log_ratio) / error) : 0;
  return {relative(log_ratio - margin, log_ratio + margin), p, obstacle::none};
}

finding find_quantiles(const quantile_side& a, const quantile_side& b, double correlation, double confidence) {
  const auto found = log_interval(a, b, correlation, two_sided_quantile(batch_degrees, confidence));
  if (!found) return {std::nullopt, std::nullopt, obstacle::few_samples};
  if (!std::isfinite(found->low) || !std::isfinite(found->high))
    return {std::nullopt, std::nullopt, obstacle::no_ratio};
  return {relative(found->low, found->high), p_of_quantiles(a, b, correlation), obstacle::none};
}

std::optional<joint_errors> errors_of(const batch_excesses& a, const batch_excesses& b, bool together) {
  const batch_variance of_a = metrics::variance_of(a), of_b = metrics::variance_of(b);
  if (!together) {
    if (of_a.is_no_guide() || of_b.is_no_guide()) return std::nullopt;
    return joint_errors{std::sqrt(of_a.of_sum), std::sqrt(of_b.of_sum), 0, std::sqrt(of_a.of_sum + of_b.of_sum)};
  }
  batch_excesses differences{};
  std::transform(b.begin(), b.end(), a.begin(), differences.begin(), std::minus<>{});
  const batch_variance of_difference = metrics::variance_of(differences);
  if (of_difference.is_no_guide()) return std::nullopt;
  joint_errors errors{std::sqrt(of_a.of_sum), std::sqrt(of_b.of_sum), 0, std::sqrt(of_difference.of_sum)};
  const double product = errors.a * errors.b;
  if (product > 0)
    errors.correlation = std::clamp((of_a.of_sum + of_b.of_sum - of_difference.of_sum) / (2 * product), -1.0, 1.0);
  return errors;
}

} // namespace loadgen::comparison
