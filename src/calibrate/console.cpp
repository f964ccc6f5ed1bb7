#include <loadgen/calibrate/calibration.hpp>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <cmath>

namespace loadgen::calibrate {

namespace {

// Each figure has a column for the truth and one for the error.
constexpr std::string_view heading =
    "                   - TTFT p50 ms - - TTFT p99 ms - -- ITL p50 ms - -- ITL p99 ms -  coal-\n"
    " streams  tokens/s    true   error    true   error    true   error    true   error  esced   CPU\n";

std::string error_text(double error_ms) {
  return std::abs(error_ms) < 99.9995 ? fmt::format("{:+8.3f}", error_ms) : fmt::format("{:+8.0f}", error_ms);
}

std::string truth_text(double true_ms) {
  return true_ms < 99.9995 ? fmt::format("{:8.3f}", true_ms) : fmt::format("{:8.1f}", true_ms);
}

std::string level_line(const level_reading& level) {
  std::string line = fmt::format("{:>8}{:>10.0f}", level.offered.streams, level.tokens_per_s);
  for (const figure_reading& one : level.figures) line += truth_text(one.true_ms) + error_text(one.error_ms);
  return line + fmt::format("{:>6.1f}%{:>5.0f}%", level.coalesced_fraction * 100, level.cpu_fraction * 100);
}

/// What a reader must know of a level beside its figures; "" where nothing.
std::string remarks(const level_reading& level) {
  std::string text;
  const auto add = [&text](std::string_view remark) { text += fmt::format("{}{}", text.empty() ? "" : ", ", remark); };
  if (!level.complete) add("not all requests completed");
  if (level.verdict != metrics::verdict::ok) add(to_string(level.verdict));
  if (!level.kernel_stamps) add("no kernel stamps");
  if (level.server_late) add("server late");
  if (level.repeated) add("better of two");
  return text;
}

std::string end_text(sweep_end why) {
  switch (why) {
  case sweep_end::all_measured: return "to the end of the loads asked for";
  case sweep_end::error: return fmt::format("until an error above {:g} ms", error_limits_ms.back());
  case sweep_end::client: return "until the client was behind";
  case sweep_end::server: return "until the reference server was late; the client may carry more";
  case sweep_end::descriptors: return "up to the limit on file descriptors";
  case sweep_end::time: return "until the time was over";
  }
  return "";
}

std::string sweep_section(std::string_view rising, const sweep_reading& sweep) {
  std::string text = fmt::format("rising {}, {}\n{}", rising, end_text(sweep.ended_by), heading);
  for (const level_reading& level : sweep.levels) {
    text += level_line(level) + "\n";
    if (const std::string said = remarks(level); !said.empty()) text += fmt::format("{:>8}  {}\n", "", said);
  }
  return text;
}

std::string ranges_section(const std::vector<metrics::calibrated_range>& ranges) {
  std::string text = "error of TTFT and ITL, p50 and p99, up to\n";
  for (const metrics::calibrated_range& range : ranges) {
    text += fmt::format("  {:>3g} ms  ", range.error_ms);
    text += range.tokens_per_s ? fmt::format("{:>9.0f} tokens/s", *range.tokens_per_s) : "   at no tried rate";
    text += range.streams ? fmt::format("{:>8} streams\n", *range.streams) : "  at no tried number of streams\n";
  }
  return text;
}

std::string limit_text(const std::optional<std::uint64_t>& limit) {
  return limit ? fmt::format("{}", *limit) : "none";
}

constexpr double tolerated_others = 0.1; // cores

std::string others_text(const std::optional<double>& cores) {
  if (!cores) return "unknown";
  const std::string_view advice = *cores > tolerated_others ? ": calibrate again when they have ended" : "";
  return fmt::format("had {:.2f} cores meanwhile{}", *cores, advice);
}

std::string fact(const boost::json::object& system, const char* key) {
  const boost::json::value* const value = system.if_contains(key);
  return value && value->is_string() ? std::string{value->get_string().c_str()} : "unknown";
}

std::string facts_section(const calibration& found) {
  return fmt::format("timer        wakes {:.0f} us late (p50), {:.0f} us (p99); clock step {} ns, source {}\n"
                     "stamps       {}\n"
                     "descriptors  soft limit {}, hard limit {}\n"
                     "others       {}\n"
                     "processors   {} x {}\n"
                     "kernel       {}\n",
                     found.timer.p50_ms * 1000, found.timer.p99_ms * 1000, found.clock_step.count(),
                     fact(found.system, "clock_source"),
                     found.kernel_stamps() ? "every token had the kernel's receive stamp"
                                           : "tokens came without the kernel's receive stamp",
                     limit_text(found.descriptors.soft), limit_text(found.descriptors.hard),
                     others_text(found.others_cores), found.machine.processors,
                     found.machine.processor.empty() ? "unknown processor" : found.machine.processor,
                     found.machine.kernel);
}

} // namespace

std::string progress_line(const level_reading& level) {
  const std::string said = remarks(level);
  return fmt::format("{:>6} streams, {:>7.0f} tokens/s: error {:.3f} ms at most{}{}", level.offered.streams,
                     level.tokens_per_s, level.worst_error_ms(), said.empty() ? "" : "; ", said);
}

std::string console_report(const calibration& found) {
  return fmt::format("{}\n{}\n{}\n{}", sweep_section("tokens/s", found.by_token_rate),
                     sweep_section("streams", found.by_streams), ranges_section(found.ranges()), facts_section(found));
}

} // namespace loadgen::calibrate
