#include <loadgen/report/comparison.hpp>

#include <boost/json/array.hpp>

#include <string_view>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using comparison::change;

template<class Number>
json::value or_null(const std::optional<Number>& number) {
  return number ? json::value(*number) : json::value();
}

json::value or_null(const std::string& text) {
  return text.empty() ? json::value() : json::value(text);
}

json::value or_null(const std::optional<metrics::interval>& of) {
  return of ? json::value(json::array{of->low, of->high}) : json::value();
}

std::string_view to_string(comparison::pairing how) noexcept {
  switch (how) {
  case comparison::pairing::none: return "none";
  case comparison::pairing::requests: return "requests";
  case comparison::pairing::interleaved: return "interleaved";
  }
  return "";
}

json::object side_json(const compared_side& of) {
  return {{"run_id", of.run_id},
          {"label", or_null(of.label)},
          {"urls", or_null(of.urls)},
          {"model", or_null(of.model)},
          {"workload_sha256", or_null(of.workload_sha256)},
          {"complete", of.complete}};
}

json::object facts_json(const level_facts& of) {
  return {{"trials", of.trials},
          {"completed", of.completed},
          {"failed", of.failed},
          {"failed_share", or_null(of.failed_share)},
          {"output_tokens_per_request", or_null(of.output_tokens_per_request)},
          {"cached_share", or_null(of.cached_share)},
          {"verdict", metrics::to_string(of.verdict)},
          {"complete", of.complete}};
}

json::object change_json(const change& of) {
  const bool untold = of.verdict == comparison::judgement::cannot_tell;
  return {{"headline", of.headline},
          {"a", or_null(of.a)},
          {"b", or_null(of.b)},
          {"difference", of.a && of.b ? json::value(*of.b - *of.a) : json::value()},
          {"change", or_null(of.relative)},
          {"interval", or_null(of.interval)},
          {"p", or_null(of.p)},
          {"p_holm", or_null(of.adjusted_p)},
          {"instrument_error", or_null(of.instrument)},
          {"verdict", comparison::to_string(of.verdict)},
          {"reason", untold ? json::value(comparison::to_string(of.why)) : json::value()}};
}

json::object level_json(const compared_level& level) {
  json::object figures;
  for (const change& of : level.changes) figures[of.figure] = change_json(of);
  return {{"concurrency", or_null(level.concurrency)},
          {"rate", or_null(level.rate)},
          {"grid", level.grid_input ? json::value{{"in", *level.grid_input}, {"out", level.grid_output.value_or(0)}}
                                    : json::value()},
          {"observations", level.over_trials ? "trials" : "batches"},
          {"a", facts_json(level.sides[0])},
          {"b", facts_json(level.sides[1])},
          {"figures", std::move(figures)}};
}

json::object counts_json(const run_comparison::counts& of) {
  return {{"tested", of.tested},
          {"expected_by_chance", of.expected_by_chance},
          {"differ", of.differ},
          {"differ_after_holm", of.differ_after_holm}};
}

} // namespace

json::object comparison_json(const run_comparison& compared, const std::vector<change_gate_check>& gates) {
  json::array levels, warnings, checks;
  for (const compared_level& level : compared.levels) levels.push_back(level_json(level));
  for (const std::string& warning : compared.warnings) warnings.emplace_back(warning);
  for (const change_gate_check& check : gates)
    checks.push_back(json::object{
        {"gate", check.gate.text}, {"outcome", comparison::to_string(check.outcome)}, {"line", check.line}});
  return {{"schema", "loadgen.compare/1"},
          {"a", side_json(compared.sides[0])},
          {"b", side_json(compared.sides[1])},
          {"threshold", compared.asked.threshold},
          {"confidence", compared.asked.confidence},
          {"pairing", to_string(compared.how)},
          {"headlines", counts_json(compared.headline_counts())},
          {"levels", std::move(levels)},
          {"gates", std::move(checks)},
          {"warnings", std::move(warnings)}};
}

} // namespace loadgen::report
