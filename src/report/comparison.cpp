#include "report/comparison_text.hpp"
#include "report/comparison_warnings.hpp"
#include "report/files.hpp"
#include "report/manifest.hpp"
#include "report/targets.hpp"

#include <loadgen/report/comparison.hpp>

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <span>
#include <tuple>
#include <utility>

namespace loadgen::report {

namespace {

namespace fs = std::filesystem;
using comparison::change;
using comparison::gate_outcome;
using comparison::pairing;
using comparison::trial;
using metrics::level_info;
using metrics::level_summary;

constexpr std::size_t short_hash = 12;

/// What a level holds to: equal in both runs, it is the same level, whatever its place in the sweep.
struct load {
  std::optional<std::uint32_t> concurrency;
  std::optional<double> rate;
  std::optional<std::uint32_t> grid_input, grid_output;

  friend bool operator==(const load&, const load&) = default;
};

load load_of(const level_info& level) {
  return {level.concurrency, level.rate, level.grid_input, level.grid_output};
}

compared_level level_of(const load& held) {
  compared_level level;
  level.concurrency = held.concurrency;
  level.rate = held.rate;
  level.grid_input = held.grid_input;
  level.grid_output = held.grid_output;
  return level;
}

std::string name_of(const load& of) {
  return load_name(level_of(of));
}

struct level_trials {
  load held;
  std::vector<trial> trials; ///< those that ran to their end, or where none did all
};

std::vector<level_trials> levels_of(const analyzed_run& run) {
  std::vector<level_trials> levels;
  for (std::size_t i = 0; i < run.levels.size(); ++i) {
    const load held = load_of(run.levels[i].info);
    auto known = std::find_if(levels.begin(), levels.end(), [&held](const auto& each) { return each.held == held; });
    if (known == levels.end()) known = levels.insert(levels.end(), {held, {}});
    known->trials.push_back({&run.run.levels[i], &run.levels[i]});
  }
  for (level_trials& level : levels) {
    const auto is_whole = [](const trial& each) { return each.figures->complete; };
    if (std::any_of(level.trials.begin(), level.trials.end(), is_whole))
      std::erase_if(level.trials, [&](const trial& each) { return !is_whole(each); });
  }
  return levels;
}

std::optional<double> ratio(double part, double all) {
  return all > 0 ? std::optional{part / all} : std::nullopt;
}

level_facts facts_of(std::span<const trial> trials) {
  level_facts facts;
  facts.trials = trials.size();
  facts.complete = true;
  double issued = 0, output = 0, in_window = 0, input = 0, cached = 0;
  bool tells_cached = false;
  for (const trial& each : trials) {
    const level_summary& level = *each.figures;
    facts.completed += level.requests.completed;
    facts.failed += level.requests.failed;
    facts.verdict = std::max(facts.verdict, level.trust.judgement);
    facts.complete = facts.complete && level.complete;
    issued += static_cast<double>(level.requests.issued);
    output += static_cast<double>(level.tokens.output);
    in_window += level.rates.requests_per_s.value_or(0) * level.window_s.value_or(0);
    input += static_cast<double>(level.tokens.input.value_or(0));
    cached += static_cast<double>(level.tokens.cached_input.value_or(0));
    tells_cached = tells_cached || level.tokens.cached_input;
  }
  facts.failed_share = ratio(static_cast<double>(facts.failed), issued);
  facts.output_tokens_per_request = ratio(output, in_window);
  if (tells_cached) facts.cached_share = ratio(cached, input);
  return facts;
}

compared_side side_of(const analyzed_run& run, const boost::json::object& manifest) {
  return {run.run.info.run_id,
          text_at(manifest, {"label"}),
          target_urls(manifest),
          text_at(manifest, {"target", "model"}),
          text_at(manifest, {"workload", "sha256"}),
          run.run.complete()};
}

result<pairing> pair_up(const compared_side& a, const compared_side& b, bool allow_different) {
  if (!a.workload_sha256.empty() && a.workload_sha256 == b.workload_sha256) return pairing::requests;
  if (allow_different) return pairing::none;
  const auto shown = [](const compared_side& of) {
    return of.workload_sha256.empty() ? std::string{"not known"} : of.workload_sha256.substr(0, short_hash);
  };
  return invalid_input(fmt::format("the workloads differ: sha256 {} in A, {} in B; compare runs of the same plan, or "
                                   "give --allow-different-workloads",
                                   shown(a), shown(b)));
}

std::span<const trial> compared_trials(std::span<const trial> own, bool over_trials) {
  return over_trials ? own : own.first(1);
}

compared_level compare_levels(const level_trials& a, const level_trials& b, pairing how,
                              const comparison::settings& asked) {
  compared_level level = level_of(a.held);
  level.over_trials = comparison::compares_trials(a.trials, b.trials);
  level.sides = {facts_of(compared_trials(a.trials, level.over_trials)),
                 facts_of(compared_trials(b.trials, level.over_trials))};
  level.changes = comparison::compare_level(a.trials, b.trials, how, asked);
  return level;
}

void note_single_trials(std::vector<std::string>& warnings, const level_trials& a, const level_trials& b) {
  if (a.trials.size() == b.trials.size() || std::min(a.trials.size(), b.trials.size()) > 1) return;
  warnings.push_back(fmt::format("{}: {} and {} trials ran to their end; the first of each are compared, the others "
                                 "passed over",
                                 name_of(a.held), a.trials.size(), b.trials.size()));
}

void note_passed_over(std::vector<std::string>& warnings, const std::vector<std::string>& levels, const char* side) {
  if (!levels.empty()) warnings.push_back(fmt::format("only {} has {}: passed over", side, fmt::join(levels, ", ")));
}

result<run_comparison> compare(const analyzed_run& a, const analyzed_run& b, pairing how,
                               const comparison::settings& asked) {
  run_comparison compared;
  compared.asked = asked;
  compared.how = how;
  const std::vector<level_trials> of_a = levels_of(a), of_b = levels_of(b);
  std::vector<std::string> only_a, only_b, single;
  for (const level_trials& level : of_a) {
    const auto same =
        std::find_if(of_b.begin(), of_b.end(), [&level](const level_trials& each) { return each.held == level.held; });
    if (same == of_b.end()) {
      only_a.push_back(name_of(level.held));
      continue;
    }
    compared.levels.push_back(compare_levels(level, *same, how, asked));
    note_single_trials(single, level, *same);
  }
  for (const level_trials& level : of_b)
    if (std::none_of(of_a.begin(), of_a.end(), [&level](const auto& each) { return each.held == level.held; }))
      only_b.push_back(name_of(level.held));
  if (compared.levels.empty())
    return invalid_input(fmt::format("no level is in both runs: A has {}, B has {}",
                                     only_a.empty() ? "none" : fmt::format("{}", fmt::join(only_a, ", ")),
                                     only_b.empty() ? "none" : fmt::format("{}", fmt::join(only_b, ", "))));
  note_passed_over(compared.warnings, only_a, "A");
  note_passed_over(compared.warnings, only_b, "B");
  compared.warnings.insert(compared.warnings.end(), single.begin(), single.end());

  std::vector<change*> headlines;
  for (compared_level& level : compared.levels)
    for (change& of : level.changes)
      if (of.headline) headlines.push_back(&of);
  comparison::adjust_for_many(headlines);
  return compared;
}

void append(std::vector<std::string>& to, std::vector<std::string> sentences) {
  to.insert(to.end(), std::make_move_iterator(sentences.begin()), std::make_move_iterator(sentences.end()));
}

std::string url_of(const boost::json::object& manifest, std::size_t target) {
  const boost::json::array* urls = at_path(manifest, {"target", "urls"}).if_array();
  if (!urls || target >= urls->size() || !(*urls)[target].is_string()) return {};
  const boost::json::string& url = (*urls)[target].get_string();
  return {url.data(), url.size()};
}

std::string fault_of(const change& of, gate_outcome outcome) {
  if (!of.relative) return std::string{explain(of.why)};
  if (!of.interval) return fmt::format("{}, {}", signed_percent(*of.relative), explain(of.why));
  std::string fault = fmt::format("{} ({})", signed_percent(*of.relative), percent_interval(of.interval));
  if (outcome == gate_outcome::cannot_tell && of.instrument && *of.instrument > 0)
    fault += fmt::format(", the instrument up to {:.2g}%", *of.instrument * 100);
  return fault;
}

} // namespace

run_comparison::counts run_comparison::headline_counts() const noexcept {
  counts found;
  const double error_rate = 1 - asked.confidence;
  for (const compared_level& level : levels)
    for (const change& of : level.changes) {
      if (!of.headline || !of.interval) continue;
      ++found.tested;
      if (of.interval->low <= 0 && of.interval->high >= 0) continue;
      ++found.differ;
      if (of.adjusted_p && *of.adjusted_p <= error_rate) ++found.differ_after_holm;
    }
  found.expected_by_chance = error_rate * static_cast<double>(found.tested);
  return found;
}

result<run_comparison> compare_runs(const analyzed_run& a, const analyzed_run& b, const comparison_settings& asked) {
  const boost::json::object of_a = merged_manifest(a.run), of_b = merged_manifest(b.run);
  const compared_side side_a = side_of(a, of_a), side_b = side_of(b, of_b);
  const auto how = pair_up(side_a, side_b, asked.allow_different_workloads);
  if (how.has_error()) return how.error();
  auto compared = compare(a, b, *how, asked.statistics);
  if (compared.has_error()) return compared;
  compared->sides = {side_a, side_b};
  if (*how == pairing::none)
    compared->warnings.insert(compared->warnings.begin(),
                              "the workloads differ: what is due to the requests cannot be told from what is due to "
                              "the servers");
  append(compared->warnings, manifest_warnings(of_a, of_b));
  append(compared->warnings, level_warnings(compared->levels));
  return compared;
}

result<run_comparison> compare_targets(const fs::path& run_folder, const comparison_settings& asked,
                                       std::optional<metrics::sample_keeping> keep) {
  const auto parts = load_targets(run_folder, keep);
  if (parts.has_error()) return parts.error();
  const auto& [a, b] = *parts;
  const boost::json::object manifest = merged_manifest(a.run);
  if (at_path(manifest, {"ab"}) != boost::json::value(true))
    return invalid_input(
        fmt::format("'{}' is no run with --ab; expected two run folders, or one of such a run", run_folder.string()));
  auto compared = compare(a, b, pairing::interleaved, asked.statistics);
  if (compared.has_error()) return compared;
  compared->sides = {side_of(a, manifest), side_of(b, manifest)};
  for (std::size_t target = 0; target < compared->sides.size(); ++target)
    compared->sides[target].urls = url_of(manifest, target);
  append(compared->warnings, level_warnings(compared->levels));
  return compared;
}

result<run_comparison> publish_target_comparison(const fs::path& run_folder, const comparison_settings& asked) {
  auto compared = compare_targets(run_folder, asked);
  if (compared.has_error()) return compared;
  const auto written = write_whole(run_folder / "summary/compare.json", to_pretty_json(comparison_json(*compared)));
  if (written.has_error()) return written.error();
  return compared;
}

change_gate_check check_change_gate(const run_comparison& compared, const comparison::change_gate& gate) {
  change_gate_check checked{gate, gate_outcome::holds, {}};
  std::vector<std::string> faults;
  for (const compared_level& level : compared.levels) {
    const auto of = std::find_if(level.changes.begin(), level.changes.end(),
                                 [&gate](const change& each) { return each.figure == gate.figure; });
    const gate_outcome outcome = comparison::judge(gate, *of);
    checked.outcome = std::max(checked.outcome, outcome);
    if (outcome != gate_outcome::holds)
      faults.push_back(fmt::format("{} at {}", fault_of(*of, outcome), load_name(level)));
  }
  const char* const said = checked.outcome == gate_outcome::holds         ? "holds"
                           : checked.outcome == gate_outcome::cannot_tell ? "cannot tell: "
                                                                          : "fails: ";
  checked.line = fmt::format("gate {}: {}{}", gate.text, said, fmt::join(faults, ", "));
  return checked;
}

} // namespace loadgen::report
