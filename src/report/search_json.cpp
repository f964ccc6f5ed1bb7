#include "report/search_json.hpp"

#include <loadgen/report/search.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <cstdint>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using search::load_kind;

/// Whole numbers of requests in flight as such.
json::value load_json(load_kind kind, std::optional<double> load) {
  if (!load) return nullptr;
  return kind == load_kind::concurrency ? json::value(static_cast<std::uint64_t>(*load)) : json::value(*load);
}

json::value share_json(std::uint64_t part, std::uint64_t all) {
  return all > 0 ? json::value(static_cast<double>(part) / static_cast<double>(all)) : json::value();
}

json::array interval_json(const metrics::interval& of) {
  return {of.low, of.high};
}

json::object tried_load_json(load_kind kind, const search::tried_load& tried) {
  const bool sees_queue = kind == load_kind::rate;
  return {
      {"load", load_json(kind, tried.load)},
      {"level", tried.level},
      {"verdict", to_string(tried.verdict)},
      {"trials", tried.trials},
      {"requests", tried.requests},
      {"met", tried.met},
      {"attainment", share_json(tried.met, tried.requests)},
      {"ci95", interval_json(tried.attainment)},
      {"queue_judged", sees_queue ? json::value(tried.queue_judged) : json::value()},
      {"queue_grew", sees_queue ? json::value(tried.queue_grew) : json::value()},
  };
}

json::object tried_step_json(load_kind kind, const search::tried_step& step) {
  return {
      {"load", load_json(kind, step.load)},
      {"level", step.level},
      {"trial", step.trial},
      {"requests", step.requests},
      {"met", step.met},
      {"attainment", share_json(step.met, step.requests)},
      {"queue_grew", step.queue_grew ? json::value(*step.queue_grew) : json::value()},
      {"ci95", interval_json(step.attainment)},
      {"verdict", to_string(step.verdict)},
  };
}

std::uint32_t trials_at(const search::search_result& found, std::optional<double> load) {
  for (const search::tried_load& tried : found.loads)
    if (tried.load == load) return tried.trials;
  return 0;
}

} // namespace

json::value search_json(const analyzed_run& run) {
  const auto searched = search_of(run);
  if (!searched) return nullptr;
  const auto& [settings, asked, found] = *searched;
  const load_kind kind = settings.kind;
  json::array loads, steps, notes;
  for (const auto& tried : found.loads) loads.emplace_back(tried_load_json(kind, tried));
  for (const auto& step : found.steps) steps.emplace_back(tried_step_json(kind, step));
  for (const std::string& note : found.notes) notes.emplace_back(note);
  const json::value highest = load_json(kind, found.highest_held);
  return json::object{
      {"kind", to_string(kind)},
      {"max_rate", kind == load_kind::rate ? highest : json::value()},
      {"max_concurrency", kind == load_kind::concurrency ? highest : json::value()},
      {"interval", json::array{highest, load_json(kind, found.lowest_failed)}},
      {"bracketed", found.bracketed()},
      {"finished", found.finished},
      {"reason", found.reason.empty() ? json::value() : json::value(found.reason)},
      {"notes", std::move(notes)},
      {"confirmations",
       {{"holds", trials_at(found, found.highest_held)}, {"fails", trials_at(found, found.lowest_failed)}}},
      {"slo", metrics::to_json(asked)},
      {"settings", search::to_json(settings)},
      {"loads", std::move(loads)},
      {"steps", std::move(steps)},
  };
}

json::value knee_json(const analyzed_run& run) {
  const auto sweep = knee_of(run);
  if (!sweep) return nullptr;
  const search::knee& found = sweep->found;
  return json::object{
      {"kind", to_string(sweep->kind)},
      {"load", found.load ? json::value(*found.load) : json::value()},
      {"interval", found.neighbours ? json::value(interval_json(*found.neighbours)) : json::value()},
      {"metric", sweep->metric},
      {"throughput", found.throughput ? json::value(*found.throughput) : json::value()},
      {"reason", found.reason.empty() ? json::value() : json::value(found.reason)},
  };
}

} // namespace loadgen::report
