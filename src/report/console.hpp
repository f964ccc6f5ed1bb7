#pragma once

#include <loadgen/report/report.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::report {

/// `number` with about four significant digits and no unit: "0.012", "9.876", "48.31", "512.7", "12040", "1.2e+07";
/// "-" where it is unset.
[[nodiscard]] std::string compact(std::optional<double> number);

/// A share of one in percent: "0.04%", "3.2%", "57%"; "-" where it is unset.
[[nodiscard]] std::string percent(std::optional<double> share);

/// "1 request", "3 requests"
[[nodiscard]] std::string counted(std::uint64_t count, std::string_view noun);

/// How the levels of one run are told apart in tables and sentences.
class level_naming {
public:
  explicit level_naming(const analyzed_run& run);

  /// Whether tables need a column for the trial.
  [[nodiscard]] bool has_trials() const noexcept { return has_trials_; }

  [[nodiscard]] bool open_loop() const noexcept { return open_loop_; }

  /// The heading of load(): "conc", or "rate/s" for an open loop.
  [[nodiscard]] const char* heading() const noexcept { return open_loop_ ? "rate/s" : "conc"; }

  [[nodiscard]] std::string load(const metrics::level_info& level) const;

  /// "concurrency 8, 32", "rate 2.5/s", "concurrency 8 trial 1, concurrency 8 trial 2"
  [[nodiscard]] std::string sentence_name(const std::vector<const metrics::level_summary*>& levels) const;

private:
  bool has_trials_ = false;
  bool open_loop_ = false;
};

/// The parts of the report, each of whole lines. Those that have nothing to say are empty; all but
/// the header need at least one level.
[[nodiscard]] std::string header_section(const analyzed_run& run);
[[nodiscard]] std::string performance_section(const analyzed_run& run, const level_naming& naming);
/// Of a sweep, the curve of latency against throughput as a plot of 80 columns.
[[nodiscard]] std::string curve_section(const analyzed_run& run, const level_naming& naming, character_set characters);
[[nodiscard]] std::string intervals_section(const analyzed_run& run, const level_naming& naming);
[[nodiscard]] std::string planned_section(const analyzed_run& run, const level_naming& naming);
[[nodiscard]] std::string slo_section(const analyzed_run& run, const level_naming& naming);
[[nodiscard]] std::string counts_section(const analyzed_run& run, const level_naming& naming);
[[nodiscard]] std::string failures_section(const analyzed_run& run, const level_naming& naming);
[[nodiscard]] std::string audit_section(const analyzed_run& run, const level_naming& naming);
[[nodiscard]] std::string warnings_section(const analyzed_run& run, const level_naming& naming);

/// What a reader must know before believing the figures, a sentence each. At least one level.
[[nodiscard]] std::vector<std::string> warnings(const analyzed_run& run, const level_naming& naming);

/// Of the warnings, those on levels that had not settled, and on those whose queue grew.
[[nodiscard]] std::vector<std::string> stability_warnings(const analyzed_run& run, const level_naming& naming);

/// "complete", or what is missing of the run.
[[nodiscard]] std::string status_text(const analyzed_run& run);

/// The worst verdict of the run's levels, with what it means.
[[nodiscard]] std::string verdict_text(const analyzed_run& run);

/// Of the warnings, those on levels whose load was beyond what this machine was calibrated for.
[[nodiscard]] std::vector<std::string> calibration_warnings(const analyzed_run& run, const level_naming& naming);

} // namespace loadgen::report
