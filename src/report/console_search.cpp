#include "report/console.hpp"
#include "report/table.hpp"

#include <loadgen/report/search.hpp>

#include <fmt/format.h>

namespace loadgen::report {

namespace {

using search::load_kind;
using side = table_column::side;

std::string named(load_kind kind, double load) {
  return kind == load_kind::rate ? fmt::format("{:.6g}/s", load) : fmt::format("{:g}", load);
}

/// Cut and not rounded, so that what is below the required share does not look like it.
std::string share_cell(double share) {
  return fmt::format("{:.2f}", static_cast<double>(static_cast<std::uint64_t>(share * 10'000 + 1e-6)) / 100);
}

std::string queue_cell(const search::tried_load& tried) {
  if (tried.queue_judged == 0) return "-";
  return fmt::format("{} of {}", tried.queue_grew, tried.queue_judged);
}

std::string steps_table(const analyzed_search& of) {
  const bool open_loop = of.settings.kind == load_kind::rate;
  std::vector<table_column> columns{{"", open_loop ? "rate/s" : "conc"},
                                    {"", "trials"},
                                    {"requests", "judged"},
                                    {"requests", "met SLO"},
                                    {"attainment %", ""},
                                    {"attainment %", "95% interval"}};
  if (open_loop) columns.push_back({"queue", "grew"});
  columns.push_back({"", "verdict", side::left});
  text_table table{std::move(columns)};
  for (const search::tried_load& tried : of.found.loads) {
    const double share = tried.requests > 0 ? static_cast<double>(tried.met) / static_cast<double>(tried.requests) : 0;
    std::vector<std::string> cells{fmt::format("{:.6g}", tried.load),
                                   std::to_string(tried.trials),
                                   std::to_string(tried.requests),
                                   std::to_string(tried.met),
                                   tried.requests > 0 ? share_cell(share) : "-",
                                   share_cell(tried.attainment.low) + "-" + share_cell(tried.attainment.high)};
    if (open_loop) cells.push_back(queue_cell(tried));
    cells.emplace_back(to_string(tried.verdict));
    table.add_row(std::move(cells));
  }
  return table.render();
}

} // namespace

std::string answer_text(const analyzed_search& of) {
  const load_kind kind = of.settings.kind;
  const auto& held = of.found.highest_held;
  const auto& failed = of.found.lowest_failed;
  std::string text = fmt::format("highest {} that meets the SLO: ", to_string(kind));
  if (held && failed)
    text += fmt::format("{}; {} holds, {} fails", named(kind, *held), named(kind, *held), named(kind, *failed));
  else if (held)
    text += fmt::format("at least {}; none was found to fail", named(kind, *held));
  else if (failed)
    text += fmt::format("below {}; none was found to hold", named(kind, *failed));
  else
    text += "not found";
  if (!of.found.reason.empty()) text += fmt::format(" ({})", of.found.reason);
  return text;
}

std::string knee_text(const sweep_knee& sweep) {
  const search::knee& found = sweep.found;
  if (!found.load) return "knee: none; " + found.reason;
  const char* const unit = sweep.metric == "requests_per_s" ? "requests/s" : "tokens/s";
  return fmt::format("knee: {} {} (between {} and {}); beyond it {} stay near {}", to_string(sweep.kind),
                     compact(found.load), named(sweep.kind, found.neighbours->low),
                     named(sweep.kind, found.neighbours->high), unit, compact(found.throughput));
}

std::string search_section(const analyzed_run& run, const level_naming& /*naming*/) {
  const auto searched = search_of(run);
  if (!searched) return "";
  std::string text = paragraph("", answer_text(*searched)) + steps_table(*searched);
  for (const std::string& note : searched->found.notes) text += paragraph("  ! ", note);
  return text;
}

std::string knee_section(const analyzed_run& run, const level_naming& /*naming*/) {
  const auto sweep = knee_of(run);
  return sweep ? paragraph("", knee_text(*sweep)) : "";
}

} // namespace loadgen::report
