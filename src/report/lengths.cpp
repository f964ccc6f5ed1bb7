#include "report/lengths.hpp"

#include "report/grid.hpp"
#include "report/manifest.hpp"
#include "report/table.hpp"

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using metrics::distribution;
using metrics::length_comparison;
using metrics::level_summary;

json::object tokens_json(const distribution& of) {
  const auto number = [](std::optional<double> value) { return value ? json::value(*value) : json::value(); };
  return {{"mean", number(of.mean)}, {"min", number(of.min)}, {"p50", number(of.p50)}, {"max", number(of.max)}};
}

json::value comparison_json(const std::optional<length_comparison>& of) {
  if (!of) return nullptr;
  return json::object{{"requests", of->requests},
                      {"exact", of->exact},
                      {"max_difference", of->max_difference},
                      {"asked", tokens_json(of->asked)},
                      {"achieved", tokens_json(of->achieved)}};
}

void add_cells(std::vector<std::string>& cells, const std::optional<length_comparison>& of) {
  if (!of) return void(cells.insert(cells.end(), 4, "-"));
  cells.push_back(compact(of->asked.mean));
  cells.push_back(compact(of->achieved.mean));
  cells.push_back(fmt::format("{}/{}", of->exact, of->requests));
  cells.push_back(std::to_string(of->max_difference));
}

/// How the prompts came to their lengths, where that is not by counting them exactly.
std::string counting_note(const json::object& manifest) {
  const json::value& tokens = at_path(manifest, {"workload", "tokens"});
  const json::object* const counted = tokens.if_object();
  if (!counted) return "";
  const std::string source = text_at(manifest, {"workload", "tokens", "source"});
  if (source == "estimate")
    return "estimated, one token a word: the server's /tokenize was not asked or is not known; --calibrate probe makes "
           "the lengths exact";
  if (at_path(manifest, {"workload", "tokens", "template_known"}) == json::value(false))
    return "without the chat template's tokens, which /tokenize does not tell of this server: --calibrate probe finds "
           "them";
  if (at_path(manifest, {"workload", "tokens", "exact"}) == json::value(false))
    return "not exact: this tokenizer's words have no fixed number of tokens";
  return "";
}

} // namespace

json::object lengths_json(const level_summary& level) {
  return {{"input", comparison_json(level.input_lengths)}, {"output", comparison_json(level.output_lengths)}};
}

std::string lengths_section(const analyzed_run& run, const level_naming& naming) {
  if (std::none_of(run.levels.begin(), run.levels.end(),
                   [](const level_summary& level) { return level.input_lengths.has_value(); }))
    return {};
  std::vector<table_column> columns{{"", naming.heading()}};
  if (naming.has_trials()) columns.push_back({"", "trial"});
  for (const char* const group : {"prompt tokens", "answer tokens"})
    for (const char* const name : {"asked", "achieved", "exact", "off by at most"}) columns.push_back({group, name});
  text_table table{std::move(columns)};
  for (const level_summary& level : run.levels) {
    std::vector<std::string> cells{naming.load(level.info)};
    if (naming.has_trials()) cells.push_back(std::to_string(level.info.trial));
    add_cells(cells, level.input_lengths);
    add_cells(cells, level.output_lengths);
    table.add_row(std::move(cells));
  }
  std::string text = "lengths asked for and achieved, means\n" + table.render();
  if (const std::string note = counting_note(merged_manifest(run.run)); !note.empty())
    text += paragraph("  prompts: ", note);
  return text;
}

} // namespace loadgen::report
