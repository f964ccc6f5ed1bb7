#include "metrics/level_statistics.hpp"
#include "metrics/level_summarizer.hpp"
#include "metrics/request_samples.hpp"

#include <loadgen/metrics/summary.hpp>

namespace loadgen::metrics {

std::string_view key(metric which) noexcept {
  return metric_rows[static_cast<std::size_t>(which)].key;
}

std::string_view name(metric which) noexcept {
  const std::string_view with_unit = key(which);
  return with_unit.substr(0, is_latency(which) ? with_unit.size() - std::string_view{"_ms"}.size() : with_unit.size());
}

std::string_view to_string(verdict judgement) noexcept {
  switch (judgement) {
  case verdict::ok: return "ok";
  case verdict::degraded: return "degraded";
  case verdict::client_bound: return "client_bound";
  }
  return "";
}

level_summary summarize(const recorded_level& level, const slo& asked) {
  window_finder measured;
  for (const request_record& record : level.requests) measured.add(record);
  level_summarizer summarizer{level.info, level.end, measured.found(level.end), asked, sample_keeping::all};
  for (const request_record& record : level.requests) summarizer.add(record);
  level_summary summary = summarizer.summary();
  add_statistics(summary, level);
  return summary;
}

} // namespace loadgen::metrics
