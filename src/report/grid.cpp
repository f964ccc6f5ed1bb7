#include "report/grid.hpp"

#include "report/table.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using metrics::level_summary;
using metrics::metric;

constexpr std::size_t most_columns_side_by_side = 4;

/// What of a cell is shown.
struct cell_figure {
  const char* heading;
  const char* key;
  std::optional<double> (*of)(const level_summary&);
};

constexpr std::array cell_figures{
    cell_figure{"TTFT ms p50", "ttft_ms_p50", [](const level_summary& level) { return level.of(metric::ttft).p50; }},
    cell_figure{"TPOT ms p50", "tpot_ms_p50", [](const level_summary& level) { return level.of(metric::tpot).p50; }},
    cell_figure{"tokens/s", "output_tokens_per_s",
                [](const level_summary& level) { return level.rates.output_tokens_per_s; }},
};

/// The cells of one load and trial.
struct grid {
  const level_summary* first = nullptr;
  std::vector<std::uint32_t> inputs, outputs; ///< in the order in which they came
  std::vector<const level_summary*> cells;

  [[nodiscard]] const level_summary* cell(std::uint32_t input, std::uint32_t output) const {
    const auto found = std::find_if(cells.begin(), cells.end(), [&](const level_summary* each) {
      return each->info.grid_input == input && each->info.grid_output == output;
    });
    return found == cells.end() ? nullptr : *found;
  }
};

void add_once(std::vector<std::uint32_t>& to, std::uint32_t value) {
  if (std::find(to.begin(), to.end(), value) == to.end()) to.push_back(value);
}

std::vector<grid> grids_of(const analyzed_run& run) {
  std::vector<grid> grids;
  for (const level_summary& level : run.levels) {
    if (!level.info.grid_input || !level.info.grid_output) continue;
    auto its = std::find_if(grids.begin(), grids.end(), [&level](const grid& each) {
      const metrics::level_info& first = each.first->info;
      return first.concurrency == level.info.concurrency && first.rate == level.info.rate &&
             first.trial == level.info.trial;
    });
    if (its == grids.end()) its = grids.insert(grids.end(), grid{&level, {}, {}, {}});
    add_once(its->inputs, *level.info.grid_input);
    add_once(its->outputs, *level.info.grid_output);
    its->cells.push_back(&level);
  }
  return grids;
}

std::string table_of(const grid& of, const std::vector<cell_figure>& figures) {
  std::vector<table_column> columns{{"tokens", "in"}};
  for (const cell_figure& figure : figures)
    for (const std::uint32_t output : of.outputs) columns.push_back({figure.heading, fmt::format("out {}", output)});
  text_table table{std::move(columns)};
  for (const std::uint32_t input : of.inputs) {
    std::vector<std::string> cells{std::to_string(input)};
    for (const cell_figure& figure : figures)
      for (const std::uint32_t output : of.outputs) {
        const level_summary* const level = of.cell(input, output);
        cells.push_back(compact(level ? figure.of(*level) : std::nullopt));
      }
    table.add_row(std::move(cells));
  }
  return table.render();
}

json::array rows_of(const grid& of, const cell_figure& figure) {
  json::array rows;
  for (const std::uint32_t input : of.inputs) {
    json::array row;
    for (const std::uint32_t output : of.outputs) {
      const level_summary* const level = of.cell(input, output);
      const std::optional<double> value = level ? figure.of(*level) : std::nullopt;
      row.push_back(value ? json::value(*value) : json::value());
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

} // namespace

bool has_grid(const analyzed_run& run) {
  return std::any_of(run.levels.begin(), run.levels.end(),
                     [](const level_summary& level) { return level.info.grid_input.has_value(); });
}

std::string grid_section(const analyzed_run& run, const level_naming& naming) {
  std::string text;
  for (const grid& each : grids_of(run)) {
    if (!text.empty()) text += '\n';
    text += fmt::format("grid of prompt and answer lengths, {}\n", naming.sentence_load(each.first->info));
    if (each.outputs.size() <= most_columns_side_by_side) {
      text += table_of(each, {cell_figures.begin(), cell_figures.end()});
      continue;
    }
    for (const cell_figure& figure : cell_figures) text += table_of(each, {figure});
  }
  return text;
}

json::value grid_json(const analyzed_run& run) {
  json::array all;
  for (const grid& each : grids_of(run)) {
    const metrics::level_info& info = each.first->info;
    json::object described{
        {"concurrency", info.concurrency ? json::value(*info.concurrency) : json::value()},
        {"rate", info.rate ? json::value(*info.rate) : json::value()},
        {"trial", info.trial},
        {"in", json::array(each.inputs.begin(), each.inputs.end())},
        {"out", json::array(each.outputs.begin(), each.outputs.end())},
    };
    for (const cell_figure& figure : cell_figures) described[figure.key] = rows_of(each, figure);
    all.push_back(std::move(described));
  }
  return all.empty() ? json::value() : json::value(std::move(all));
}

} // namespace loadgen::report
