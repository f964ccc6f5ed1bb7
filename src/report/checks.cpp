#include "report/console.hpp"
#include "report/manifest.hpp"

#include <loadgen/report/checks.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <functional>
#include <vector>

namespace loadgen::report {

namespace {

using metrics::level_summary;

/// What is wrong with a level; "" where nothing is.
using fault_of_level = std::function<std::string(const level_summary&)>;

check check_levels(const analyzed_run& run, const std::string& what, const fault_of_level& fault_of) {
  const level_naming naming{run};
  std::vector<std::string> faults;
  for (const level_summary& level : run.levels)
    if (const std::string fault = fault_of(level); !fault.empty())
      faults.push_back(fmt::format("{} at {}", fault, naming.sentence_name({&level})));
  const bool searched = !at_path(run.run.info.manifest, {"search"}).is_null();
  if (run.levels.empty()) faults.emplace_back(searched ? "no load was found to hold" : "nothing was measured");
  if (faults.empty()) return {true, what + ": holds"};
  return {false, fmt::format("{}: fails: {}", what, fmt::join(faults, ", "))};
}

} // namespace

check check_gate(const analyzed_run& run, const metrics::gate& gate) {
  return check_levels(run, "gate " + gate.text, [&gate](const level_summary& level) -> std::string {
    if (gate.holds_in(level)) return "";
    const std::optional<double> value = gate.of.of(level);
    return value ? fmt::format("{:.7g}{}", *value, gate.of.is_latency() ? " ms" : "/s") : "not measured";
  });
}

check check_verdict(const analyzed_run& run) {
  return check_levels(run, "strict (audit verdict ok)", [](const level_summary& level) {
    const metrics::verdict judgement = level.trust.judgement;
    return std::string{judgement == metrics::verdict::ok ? "" : to_string(judgement)};
  });
}

check check_failure_rate(const analyzed_run& run, double allowed) {
  return check_levels(run, fmt::format("failure rate <= {:g}", allowed), [allowed](const level_summary& level) {
    const auto [issued, failed] = std::pair{level.requests.issued, level.requests.failed};
    // Not failed > allowed * issued: that product is rounded, and 29 of 100 would be more than 0.29 of them.
    const bool within = issued == 0 || static_cast<double>(failed) / static_cast<double>(issued) <= allowed;
    return within ? std::string{} : fmt::format("{} of {} requests failed", failed, issued);
  });
}

} // namespace loadgen::report
