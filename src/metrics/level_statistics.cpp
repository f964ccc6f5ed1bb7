#include "metrics/level_statistics.hpp"

#include "metrics/arrivals.hpp"
#include "metrics/distribution.hpp"
#include "metrics/quantile_interval.hpp"
#include "metrics/queue_growth.hpp"
#include "metrics/request_samples.hpp"
#include "metrics/steady_state.hpp"

#include <algorithm>
#include <span>

namespace loadgen::metrics {

namespace {

using requests = std::span<const request_record* const>;

/// Those with latencies, in the order they were sent: neighbours met the server in the same state.
std::vector<const request_record*> in_order_of_sending(const recorded_level& level) {
  std::vector<const request_record*> sent;
  for (const request_record& record : level.requests)
    if (is_measured_completion(record) && !record.chunks.empty() && record.sent) sent.push_back(&record);
  std::stable_sort(sent.begin(), sent.end(),
                   [](const request_record* left, const request_record* right) { return *left->sent < *right->sent; });
  return sent;
}

/// All gaps of all requests, those of one request side by side.
sample_series gap_series(requests sent) {
  std::size_t gaps = 0;
  for (const request_record* record : sent) gaps += record->chunks.size() - 1;
  sample_series series;
  series.samples.reserve(gaps);
  for (const request_record* record : sent) {
    if (record->chunks.size() < 2) continue;
    for (std::size_t i = 1; i < record->chunks.size(); ++i)
      series.samples.push_back(to_ms(record->chunks[i].arrival - record->chunks[i - 1].arrival));
    series.cluster_ends.push_back(series.samples.size());
  }
  return series;
}

sample_series series_of(metric which, requests sent) {
  if (which == metric::itl) return gap_series(sent);
  sample_series series;
  const request_figure figure = metric_rows[static_cast<std::size_t>(which)].figure;
  for (const request_record* record : sent)
    if (const auto sample = figure(*record)) series.samples.push_back(*sample);
  return series;
}

std::optional<double> mean_gap_ms(const request_record& record) noexcept {
  if (record.chunks.size() < 2) return std::nullopt;
  return to_ms(record.chunks.back().arrival - record.chunks.front().arrival) /
         static_cast<double>(record.chunks.size() - 1);
}

std::optional<steady_state> measure_steadiness(metric which, requests sent) {
  const request_figure figure =
      which == metric::itl ? mean_gap_ms : metric_rows[static_cast<std::size_t>(which)].figure;
  std::vector<double> series;
  std::vector<std::size_t> places; // of each figure's request in `sent`
  for (std::size_t i = 0; i < sent.size(); ++i)
    if (const auto sample = figure(*sent[i])) {
      series.push_back(*sample);
      places.push_back(i);
    }
  const std::optional<settling> found = find_settling(series);
  if (!found) return std::nullopt;
  steady_state state;
  state.which = which;
  state.reached = found->reached;
  std::size_t from = sent.size() / 2;
  if (found->reached) {
    from = found->transients > 0 ? places[found->transients] : 0;
    state.warmup_requests = from;
    state.warmup_s = to_s(*sent[from]->sent - *sent.front()->sent);
  }
  if (from == 0) return state;
  std::vector<double> later = series_of(which, sent.subspan(from)).samples;
  const distribution rest = describe(later);
  state.p50 = rest.p50;
  state.p99 = rest.p99;
  return state;
}

} // namespace

bool settles_later(const steady_state& left, const steady_state& right) noexcept {
  if (left.reached != right.reached) return right.reached;
  return left.warmup_requests > right.warmup_requests;
}

void add_statistics(level_summary& summary, const recorded_level& level) {
  const std::vector<const request_record*> sent = in_order_of_sending(level);
  for (std::size_t i = 0; i < metric_count; ++i)
    summary.metrics[i].ci95 = find_intervals(series_of(static_cast<metric>(i), sent), summary.metrics[i]);
  for (const metric which : {metric::ttft, metric::itl, metric::e2e})
    if (const auto state = measure_steadiness(which, sent)) summary.steadiness.push_back(*state);
  summary.queue = measure_queue_growth(level);
  summary.arrivals = compare_arrivals(level);
}

} // namespace loadgen::metrics
