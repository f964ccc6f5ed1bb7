#include "comparison/batched_rate.hpp"
#include "comparison/batched_samples.hpp"
#include "comparison/figures.hpp"
#include "comparison/ratio.hpp"
#include "comparison/trials.hpp"

#include <loadgen/comparison/compare.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>

namespace loadgen::comparison {

namespace {

using metrics::level_summary;
using metrics::metric;
using figure_of_level = std::function<std::optional<double>(const level_summary&)>;
using trials = std::span<const trial>;

/// What one figure is compared by.
struct figure_rule {
  std::string name;
  bool headline = false;
  bool lower_is_better = true;
  figure_of_level value;
  figure_of_level error;           ///< how far the instrument can have moved it, in its unit
  std::function<finding()> single; ///< from the records of the first trials; both have the figure, above zero
};

bool has_samples(const trial& of) noexcept {
  return of.figures->samples == metrics::sample_keeping::all;
}

double both_errors(trials a, trials b, const figure_of_level& error, bool& known) {
  double sum = 0;
  for (const trials side : {a, b}) {
    double most = 0;
    for (const trial& each : side) {
      const std::optional<double> bound = error ? error(*each.figures) : std::nullopt;
      known = known && bound;
      most = std::max(most, bound.value_or(0));
    }
    sum += most;
  }
  return sum;
}

judgement judge(const change& of, bool lower_is_better, double threshold) noexcept {
  if (!of.interval) return judgement::cannot_tell;
  const bool differs = of.interval->low > 0 || of.interval->high < 0;
  if (!differs) {
    const bool small = of.interval->low >= -threshold && of.interval->high <= threshold;
    return small ? judgement::same : judgement::cannot_tell;
  }
  if (std::abs(*of.relative) < threshold) return judgement::negligible;
  if (of.instrument && std::abs(*of.relative) <= *of.instrument) return judgement::cannot_tell;
  return (*of.relative < 0) == lower_is_better ? judgement::better : judgement::worse;
}

/// Why a change that has an interval cannot be told.
obstacle what_hides(const change& of) noexcept {
  const bool differs = of.interval->low > 0 || of.interval->high < 0;
  return differs ? obstacle::instrument : obstacle::chance;
}

/// Takes one figure after the other of one level of two sides.
class level_comparer {
public:
  level_comparer(trials a, trials b, pairing how, const settings& asked)
      : a_(a),
        b_(b),
        how_(how),
        asked_(asked),
        over_trials_(compares_trials(a, b)) {
    if (over_trials_) return;
    a_ = a.first(1);
    b_ = b.first(1);
    const std::uint64_t of_a = positions_of(*a.front().records), of_b = positions_of(*b.front().records);
    positions_a_ = together() ? std::max(of_a, of_b) : of_a;
    positions_b_ = together() ? std::max(of_a, of_b) : of_b;
  }

  std::vector<change> compare_all() {
    std::vector<change> all;
    for (std::size_t i = 0; i < metrics::metric_count; ++i) compare_metric(static_cast<metric>(i), all);
    for (const rate_row& rate : rate_rows) all.push_back(compare(rule_of(rate)));
    return all;
  }

private:
  [[nodiscard]] bool together() const noexcept { return how_ != pairing::none; }

  void compare_metric(metric which, std::vector<change>& into) {
    samples_.reset();
    const bool open_loop = a_.front().figures->info.rate.has_value();
    for (const statistic_row& row : statistic_rows) {
      figure_rule rule;
      rule.name = fmt::format("{}_{}", metrics::name(which), row.name);
      rule.headline = is_headline(which, row, open_loop);
      rule.lower_is_better = is_latency(which);
      rule.value = [which, &row](const level_summary& level) { return level.of(which).*row.value; };
      rule.error = [which, &row](const level_summary& level) { return level.error_of(which).*row.error; };
      rule.single = [this, which, &row] { return row.fraction ? of_quantile(which, row) : of_mean(which, row); };
      into.push_back(compare(rule));
    }
  }

  [[nodiscard]] figure_rule rule_of(const rate_row& rate) {
    figure_rule rule;
    rule.name = rate.name;
    rule.headline = is_headline(rate);
    rule.lower_is_better = false;
    rule.value = [&rate](const level_summary& level) { return level.rates.*rate.value; };
    rule.single = [this, &rate] { return of_rate(rate.what); };
    return rule;
  }

  [[nodiscard]] change compare(const figure_rule& rule) {
    change found;
    found.figure = rule.name;
    found.headline = rule.headline;
    const std::vector<double> a = values_of(a_, rule.value), b = values_of(b_, rule.value);
    const std::size_t fewest = over_trials_ ? 2 : 1;
    if (a.size() < fewest || b.size() < fewest) return found;
    const bool positive = *std::min_element(a.begin(), a.end()) > 0 && *std::min_element(b.begin(), b.end()) > 0;
    found.a = positive && over_trials_ ? geometric_mean(a) : a.front();
    found.b = positive && over_trials_ ? geometric_mean(b) : b.front();
    found.why = obstacle::no_ratio;
    if (!positive) return found;
    found.relative = *found.b / *found.a - 1;
    bool known = true;
    const double error = both_errors(a_, b_, rule.error, known);
    if (known) found.instrument = error / *found.a;

    const finding by = find(rule, a, b);
    found.interval = by.interval;
    found.p = by.p;
    found.verdict = judge(found, rule.lower_is_better, asked_.threshold);
    found.why = by.why;
    if (found.interval && found.verdict == judgement::cannot_tell) found.why = what_hides(found);
    return found;
  }

  [[nodiscard]] static std::vector<double> values_of(trials side, const figure_of_level& value) {
    std::vector<double> values;
    for (const trial& each : side)
      if (const std::optional<double> figure = value(*each.figures)) values.push_back(*figure);
    return values;
  }

