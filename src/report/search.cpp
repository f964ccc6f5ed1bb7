#include "report/console.hpp"
#include "report/manifest.hpp"

#include <loadgen/report/search.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

namespace loadgen::report {

namespace {

using metrics::level_summary;
using search::load_kind;
using search::tried_load;

double load_of(const metrics::level_info& info) {
  return info.rate ? *info.rate : info.concurrency.value_or(0);
}

/// The trials of one load.
std::vector<const level_summary*> trials_of(const analyzed_run& run, double load) {
  std::vector<const level_summary*> found;
  for (const level_summary& level : run.levels)
    if (level.complete && load_of(level.info) == load) found.push_back(&level);
  return found;
}

/// Whether a queue that builds up slowly could be seen at the answer.
std::optional<std::string> unseen_queue(const analyzed_search& of) {
  if (of.settings.kind != load_kind::rate || !of.found.highest_held) return std::nullopt;
  const std::optional<duration> needed = search::time_to_see_queue(of.asked, of.settings.precision);
  if (!needed) return "the objectives do not see a queue; whether one grew was told from its length alone";
  const auto held = std::find_if(of.found.loads.begin(), of.found.loads.end(),
                                 [&of](const tried_load& tried) { return tried.load == *of.found.highest_held; });
  if (held->longest_arrivals >= *needed) return std::nullopt;
  return fmt::format(
      "the longest trial at {:.6g}/s lasted {} s; a queue that builds up slowly may take {} s to show, and "
      "until then the answer may be too high",
      *of.found.highest_held, compact(to_s(held->longest_arrivals)), compact(to_s(*needed)));
}

/// A load that failed because the client could not keep up says nothing of the server.
std::optional<std::string> client_limit(const analyzed_run& run, const analyzed_search& of) {
  if (!of.found.lowest_failed) return std::nullopt;
  const auto trials = trials_of(run, *of.found.lowest_failed);
  const bool bound = std::any_of(trials.begin(), trials.end(), [](const level_summary* trial) {
    return trial->trust.judgement == metrics::verdict::client_bound;
  });
  if (!bound) return std::nullopt;
  return fmt::format("the client could not keep up at {:.6g}: the server may carry more, see the audit",
                     *of.found.lowest_failed);
}

std::optional<load_kind> kind_of(const analyzed_run& run) {
  const auto all = [&run](auto&& has) { return std::all_of(run.levels.begin(), run.levels.end(), has); };
  if (all([](const level_summary& level) { return level.info.rate.has_value(); })) return load_kind::rate;
  if (all([](const level_summary& level) { return level.info.concurrency.has_value(); })) return load_kind::concurrency;
  return std::nullopt;
}

/// Of each load, the mean over its trials of a rate that all have.
std::vector<search::load_point> points_of(const analyzed_run& run, std::optional<double> metrics::throughput::*rate) {
  std::map<double, std::vector<double>> by_load;
  for (const level_summary& level : run.levels)
    if (level.complete && load_of(level.info) > 0)
      if (const auto value = level.rates.*rate; value && *value > 0) by_load[load_of(level.info)].push_back(*value);
  std::vector<search::load_point> points;
  for (const auto& [load, values] : by_load) {
    double sum = 0;
    for (const double value : values) sum += value;
    points.push_back({load, sum / static_cast<double>(values.size())});
  }
  return points;
}

} // namespace

std::optional<analyzed_search> search_of(const analyzed_run& run) {
  const boost::json::object& manifest = run.run.info.manifest;
  const auto settings = search::settings_from_json(at_path(manifest, {"search"}));
  if (!settings || run.samples != metrics::sample_keeping::all) return std::nullopt;
  analyzed_search searched{
      .settings = *settings, .asked = metrics::slo_from_json(at_path(manifest, {"slo"})), .found = {}};
  search::capacity_search again{*settings};
  for (std::size_t i = 0; i < run.levels.size(); ++i)
    if (run.levels[i].complete)
      again.add(load_of(run.levels[i].info), search::evidence_of(run.run.levels[i], searched.asked));
  searched.found = again.result();
  for (const auto& note : {unseen_queue(searched), client_limit(run, searched)})
    if (note) searched.found.notes.push_back(*note);
  return searched;
}

std::optional<analyzed_run> levels_of_answer(const analyzed_run& run) {
  const auto searched = search_of(run);
  if (!searched) return std::nullopt;
  analyzed_run answer;
  answer.run.info = run.run.info;
  if (searched->found.highest_held)
    for (const level_summary* level : trials_of(run, *searched->found.highest_held)) answer.levels.push_back(*level);
  return answer;
}

std::optional<sweep_knee> knee_of(const analyzed_run& run) {
  if (!at_path(run.run.info.manifest, {"search"}).is_null()) return std::nullopt;
  const std::optional<load_kind> kind = kind_of(run);
  if (!kind) return std::nullopt;
  std::vector<search::load_point> points = points_of(run, &metrics::throughput::requests_per_s);
  if (points.size() < search::fewest_loads_for_a_knee) return std::nullopt;
  sweep_knee sweep{.kind = *kind, .metric = "requests_per_s", .found = {}};
  // What a server is sized by; an open loop's load is in requests.
  if (const auto tokens = points_of(run, &metrics::throughput::output_tokens_per_s);
      *kind == load_kind::concurrency && tokens.size() == points.size()) {
    points = tokens;
    sweep.metric = "output_tokens_per_s";
  }
  sweep.found = search::find_knee(points);
  return sweep;
}

} // namespace loadgen::report
