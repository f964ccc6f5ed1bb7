#include "report/comparison_text.hpp"
#include "report/console.hpp"
#include "report/table.hpp"
#include "report/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace loadgen::report {

namespace {

using comparison::change;
using side = table_column::side;

std::string heading_of(const compared_side& of) {
  std::string text = of.run_id;
  if (!of.label.empty()) text += fmt::format(" ({})", of.label);
  if (!of.urls.empty()) text += fmt::format(", {}", of.urls);
  if (!of.model.empty()) text += fmt::format(", {}", of.model);
  return printable(text);
}

std::string workload_text(const run_comparison& compared) {
  constexpr std::size_t short_hash = 12;
  const auto& [a, b] = compared.sides;
  switch (compared.how) {
  case comparison::pairing::interleaved: return "the same prompts, in turn within one run";
  case comparison::pairing::requests:
    return fmt::format("the same, sha256 {}", a.workload_sha256.substr(0, short_hash));
  case comparison::pairing::none: break;
  }
  return fmt::format("different, sha256 {} and {}", a.workload_sha256.substr(0, short_hash),
                     b.workload_sha256.substr(0, short_hash));
}

std::string change_cell(const change& of) {
  return of.relative ? signed_percent(*of.relative) : "-";
}

std::string level_section(const compared_level& level, double confidence) {
  text_table table{{{"", "", side::left},
                    {"", "A"},
                    {"", "B"},
                    {"", "change"},
                    {"", fmt::format("{:g}% interval", confidence * 100)},
                    {"", "p"},
                    {"", "verdict", side::left}}};
  for (const change& of : level.changes)
    if (is_shown(of))
      table.add_row({figure_heading(of), compact(of.a), compact(of.b), change_cell(of), percent_interval(of.interval),
                     probability(of.p), judgement_text(of.verdict)});
  std::string text = fmt::format("{}: {}\n", load_name(level), basis_text(level)) + table.render();
  for (const untold_figures& untold : untold_headlines(level))
    text += paragraph("  ? ", fmt::format("{}: {}", fmt::join(untold.figures, ", "), untold.why));
  return text;
}

} // namespace

std::string comparison_report(const run_comparison& compared) {
  std::string report = paragraph("A         ", heading_of(compared.sides[0]));
  report += paragraph("B         ", heading_of(compared.sides[1]));
  report += paragraph("workload  ", workload_text(compared));
  for (const compared_level& level : compared.levels) report += "\n" + level_section(level, compared.asked.confidence);
  report += paragraph("  = ", chance_sentence(compared));
  report += paragraph("  = ", fmt::format("better, worse: more than chance, and at least {:g}%; negligible: more than "
                                          "chance, and less; same: so much is ruled out",
                                          compared.asked.threshold * 100));
  if (compared.warnings.empty()) return report;
  report += "\nwarnings\n";
  for (const std::string& warning : compared.warnings) report += paragraph("  ! ", warning);
  return report;
}

} // namespace loadgen::report
