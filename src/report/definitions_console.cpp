#include "report/console.hpp"
#include "report/definitions_facts.hpp"
#include "report/table.hpp"

#include <loadgen/report/definitions.hpp>

#include <fmt/format.h>

namespace loadgen::report {

namespace {

using definitions::all_tools;
using definitions::latency;
using definitions::statistics;
using definitions::tool;
using definitions::tool_figures;
using metrics::level_summary;
using metrics::metric;
using side = table_column::side;

std::optional<double> value_of(const std::optional<statistics>& of, std::optional<double> statistics::*which) {
  return of ? (*of).*which : std::nullopt;
}

std::string title(tool which) {
  return fmt::format("{} {}", describe(which).name, describe(which).version);
}

/// Ours in the same form, so that one table can have both.
tool_figures our_figures(const level_summary& level) {
  tool_figures ours;
  ours.completed = level.requests.completed;
  ours.failed = level.requests.failed;
  ours.requests_per_s = level.rates.requests_per_s;
  ours.output_tokens_per_s = level.rates.output_tokens_per_s;
  ours.total_tokens_per_s = level.rates.total_tokens_per_s;
  ours.goodput_per_s = level.rates.goodput_per_s;
  for (const auto& [which, of] : {std::pair{latency::ttft, metric::ttft}, std::pair{latency::itl, metric::itl},
                                  std::pair{latency::tpot, metric::tpot}, std::pair{latency::e2e, metric::e2e}}) {
    statistics& values = ours.latencies[static_cast<std::size_t>(which)].emplace();
    values.mean = level.of(of).mean;
    values.p50 = level.of(of).p50;
    values.p99 = level.of(of).p99;
  }
  return ours;
}

void add_row(text_table& table, std::string name, const std::vector<tool_figures>& columns, auto&& cell) {
  std::vector<std::string> cells{std::move(name)};
  for (const tool_figures& figures : columns) cells.push_back(cell(figures));
  table.add_row(std::move(cells));
}

std::string comparison_table(const std::vector<tool_figures>& columns) {
  std::vector<table_column> headings{{"", "", side::left}, {"", "loadgen"}};
  for (const tool which : all_tools) headings.push_back({"", std::string{describe(which).name}});
  text_table table{std::move(headings)};
  const auto latency_rows = [&](std::string_view name, latency which) {
    for (const auto& [statistic, member] :
         {std::pair{"p50", &statistics::p50}, std::pair{"p99", &statistics::p99}, std::pair{"mean", &statistics::mean}})
      add_row(table, fmt::format("{} {}", name, statistic), columns,
              [which, shown = member](const auto& of) { return compact(value_of(of.of(which), shown)); });
  };
  latency_rows("TTFT ms", latency::ttft);
  latency_rows("ITL ms", latency::itl);
  latency_rows("TPOT ms", latency::tpot);
  latency_rows("E2E ms", latency::e2e);
  for (const auto& [name, rate] :
       {std::pair{"requests/s", &tool_figures::requests_per_s},
        std::pair{"tokens/s", &tool_figures::output_tokens_per_s},
        std::pair{"in+out/s", &tool_figures::total_tokens_per_s}, std::pair{"goodput/s", &tool_figures::goodput_per_s}})
    add_row(table, name, columns, [shown = rate](const tool_figures& of) { return compact(of.*shown); });
  add_row(table, "ok", columns, [](const tool_figures& of) { return std::to_string(of.completed); });
  add_row(table, "failed", columns, [](const tool_figures& of) { return std::to_string(of.failed); });
  return table.render();
}

std::string approximations_section(tool which, const metrics::recorded_run& run) {
  std::string text;
  for (const std::string_view sentence : approximations(which, run))
    text += paragraph("    approximated: ", std::string{sentence});
  return text;
}

std::string stamps_note() {
  return paragraph("  ", "All are of the same arrivals, stamped by the kernel: what a tool's own delays would have "
                         "added is in none of them.");
}

} // namespace

std::string definitions_report(const analyzed_run& run, tool which) {
  const level_naming naming{run};
  std::string report = header_section(run);
  report += fmt::format("\nby the definitions of {}\n", title(which));
  std::vector<table_column> columns{{"", naming.heading()}};
  if (naming.has_trials()) columns.push_back({"", "trial"});
  columns.insert(columns.end(), {{"requests", "ok"},
                                 {"requests", "failed"},
                                 {"per second", "req"},
                                 {"per second", "tokens"},
                                 {"per second", "good"},
                                 {"TTFT ms", "p50"},
                                 {"TTFT ms", "p99"},
                                 {"ITL ms", "p50"},
                                 {"ITL ms", "p99"},
                                 {"TPOT ms", "p50"},
                                 {"TPOT ms", "p99"},
                                 {"E2E ms", "p50"},
                                 {"E2E ms", "p99"}});
  text_table table{std::move(columns)};
  const definitions::run_facts facts = facts_of(run.run);
  for (const metrics::recorded_level& level : run.run.levels) {
    const tool_figures figures = recompute(which, level, facts);
    std::vector<std::string> cells{naming.load(level.info)};
    if (naming.has_trials()) cells.push_back(std::to_string(level.info.trial));
    cells.insert(cells.end(),
                 {std::to_string(figures.completed), std::to_string(figures.failed), compact(figures.requests_per_s),
                  compact(figures.output_tokens_per_s), compact(figures.goodput_per_s)});
    for (const latency kind : definitions::all_latencies) {
      cells.push_back(compact(value_of(figures.of(kind), &statistics::p50)));
      cells.push_back(compact(value_of(figures.of(kind), &statistics::p99)));
    }
    table.add_row(std::move(cells));
  }
  report += table.render();
  report += paragraph("  unlike ours: ", std::string{describe(which).difference});
  report += approximations_section(which, run.run);
  return report + stamps_note();
}

std::string definitions_comparison(const analyzed_run& run) {
  const level_naming naming{run};
  const definitions::run_facts facts = facts_of(run.run);
  std::string report = header_section(run);
  for (std::size_t i = 0; i < run.levels.size(); ++i) {
    std::vector<tool_figures> columns{our_figures(run.levels[i])};
    for (const tool which : all_tools) columns.push_back(recompute(which, run.run.levels[i], facts));
    report += fmt::format("\n{}\n", naming.sentence_name({&run.levels[i]})) + comparison_table(columns);
  }
  report += "\nunlike ours\n";
  for (const tool which : all_tools) {
    report += paragraph(fmt::format("  {}: ", title(which)), std::string{describe(which).difference});
    report += approximations_section(which, run.run);
  }
  return report + stamps_note();
}

} // namespace loadgen::report
