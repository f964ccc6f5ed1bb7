#include <loadgen/search/capacity_search.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace loadgen::search {

namespace {

/// Two trials in which the queue grew: in one it also does by chance.
constexpr std::uint32_t growing_trials_to_fail = 2;

std::uint32_t count_judged(const std::vector<trial_evidence>& trials) {
  return static_cast<std::uint32_t>(std::count_if(
      trials.begin(), trials.end(), [](const trial_evidence& trial) { return trial.queue_grew.has_value(); }));
}

std::uint32_t count_grown(const std::vector<trial_evidence>& trials) {
  return static_cast<std::uint32_t>(std::count_if(
      trials.begin(), trials.end(), [](const trial_evidence& trial) { return trial.queue_grew.value_or(false); }));
}

} // namespace

std::string_view to_string(load_verdict verdict) noexcept {
  switch (verdict) {
  case load_verdict::holds: return "holds";
  case load_verdict::fails: return "fails";
  case load_verdict::undecided: return "undecided";
  }
  return "";
}

load_verdict capacity_search::judge(const std::vector<trial_evidence>& trials) const {
  const metrics::interval attainment = attainment_interval(trials);
  if (attainment.high < settings_.required_attainment) return load_verdict::fails;
  if (settings_.kind == load_kind::rate) {
    const std::uint32_t judged = count_judged(trials), grown = count_grown(trials);
    if (2 * grown > judged && grown >= std::min(growing_trials_to_fail, settings_.most_trials))
      return load_verdict::fails;
    if (judged == 0 || 3 * grown > judged) return load_verdict::undecided;
  }
  return attainment.low >= settings_.required_attainment ? load_verdict::holds : load_verdict::undecided;
}

void capacity_search::add(double load, const trial_evidence& evidence) {
  const auto number = static_cast<std::uint32_t>(loads_.size());
  const auto [place, is_new] = loads_.try_emplace(load);
  tally& of_load = place->second;
  if (is_new) of_load.level = number;
  of_load.trials.push_back(evidence);
  of_load.verdict = judge(of_load.trials);
  steps_.push_back({.load = load,
                    .level = of_load.level,
                    .trial = static_cast<std::uint32_t>(of_load.trials.size()),
                    .requests = evidence.requests(),
                    .met = evidence.met(),
                    .queue_grew = settings_.kind == load_kind::rate ? evidence.queue_grew : std::nullopt,
                    .attainment = attainment_interval(of_load.trials),
                    .verdict = of_load.verdict});
}

std::optional<search_step> capacity_search::next() const {
  const std::optional<double> load = next_load();
  if (!load) return std::nullopt;
  search_step step{.load = *load, .level = static_cast<std::uint32_t>(loads_.size()), .trial = 1, .size = 1};
  const auto known = loads_.find(*load);
  if (known == loads_.end()) return step;
  const std::vector<trial_evidence>& trials = known->second.trials;
  step.level = known->second.level;
  step.trial = static_cast<std::uint32_t>(trials.size()) + 1;
  step.size = std::uint32_t{1} << trials.size();
  return step;
}

std::optional<double> capacity_search::next_load() const {
  for (const auto& [load, of_load] : loads_)
    if (of_load.verdict == load_verdict::undecided && of_load.trials.size() < settings_.most_trials) return load;
  const std::optional<double> held = highest_held(), failed = lowest_failed();
  if (!held || !failed)
    if (const auto outside = load_outside()) return outside;
  if (const auto between = load_between(held, failed)) return between;
  return load_to_confirm(held, failed);
}

std::optional<double> capacity_search::highest_held() const {
  const std::optional<double> failed = lowest_failed();
  std::optional<double> highest;
  for (const auto& [load, of_load] : loads_)
    if (of_load.verdict == load_verdict::holds && (!failed || load < *failed)) highest = load;
  return highest;
}

std::optional<double> capacity_search::lowest_failed() const {
  for (const auto& [load, of_load] : loads_)
    if (of_load.verdict == load_verdict::fails) return load;
  return std::nullopt;
}

/// Upwards while no load fails, downwards while none holds.
std::optional<double> capacity_search::load_outside() const {
  if (loads_.empty()) return std::clamp(1.0, settings_.least, settings_.most);
  const double lowest = loads_.begin()->first, highest = std::prev(loads_.end())->first;
  if (!lowest_failed())
    return highest < settings_.most ? std::optional{std::min(2 * highest, settings_.most)} : std::nullopt;
  if (lowest <= settings_.least) return std::nullopt;
  const double half = settings_.kind == load_kind::concurrency ? std::floor(lowest / 2) : lowest / 2;
  return std::max(half, settings_.least);
}