  [[nodiscard]] finding find(const figure_rule& rule, std::span<const double> a, std::span<const double> b) const {
    const bool is_rate = !rule.error;
    if (is_rate && how_ == pairing::interleaved) return {std::nullopt, std::nullopt, obstacle::common_loop};
    if (over_trials_)
      return how_ == pairing::interleaved && a.size() == b.size() ? find_over_paired_trials(a, b, asked_.confidence)
                                                                  : find_over_trials(a, b, asked_.confidence);
    if (!has_samples(a_.front()) || !has_samples(b_.front())) return {std::nullopt, std::nullopt, obstacle::histograms};
    return rule.single();
  }

  struct both_samples {
    batched_samples a, b;

    [[nodiscard]] bool are_enough() const noexcept {
      return std::min(a.requests(), b.requests()) >= metrics::fewest_batched;
    }
  };

  /// Of the metric at hand: one at a time is kept.
  const both_samples& samples_of(metric which) {
    if (!samples_)
      samples_.emplace(both_samples{batched_samples{which, *a_.front().records, positions_a_},
                                    batched_samples{which, *b_.front().records, positions_b_}});
    return *samples_;
  }

  [[nodiscard]] finding of_mean(metric which, const statistic_row& row) {
    const both_samples& samples = samples_of(which);
    if (!samples.are_enough()) return {std::nullopt, std::nullopt, obstacle::few_requests};
    const double a = value_in(a_, which, row), b = value_in(b_, which, row);
    return of_excesses(samples.a.mean_excesses(a), samples.b.mean_excesses(b), std::log(b / a));
  }

  [[nodiscard]] finding of_excesses(const metrics::batch_excesses& a, const metrics::batch_excesses& b,
                                    double log_ratio) const {
    const auto errors = errors_of(a, b, together());
    if (!errors) return {std::nullopt, std::nullopt, obstacle::lasting_likeness};
    return find_normal(log_ratio, errors->difference, batch_degrees, asked_.confidence);
  }

  [[nodiscard]] finding of_quantile(metric which, const statistic_row& row) {
    const both_samples& samples = samples_of(which);
    if (!samples.are_enough()) return {std::nullopt, std::nullopt, obstacle::few_requests};
    const double a = value_in(a_, which, row), b = value_in(b_, which, row);
    const auto errors = errors_of(samples.a.share_excesses(a), samples.b.share_excesses(b), together());
    if (!errors) return {std::nullopt, std::nullopt, obstacle::lasting_likeness};
    return find_quantiles({samples.a.sorted(), *row.fraction, a, share_error(samples.a, *row.fraction, a, errors->a)},
                          {samples.b.sorted(), *row.fraction, b, share_error(samples.b, *row.fraction, b, errors->b)},
                          errors->correlation, asked_.confidence);
  }

  [[nodiscard]] static double value_in(trials side, metric which, const statistic_row& row) {
    return *(side.front().figures->of(which).*row.value);
  }

  /// `batched`: what batches say of the share at or below `quantile`. Many equal samples make that another share than
  /// `fraction`: then the design effect is what carries over. Batches that do not differ say as much as independent
  /// samples.
  [[nodiscard]] static double share_error(const batched_samples& samples, double fraction, double quantile,
                                          double batched) noexcept {
    const double share = samples.share_at(quantile);
    const double scale = fraction * (1 - fraction);
    if (batched <= 0 || share >= 1) return std::sqrt(scale / static_cast<double>(samples.count()));
    return batched * std::sqrt(scale / (share * (1 - share)));
  }

  [[nodiscard]] finding of_rate(counted what) const {
    const trial &a = a_.front(), &b = b_.front();
    if (std::min(a.figures->requests.completed, b.figures->requests.completed) < metrics::fewest_batched)
      return {std::nullopt, std::nullopt, obstacle::few_requests};
    const auto asked = [](const trial& of) {
      return of.figures->attainment ? of.figures->attainment->asked : metrics::slo{};
    };
    const auto of_a = rate_excesses(what, *a.records, asked(a)), of_b = rate_excesses(what, *b.records, asked(b));
    if (!of_a || !of_b) return {std::nullopt, std::nullopt, obstacle::few_requests};
    return of_excesses(*of_a, *of_b, std::log(value_of(what, b) / value_of(what, a)));
  }

  [[nodiscard]] static double value_of(counted what, const trial& of) {
    const auto row =
        std::find_if(rate_rows.begin(), rate_rows.end(), [what](const rate_row& rate) { return rate.what == what; });
    return *(of.figures->rates.*row->value);
  }

  trials a_, b_;
  pairing how_;
  settings asked_;
  bool over_trials_;
  std::uint64_t positions_a_ = 0, positions_b_ = 0;
  std::optional<both_samples> samples_;
};

} // namespace

bool compares_trials(trials a, trials b) noexcept {
  return std::min(a.size(), b.size()) > 1;
}

std::vector<change> compare_level(trials a, trials b, pairing how, const settings& asked) {
  return level_comparer{a, b, how, asked}.compare_all();
}

void adjust_for_many(std::span<change* const> changes) {
  std::vector<change*> tested;
  std::copy_if(changes.begin(), changes.end(), std::back_inserter(tested),
               [](const change* of) { return of->p.has_value(); });
  std::stable_sort(tested.begin(), tested.end(),
                   [](const change* left, const change* right) { return left->p < right->p; });
  double reached = 0;
  for (std::size_t i = 0; i < tested.size(); ++i) {
    reached = std::max(reached, std::min(1.0, *tested[i]->p * static_cast<double>(tested.size() - i)));
    tested[i]->adjusted_p = reached;
  }
}

} // namespace loadgen::comparison
