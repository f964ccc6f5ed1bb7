#include "report/console.hpp"

#include <fmt/format.h>

#include <cmath>

namespace loadgen::report {

std::string compact(std::optional<double> number) {
  if (!number || !std::isfinite(*number)) return "-";
  const double size = std::abs(*number);
  if (size > 0 && size < 0.0005) return "<0.001";
  if (size < 9.9995) return fmt::format("{:.3f}", *number);
  if (size < 99.995) return fmt::format("{:.2f}", *number);
  if (size < 999.95) return fmt::format("{:.1f}", *number);
  if (size < 999'999.5) return fmt::format("{:.0f}", *number);
  return fmt::format("{:.1e}", *number);
}

std::string percent(std::optional<double> share) {
  if (!share || !std::isfinite(*share)) return "-";
  const double hundredths = *share * 100;
  if (hundredths == 0) return "0%";
  if (hundredths < 0.005) return "<0.01%";
  if (hundredths < 0.0995) return fmt::format("{:.2f}%", hundredths);
  if (hundredths < 9.95) return fmt::format("{:.1f}%", hundredths);
  return fmt::format("{:.0f}%", hundredths);
}

std::string counted(std::uint64_t count, std::string_view noun) {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

level_naming::level_naming(const analyzed_run& run) {
  for (const metrics::level_summary& level : run.levels) {
    has_trials_ = has_trials_ || level.info.trial > 1;
    open_loop_ = open_loop_ || level.info.rate.has_value();
  }
}

std::string level_naming::load(const metrics::level_info& level) const {
  if (level.rate) return fmt::format("{:.6g}", *level.rate); // a mean rate may have any number of digits
  return level.concurrency ? fmt::format("{}", *level.concurrency) : "-";
}

std::string level_naming::sentence_name(const std::vector<const metrics::level_summary*>& levels) const {
  const char* const kind = open_loop_ ? "rate" : "concurrency";
  const char* const unit = open_loop_ ? "/s" : "";
  std::string name;
  for (const metrics::level_summary* level : levels) {
    if (!name.empty()) name += ", ";
    if (name.empty() || has_trials_) name += fmt::format("{} ", kind);
    name += load(level->info) + unit;
    if (has_trials_) name += fmt::format(" trial {}", level->info.trial);
  }
  return name;
}

std::string console_report(const analyzed_run& run, character_set characters) {
  const level_naming naming{run};
  std::string report = header_section(run);
  if (run.levels.empty()) return report;
  report += "\n" + performance_section(run, naming);
  if (const std::string curve = curve_section(run, naming, characters); !curve.empty()) report += "\n" + curve;
  for (const auto section : {intervals_section, planned_section, slo_section, warnings_section, counts_section,
                             failures_section, audit_section})
    if (const std::string text = section(run, naming); !text.empty()) report += "\n" + text;
  return report;
}

} // namespace loadgen::report