/// Of the gap between what holds and what fails, or where undecided loads lie in it of the wider of those at its ends.
std::optional<double> capacity_search::load_between(std::optional<double> held, std::optional<double> failed) const {
  if (!held) return std::nullopt;
  std::vector<double> edges{*held};
  for (const auto& [load, of_load] : loads_)
    if (of_load.verdict == load_verdict::undecided && load > *held && (!failed || load < *failed))
      edges.push_back(load);
  if (failed) edges.push_back(*failed);
  if (edges.size() < 2) return std::nullopt;
  const auto above_held = middle(edges[0], edges[1]);
  if (!failed || edges.size() == 2) return above_held;
  const double last = edges[edges.size() - 2];
  const auto below_failed = middle(last, *failed);
  if (!above_held || !below_failed) return above_held ? above_held : below_failed;
  return edges[1] / edges[0] >= *failed / last ? above_held : below_failed;
}

/// The ends must not rest on one trial each.
std::optional<double> capacity_search::load_to_confirm(std::optional<double> held, std::optional<double> failed) const {
  for (const std::optional<double>& end : {held, failed})
    if (end && loads_.at(*end).trials.size() < settings_.confirmations) return end;
  return std::nullopt;
}

std::optional<double> capacity_search::middle(double low, double high) const {
  double close_enough = settings_.precision * low;
  if (settings_.kind == load_kind::concurrency) close_enough = std::max(1.0, close_enough);
  if (high - low <= close_enough) return std::nullopt;
  const double half = (low + high) / 2;
  return settings_.kind == load_kind::concurrency ? std::floor(half) : half;
}

std::string capacity_search::named(double load) const {
  return settings_.kind == load_kind::rate ? fmt::format("{:.6g}/s", load) : fmt::format("concurrency {:g}", load);
}

std::string capacity_search::reason() const {
  const std::optional<double> held = highest_held(), failed = lowest_failed();
  if (loads_.empty()) return "nothing was measured";
  const bool finished = !next();
  if (!finished) return "the search was ended before it was through";
  const double lowest = loads_.begin()->first, highest = std::prev(loads_.end())->first;
  if (!held && !failed) return "no load was decided: the trials had too few requests to tell whether the SLO is met";
  if (!failed && *held == highest) return "the highest load tried still meets the SLO";
  if (!failed) return fmt::format("above {} the trials do not tell whether the SLO is met", named(*held));
  if (!held && *failed == lowest) return "the lowest load already fails";
  if (!held) return fmt::format("below {} the trials do not tell whether the SLO is met", named(*failed));
  if (!middle(*held, *failed)) return "";
  return fmt::format("between {} and {} the trials do not tell whether the SLO is met; more requests a step would",
                     named(*held), named(*failed));
}

std::vector<std::string> capacity_search::notes() const {
  std::vector<std::string> all;
  const std::optional<double> failed = lowest_failed();
  for (const auto& [load, of_load] : loads_)
    if (failed && load > *failed && of_load.verdict == load_verdict::holds)
      all.push_back(fmt::format("{} holds although {} fails: something else than the load decides, or did for a while",
                                named(load), named(*failed)));
  return all;
}

search_result capacity_search::result() const {
  search_result found{.highest_held = highest_held(),
                      .lowest_failed = lowest_failed(),
                      .finished = !loads_.empty() && !next(),
                      .reason = reason(),
                      .notes = notes(),
                      .loads = {},
                      .steps = steps_};
  for (const auto& [load, of_load] : loads_) {
    tried_load& tried = found.loads.emplace_back();
    tried.load = load;
    tried.level = of_load.level;
    tried.trials = static_cast<std::uint32_t>(of_load.trials.size());
    tried.attainment = attainment_interval(of_load.trials);
    tried.verdict = of_load.verdict;
    for (const trial_evidence& trial : of_load.trials) {
      tried.requests += trial.requests();
      tried.met += trial.met();
      tried.longest_arrivals = std::max(tried.longest_arrivals, trial.arrival_span);
    }
    if (settings_.kind != load_kind::rate) continue;
    tried.queue_judged = count_judged(of_load.trials);
    tried.queue_grew = count_grown(of_load.trials);
  }
  return found;
}

} // namespace loadgen::search
