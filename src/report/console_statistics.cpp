#include "report/console.hpp"
#include "report/table.hpp"
#include "report/trials.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

namespace loadgen::report {

namespace {

using metrics::distribution;
using metrics::interval;
using metrics::level_summary;
using metrics::metric;
using metrics::steady_state;

constexpr std::array headline{metric::ttft, metric::itl, metric::e2e};
/// By how much, of a headline figure, what had not settled must have moved it to be worth a warning.
constexpr double tolerated_bias = 0.05;

std::string interval_cell(const std::optional<interval>& ci95) {
  return ci95 ? fmt::format("{}-{}", compact(ci95->low), compact(ci95->high)) : "-";
}

bool has_intervals(const level_summary& level) {
  return std::any_of(headline.begin(), headline.end(),
                     [&level](metric which) { return level.of(which).ci95.p50 || level.of(which).ci95.p99; });
}

std::vector<std::string> load_cells(const level_summary& level, const level_naming& naming, std::string trial) {
  std::vector<std::string> cells{naming.load(level.info)};
  if (naming.has_trials()) cells.push_back(std::move(trial));
  return cells;
}

void add_level(text_table& table, const level_summary& level, const level_naming& naming) {
  std::vector<std::string> cells = load_cells(level, naming, std::to_string(level.info.trial));
  for (const metric which : headline) {
    cells.push_back(interval_cell(level.of(which).ci95.p50));
    cells.push_back(interval_cell(level.of(which).ci95.p99));
  }
  table.add_row(std::move(cells));
}

void add_trials(text_table& table, const trial_group& group, const level_naming& naming) {
  std::vector<std::string> cells = load_cells(*group.front(), naming, "all");
  for (const metric which : headline) {
    cells.push_back(interval_cell(over_trials(group, which, &distribution::p50).ci95));
    cells.push_back(interval_cell(over_trials(group, which, &distribution::p99).ci95));
  }
  table.add_row(std::move(cells));
}

std::string upper_case(std::string_view text) {
  std::string upper{text};
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return upper;
}

double relative_difference(const std::optional<double>& reported, const std::optional<double>& settled) {
  if (!reported || !settled || *settled == 0) return 0;
  return std::abs(*reported / *settled - 1);
}

bool moved_a_figure(const steady_state& state, const distribution& reported) {
  return std::max(relative_difference(reported.p50, state.p50), relative_difference(reported.p99, state.p99)) >
         tolerated_bias;
}

std::string unsettled_sentence(const steady_state& state, const distribution& reported) {
  const std::string figures = fmt::format("p50 {} instead of {} ms, p99 {} instead of {} ms", compact(state.p50),
                                          compact(reported.p50), compact(state.p99), compact(reported.p99));
  const std::string name = upper_case(metrics::name(state.which));
  if (!state.reached)
    return fmt::format("{} did not settle; in the second half of the requests it has {}", name, figures);
  return fmt::format("{} had not settled when measuring began: without the first {} ({} s) it has {}; make the warm-up "
                     "longer by as much",
                     name, counted(state.warmup_requests.value_or(0), "request"), compact(state.warmup_s), figures);
}

std::string saturation_sentence(const metrics::queue_growth& queue) {
  return fmt::format("saturated: requests came faster than they were served, and those waiting or in flight grew from "
                     "{} to {}, by {}/s; the longer the run, the higher the latencies",
                     queue.begin, queue.end, compact(queue.per_s));
}

} // namespace

std::string intervals_section(const analyzed_run& run, const level_naming& naming) {
  const std::vector<trial_group> repeated = repeated_levels(run);
  if (repeated.empty() && std::none_of(run.levels.begin(), run.levels.end(), has_intervals)) return {};
  std::vector<table_column> columns{{"", naming.heading()}};
  if (naming.has_trials()) columns.push_back({"", "trial"});
  for (const char* group : {"TTFT ms", "ITL ms", "E2E ms"})
    for (const char* figure : {"p50", "p99"}) columns.push_back({group, figure});
  text_table table{std::move(columns)};
  for (const level_summary& level : run.levels) {
    add_level(table, level, naming);
    const auto group = std::find_if(repeated.begin(), repeated.end(),
                                    [&level](const trial_group& trials) { return trials.back() == &level; });
    if (group != repeated.end()) add_trials(table, *group, naming);
  }
  return "95% confidence intervals\n" + table.render();
}

std::vector<std::string> stability_warnings(const analyzed_run& run, const level_naming& naming) {
  std::vector<std::string> sentences;
  for (const level_summary& level : run.levels) {
    const std::string where = naming.sentence_name({&level});
    const bool saturated = level.queue && level.queue->saturated;
    if (saturated) sentences.push_back(fmt::format("{}: {}", where, saturation_sentence(*level.queue)));
    for (const steady_state& state : level.steadiness) {
      if (saturated && !state.reached) continue; // the growing queue is why
      if (!moved_a_figure(state, level.of(state.which))) continue;
      sentences.push_back(fmt::format("{}: {}", where, unsettled_sentence(state, level.of(state.which))));
    }
  }
  return sentences;
}

} // namespace loadgen::report
