#include "report/comparison_text.hpp"
#include "report/console.hpp"
#include "report/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>

namespace loadgen::report {

namespace {

using comparison::change;
using comparison::gate_outcome;
using comparison::judgement;

/// Text of other origin, so that it is neither a cell's end, nor markup, nor a mention.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : printable(text)) {
    if (std::string_view{"\\`*_{}[]<>|#!@~"}.find(c) != std::string_view::npos) safe += '\\';
    safe += c;
  }
  return safe;
}

std::string verdict_cell(const change& of) {
  const std::string text = judgement_text(of.verdict);
  return of.verdict == judgement::better || of.verdict == judgement::worse ? fmt::format("**{}**", text) : text;
}

std::string level_section(const compared_level& level, double confidence) {
  std::string text = fmt::format("\n#### {}: {}\n\n| figure | A | B | change | {:g}% interval | p | verdict |\n"
                                 "|---|---:|---:|---:|---:|---:|---|\n",
                                 load_name(level), basis_text(level), confidence * 100);
  for (const change& of : level.changes)
    if (is_shown(of))
      text += fmt::format("| `{}` | {} | {} | {} | {} | {} | {} |\n", figure_heading(of), escaped(compact(of.a)),
                          escaped(compact(of.b)), of.relative ? signed_percent(*of.relative) : "-",
                          percent_interval(of.interval), escaped(probability(of.p)), verdict_cell(of));
  for (const untold_figures& untold : untold_headlines(level))
    text += fmt::format("\nCannot tell `{}`: {}.\n", fmt::join(untold.figures, "`, `"), untold.why);
  return text;
}

std::string outcome_line(const run_comparison& compared) {
  constexpr std::array shown{judgement::worse, judgement::better, judgement::negligible, judgement::same,
                             judgement::cannot_tell};
  std::vector<std::string> counts;
  for (const judgement kind : shown) {
    std::size_t count = 0;
    for (const compared_level& level : compared.levels)
      for (const change& of : level.changes) count += is_shown(of) && of.verdict == kind ? 1U : 0U;
    if (count > 0) counts.push_back(fmt::format("{} {}", count, judgement_text(kind)));
  }
  return fmt::format("**{}**\n", fmt::join(counts, ", "));
}

std::string side_row(const char* name, const compared_side& of) {
  return fmt::format("| {} | {} | {} | {} | {} |\n", name, escaped(of.run_id), escaped(of.label), escaped(of.urls),
                     escaped(of.model));
}

std::string gate_row(const change_gate_check& check) {
  const bool holds = check.outcome == gate_outcome::holds;
  return holds ? fmt::format("- {}\n", escaped(check.line)) : fmt::format("- **{}**\n", escaped(check.line));
}

} // namespace

std::string comparison_markdown(const run_comparison& compared, const std::vector<change_gate_check>& gates) {
  std::string text = "### loadgen: B compared with A\n\n" + outcome_line(compared);
  if (!gates.empty()) text += "\n";
  for (const change_gate_check& check : gates) text += gate_row(check);
  text += "\n| | run | label | server | model |\n|---|---|---|---|---|\n";
  text += side_row("A", compared.sides[0]) + side_row("B", compared.sides[1]);
  for (const compared_level& level : compared.levels) text += level_section(level, compared.asked.confidence);
  text +=
      fmt::format("\nBetter and worse: more than chance, and at least {:g}%. Negligible: more than chance, and less. "
                  "Same: so much is ruled out. In all, {}.\n",
                  compared.asked.threshold * 100, chance_sentence(compared));
  if (!compared.warnings.empty()) text += "\n**Warnings**\n\n";
  for (const std::string& warning : compared.warnings) text += fmt::format("- {}\n", escaped(warning));
  return text;
}

} // namespace loadgen::report
