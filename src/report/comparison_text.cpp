#include "report/comparison_text.hpp"

#include "report/console.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace loadgen::report {

std::string signed_percent(double share) {
  const double percent = share * 100, size = std::abs(percent);
  if (size < 9.995) return fmt::format("{:+.2f}%", percent);
  if (size < 99.95) return fmt::format("{:+.1f}%", percent);
  return fmt::format("{:+.0f}%", percent);
}

std::string percent_interval(const std::optional<metrics::interval>& of) {
  return of ? fmt::format("{} to {}", signed_percent(of->low), signed_percent(of->high)) : "-";
}

std::string probability(const std::optional<double>& p) {
  if (!p) return "-";
  return *p < 0.001 ? "<0.001" : fmt::format("{:.3f}", *p);
}

std::string load_name(const compared_level& level) {
  std::string name =
      level.rate ? fmt::format("rate {}/s", *level.rate) : fmt::format("concurrency {}", level.concurrency.value_or(0));
  if (level.grid_input) name += fmt::format(" in {} out {}", *level.grid_input, level.grid_output.value_or(0));
  return name;
}

std::string judgement_text(comparison::judgement of) {
  return of == comparison::judgement::cannot_tell ? "cannot tell" : std::string{to_string(of)};
}

std::string figure_heading(const comparison::change& of) {
  return of.figure + (of.figure.ends_with("_per_s") || of.figure.starts_with("tokens_per_s") ? "" : " ms");
}

std::string chance_sentence(const run_comparison& compared) {
  const auto counts = compared.headline_counts();
  if (counts.tested == 0) return "no figure could be tested: there is no interval to any change";
  std::string differing = counts.differ == 0   ? "none does"
                          : counts.differ == 1 ? "1 does"
                                               : fmt::format("{} do", counts.differ);
  if (counts.differ > 0)
    differing += fmt::format(", and {} of them when all are held to one error rate (Holm)", counts.differ_after_holm);
  return fmt::format(
      "of {} at {:g}% confidence, {:.2g} would seem to differ by chance on average were nothing different; "
      "{}",
      counted(counts.tested, "figure"), compared.asked.confidence * 100, counts.expected_by_chance, differing);
}

std::string basis_text(const compared_level& level) {
  const auto& [a, b] = level.sides;
  if (level.over_trials) return fmt::format("over {} and {} trials", a.trials, b.trials);
  return fmt::format("{} and {} completed requests", a.completed, b.completed);
}

bool is_shown(const comparison::change& of) noexcept {
  return of.headline && (of.a || of.b);
}

std::vector<untold_figures> untold_headlines(const compared_level& level) {
  std::vector<untold_figures> all;
  for (const comparison::change& of : level.changes) {
    if (!is_shown(of) || of.verdict != comparison::judgement::cannot_tell) continue;
    const std::string_view why = explain(of.why);
    auto known = std::find_if(all.begin(), all.end(), [why](const untold_figures& each) { return each.why == why; });
    if (known == all.end()) known = all.insert(all.end(), {why, {}});
    known->figures.push_back(of.figure);
  }
  return all;
}

} // namespace loadgen::report
