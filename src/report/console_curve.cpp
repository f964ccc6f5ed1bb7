#include "report/console.hpp"
#include "report/table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

namespace loadgen::report {

namespace {

using metrics::level_summary;
using metrics::metric;

constexpr std::size_t plot_columns = 66, plot_rows = 11, scale_columns = 10; // within 80 columns
constexpr char several = '*';

/// A level in the plane of rate and latency.
struct curve_point {
  double rate = 0, latency = 0;
  char letter = several;
};

struct curve {
  std::vector<curve_point> points;
  std::vector<std::string> loads; // of letter a, b, ...
};

/// One letter for each load, whatever the number of its trials.
curve curve_of(const analyzed_run& run, const level_naming& naming) {
  curve drawn;
  for (const level_summary& level : run.levels) {
    const auto latency = level.of(metric::e2e).p50;
    if (!latency || !level.rates.output_tokens_per_s) continue;
    const std::string load = naming.load(level.info);
    const auto known = std::find(drawn.loads.begin(), drawn.loads.end(), load);
    const auto number = static_cast<std::size_t>(known - drawn.loads.begin());
    if (known == drawn.loads.end()) drawn.loads.push_back(load);
    drawn.points.push_back(
        {*level.rates.output_tokens_per_s, *latency, number < 26 ? static_cast<char>('a' + number) : several});
  }
  return drawn;
}

std::size_t cell_of(double value, double most, std::size_t cells) {
  const double place = std::round(value / most * static_cast<double>(cells - 1));
  return std::min(static_cast<std::size_t>(std::max(place, 0.0)), cells - 1);
}

std::vector<std::string> grid_of(const curve& drawn, double most_rate, double most_latency) {
  std::vector<std::string> grid(plot_rows, std::string(plot_columns, ' '));
  for (const curve_point& point : drawn.points) {
    char& cell = grid[plot_rows - 1 - cell_of(point.latency, most_latency, plot_rows)]
                     [cell_of(point.rate, most_rate, plot_columns)];
    cell = cell == ' ' || cell == point.letter ? point.letter : several;
  }
  return grid;
}

/// The rows with their scale, and the axis below.
std::string framed(const std::vector<std::string>& grid, double most_rate, double most_latency,
                   character_set characters) {
  const bool unicode = characters == character_set::unicode;
  std::string text;
  for (std::size_t row = 0; row < grid.size(); ++row) {
    const bool has_scale = row % 5 == 0;
    const double at = most_latency * static_cast<double>(grid.size() - 1 - row) / static_cast<double>(grid.size() - 1);
    const std::string line = fmt::format("{:>{}} {} {}",
                                         !has_scale ? ""
                                         : at > 0   ? compact(at)
                                                    : "0",
                                         scale_columns, unicode ? "│" : "|", grid[row]);
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  std::string axis;
  for (std::size_t i = 0; i < plot_columns + 1; ++i) axis += unicode ? "─" : "-";
  text += fmt::format("{:>{}} {}{}\n", "", scale_columns, unicode ? "└" : "+", axis);
  text += fmt::format("{:>{}}   0{:>{}}\n", "", scale_columns, compact(most_rate), plot_columns - 1);
  return text;
}

} // namespace

std::string curve_section(const analyzed_run& run, const level_naming& naming, character_set characters) {
  const curve drawn = curve_of(run, naming);
  if (drawn.loads.size() < 2) return {};
  double most_rate = 0, most_latency = 0;
  for (const curve_point& point : drawn.points) {
    most_rate = std::max(most_rate, point.rate);
    most_latency = std::max(most_latency, point.latency);
  }
  if (!(most_rate > 0 && most_latency > 0)) return {};
  std::string names;
  for (std::size_t i = 0; i < drawn.loads.size() && i < 26; ++i)
    names += fmt::format("{}{} {}", i == 0 ? "" : ", ", static_cast<char>('a' + i), drawn.loads[i]);
  const std::vector<std::string> grid = grid_of(drawn, most_rate, most_latency);
  const bool any_shared = std::any_of(grid.begin(), grid.end(),
                                      [](const std::string& row) { return row.find(several) != std::string::npos; });
  return "latency against throughput: E2E p50 in ms (up) at output tokens/s (right)\n" +
         framed(grid, most_rate, most_latency, characters) +
         paragraph("  ", fmt::format("{}: {}{}", naming.open_loop() ? "rate/s" : "concurrency", names,
                                     any_shared ? fmt::format("; {} several", several) : ""));
}

} // namespace loadgen::report
