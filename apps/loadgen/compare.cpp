#include "commands.hpp"
#include "exit_code.hpp"
#include "files.hpp"
#include "help.hpp"
#include "process_environment.hpp"
#include "value_reader.hpp"

#include <loadgen/report/comparison.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace loadgen::cli {

namespace {

using comparison::gate_outcome;

struct compare_input {
  report::comparison_settings settings;
  std::vector<comparison::change_gate> gates;
  std::optional<metrics::sample_keeping> keep; ///< unset: as each run was made
};

result<compare_input> read_input(const settings& from) {
  value_reader read{from};
  compare_input input;
  input.settings.allow_different_workloads = from.is_on("allow-different-workloads");
  input.settings.statistics.confidence = read.real("confidence", 0.5, 0.9999);
  const auto threshold = comparison::parse_percent(from.text("threshold"));
  if (threshold.has_error())
    read.fail("threshold", threshold.error());
  else if (*threshold < 0)
    read.fail("threshold", fmt::format("'{}' is below 0; expected percent, such as 1%", from.text("threshold")));
  else
    input.settings.statistics.threshold = *threshold;
  for (const std::string& text : from.at("gate").values) {
    auto gate = comparison::parse_change_gate(text);
    if (gate.has_error())
      read.fail("gate", gate.error());
    else
      input.gates.push_back(std::move(*gate));
  }
  if (from.at("bounded").is_set())
    input.keep = from.is_on("bounded") ? metrics::sample_keeping::histogram : metrics::sample_keeping::all;
  if (from.text("json") == "-" && from.text("markdown") == "-")
    read.fail("json", "'-' is taken by --markdown; expected a file for one of them");
  if (read.failure()) return *read.failure();
  return input;
}

result<report::run_comparison> compare(const std::vector<std::string>& folders, const compare_input& input) {
  if (folders.size() == 1) return report::compare_targets(folders.front(), input.settings, input.keep);
  const auto a = report::load_run(folders[0], input.keep);
  if (a.has_error()) return a.error();
  const auto b = report::load_run(folders[1], input.keep);
  if (b.has_error()) return b.error();
  return report::compare_runs(*a, *b, input.settings);
}

std::vector<report::change_gate_check> check_gates(const report::run_comparison& compared, const compare_input& input) {
  std::vector<report::change_gate_check> checks;
  for (const comparison::change_gate& gate : input.gates) checks.push_back(report::check_change_gate(compared, gate));
  return checks;
}

/// Shows the comparison where standard output is free, and writes what was asked for.
result<void> publish(const settings& asked, const report::run_comparison& compared,
                     const std::vector<report::change_gate_check>& checks) {
  const std::string_view markdown = asked.text("markdown"), json = asked.text("json");
  const bool shown = markdown != "-" && json != "-";
  if (shown) {
    std::string text = report::comparison_report(compared);
    if (!checks.empty()) text += "\n";
    for (const report::change_gate_check& check : checks) text += check.line + "\n";
    if (const auto written = write_text("-", text); written.has_error()) return written;
  } else {
    for (const report::change_gate_check& check : checks) fmt::print(stderr, "loadgen: {}\n", check.line);
  }
  if (!markdown.empty())
    if (const auto written = write_text(markdown, report::comparison_markdown(compared, checks)); written.has_error())
      return written;
  if (json.empty()) return {};
  return write_text(json, report::to_pretty_json(report::comparison_json(compared, checks)));
}

exit_code judgement_of(const std::vector<report::change_gate_check>& checks) {
  gate_outcome worst = gate_outcome::holds;
  for (const report::change_gate_check& check : checks) worst = std::max(worst, check.outcome);
  switch (worst) {
  case gate_outcome::holds: return exit_done;
  case gate_outcome::cannot_tell: return exit_cannot_tell;
  case gate_outcome::fails: return exit_gate;
  }
  return exit_done;
}

} // namespace

int compare_command(const std::vector<std::string>& arguments) {
  const auto command = resolve(compare_options(), arguments, process_variable);
  if (command.has_error()) return complain(command.error());
  if (command->values.is_on("help")) {
    fmt::print("{}", help_text(compare_options()));
    return exit_done;
  }
  const auto input = read_input(command->values);
  if (input.has_error()) return complain(input.error());
  const auto compared = compare(command->positionals, *input);
  if (compared.has_error()) return complain(compared.error());
  const auto checks = check_gates(*compared, *input);
  if (const auto published = publish(command->values, *compared, checks); published.has_error())
    return complain(published.error().message, exit_unwritten);
  return judgement_of(checks);
}

} // namespace loadgen::cli
