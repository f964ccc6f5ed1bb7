#include "metrics/attainment.hpp"
#include "metrics/audit.hpp"
#include "metrics/distribution.hpp"
#include "metrics/level_statistics.hpp"
#include "metrics/request_counts.hpp"
#include "metrics/request_samples.hpp"
#include "metrics/throughput.hpp"
#include "metrics/window.hpp"

#include <loadgen/metrics/summary.hpp>

#include <cmath>

namespace loadgen::metrics {

namespace {

bool has_latencies(const request_record& record) noexcept {
  return is_measured_completion(record) && !record.chunks.empty();
}

distribution describe_requests(const recorded_level& level, request_figure figure) {
  std::vector<double> samples;
  for (const request_record& record : level.requests) {
    if (!has_latencies(record)) continue;
    if (const auto sample = figure(record)) samples.push_back(*sample);
  }
  return describe(samples);
}

distribution describe_gaps(const recorded_level& level) {
  std::size_t gaps = 0;
  for (const request_record& record : level.requests)
    if (has_latencies(record)) gaps += record.chunks.size() - 1;
  std::vector<double> samples;
  samples.reserve(gaps);
  for (const request_record& record : level.requests) {
    if (!has_latencies(record)) continue;
    for (std::size_t i = 1; i < record.chunks.size(); ++i)
      samples.push_back(to_ms(record.chunks[i].arrival - record.chunks[i - 1].arrival));
  }
  return describe(samples);
}

std::map<std::string, distribution> describe_server_figures(const recorded_level& level) {
  std::map<std::string, std::vector<double>> samples;
  for (const request_record& record : level.requests) {
    if (!is_measured_completion(record)) continue;
    for (const auto& [name, value] : record.server_figures)
      if (std::isfinite(value)) samples[name].push_back(value);
  }
  std::map<std::string, distribution> described;
  for (auto& [name, values] : samples) described.emplace(name, describe(values));
  return described;
}

/// Ran to the end of its plan: not killed, not interrupted.
bool is_complete(const recorded_level& level, const request_counts& requests) noexcept {
  return level.end && !level.end->cut_short && requests.dropped_not_reached == 0 &&
         requests.causes[static_cast<std::size_t>(cause::interrupt)] == 0;
}

} // namespace

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
  level_summary summary;
  summary.info = level.info;
  summary.requests = count_requests(level);
  summary.complete = is_complete(level, summary.requests);
  if (const auto measured = measured_window(level)) {
    summary.window_s = to_s(measured->length());
    summary.rates = measure_throughput(level, *measured, asked);
    summary.tokens = total_tokens(level, *measured);
  }
  for (std::size_t i = 0; i < metric_count; ++i)
    summary.metrics[i] = metric_rows[i].figure ? describe_requests(level, metric_rows[i].figure) : describe_gaps(level);
  summary.server_reported = describe_server_figures(level);
  if (!asked.empty()) summary.attainment = measure_attainment(level, asked);
  summary.trust = audit_level(level);
  add_statistics(summary, level);
  return summary;
}

} // namespace loadgen::metrics
