#include "metrics/instrument_error.hpp"

#include "metrics/request_figures.hpp"
#include "metrics/request_samples.hpp"

#include <algorithm>
#include <utility>

namespace loadgen::metrics {

namespace {

bool is_placed_by_its_stamp(const chunk_stamp& chunk) noexcept {
  return !chunk.has(chunk_stamp::coalesced) && !chunk.has(chunk_stamp::user_stamped);
}

/// The stamp of the read before the one that brought the i-th content event: nothing that came later had arrived then.
std::optional<instant> previous_read(const request_record& record, std::size_t i) noexcept {
  const instant own = record.chunks[i].arrival;
  while (i > 0)
    if (record.chunks[--i].arrival < own) return record.chunks[i].arrival;
  if (record.first_event && *record.first_event < own) return record.first_event;
  return record.sent;
}

duration delay_since(const chunk_stamp& chunk, std::optional<instant> before) noexcept {
  duration since = before ? std::max(chunk.arrival - *before, duration::zero()) : longest_wait;
  if (!chunk.has(chunk_stamp::behind)) since = std::min(since, longest_wait);
  return since;
}

std::size_t first_answer(const request_record& record) noexcept {
  const auto answer = std::find_if(record.chunks.begin(), record.chunks.end(),
                                   [](const chunk_stamp& chunk) { return chunk.has(chunk_stamp::answer); });
  return static_cast<std::size_t>(answer - record.chunks.begin());
}

/// A figure from `sent` to an arrival: the first byte may have left any time until its system call had returned.
std::optional<uncertain> since_sent(std::optional<double> value, const request_record& record, duration delay) {
  if (!value || !record.send_time) return std::nullopt;
  return uncertain{*value, to_ms(delay + *record.send_time), 0};
}

std::optional<uncertain> since_planned(std::optional<double> value, duration delay) {
  if (!value) return std::nullopt;
  return uncertain{*value, to_ms(delay), 0};
}

std::optional<uncertain> per_token(const request_record& record) {
  const auto value = tpot_ms(record);
  if (!value) return std::nullopt;
  const auto gaps = static_cast<double>(output_tokens(record) - 1);
  const duration last = possible_delay(record, record.chunks.size() - 1);
  return uncertain{*value, to_ms(last + 2 * stamp_error) / gaps,
                   to_ms(possible_delay(record, 0) + 2 * stamp_error) / gaps};
}

/// What every sample of a metric may be wrong by, either way, for its stamps alone. Of tpot that depends on the tokens.
duration common_error(metric which) noexcept {
  if (which == metric::itl) return 2 * stamp_error;
  return which == metric::tpot ? duration::zero() : stamp_error;
}

bool has_bound(metric which) noexcept {
  return is_latency(which) && which != metric::ttfb && which != metric::ttfe;
}

using bound_and_figure = std::pair<std::optional<double> instrument_error::*, std::optional<double> distribution::*>;
constexpr std::array<bound_and_figure, 6> bounded_figures{{
    {&instrument_error::mean, &distribution::mean},
    {&instrument_error::p50, &distribution::p50},
    {&instrument_error::p90, &distribution::p90},
    {&instrument_error::p95, &distribution::p95},
    {&instrument_error::p99, &distribution::p99},
    {&instrument_error::p99_9, &distribution::p99_9},
}};

bool has_latencies(const request_record& record) noexcept {
  return is_measured_completion(record) && !record.chunks.empty();
}

} // namespace

duration possible_delay(const request_record& record, std::size_t i) noexcept {
  const chunk_stamp& chunk = record.chunks[i];
  return is_placed_by_its_stamp(chunk) ? duration::zero() : delay_since(chunk, previous_read(record, i));
}

std::optional<uncertain> figure_with_error(metric which, const request_record& record) noexcept {
  if (record.chunks.empty()) return std::nullopt;
  const auto delay_of_last = [&record] { return possible_delay(record, record.chunks.size() - 1); };
  switch (which) {
  case metric::ttft: return since_sent(ttft_ms(record), record, possible_delay(record, 0));
  case metric::ttfo: {
    const auto value = ttfo_ms(record);
    return value ? since_sent(value, record, possible_delay(record, first_answer(record))) : std::nullopt;
  }
  case metric::ttft_planned: return since_planned(ttft_planned_ms(record), possible_delay(record, 0));
  case metric::tpot: return per_token(record);
  case metric::e2e: return since_sent(e2e_ms(record), record, delay_of_last());
  case metric::e2e_done: return since_sent(e2e_done_ms(record), record, duration::zero());
  case metric::e2e_planned: return since_planned(e2e_planned_ms(record), delay_of_last());
  case metric::ttfb:
  case metric::ttfe:
  case metric::itl:
  case metric::tokens_per_s: break;
  }
  return std::nullopt;
}

void error_meter::ends::begin(sample_set so_far) {
  lower = so_far;
  upper = std::move(so_far);
}

void error_meter::ends::add(const uncertain& sample) {
  lower->add(std::max(sample.value - sample.below, 0.0));
  upper->add(sample.value + sample.above);
}

void error_meter::add(const request_record& record, const std::vector<sample_set>& reported) {
  if (!has_latencies(record)) return;
  for (std::size_t i = 0; i < metric_count; ++i) {
    const auto which = static_cast<metric>(i);
    if (which == metric::itl || !has_bound(which)) continue;
    ends& of = ends_[i];
    if (const auto sample = figure_with_error(which, record)) {
      if (!of.lower) of.begin(sample_set{keep_});
      of.add(*sample);
    } else if (metric_rows[i].figure(record)) {
      of.untold = true;
    }
  }
  add_gaps(record, reported[static_cast<std::size_t>(metric::itl)]);
}

void error_meter::add_gaps(const request_record& record, const sample_set& reported) {
  ends& of = ends_[static_cast<std::size_t>(metric::itl)];
  if (!of.lower) {
    if (std::all_of(record.chunks.begin(), record.chunks.end(), is_placed_by_its_stamp)) return;
    of.begin(reported);
  }
  std::optional<instant> before; // the read before that of the chunk at hand
  duration earlier = possible_delay(record, 0);
  for (std::size_t i = 1; i < record.chunks.size(); ++i) {
    const chunk_stamp& chunk = record.chunks[i];
    const duration gap = chunk.arrival - record.chunks[i - 1].arrival;
    if (gap > duration::zero()) before = record.chunks[i - 1].arrival;
    const duration later = is_placed_by_its_stamp(chunk) ? duration::zero()
                           : before                      ? delay_since(chunk, before)
                                                         : possible_delay(record, i);
    of.add({to_ms(gap), to_ms(later), to_ms(earlier)});
    earlier = later;
  }
}

std::array<instrument_error, metric_count> error_meter::bounds(const std::array<distribution, metric_count>& reported) {
  const double bin_error = keep_ == sample_keeping::histogram ? log_linear_histogram::relative_error : 0;
  std::array<instrument_error, metric_count> all;
  for (std::size_t i = 0; i < metric_count; ++i) {
    const auto which = static_cast<metric>(i);
    ends& of = ends_[i];
    if (!has_bound(which) || of.untold) continue;
    const distribution lower = of.lower ? of.lower->describe() : reported[i];
    const distribution upper = of.upper ? of.upper->describe() : reported[i];
    for (const auto& [bound, figure] : bounded_figures)
      if (const auto& value = reported[i].*figure) {
        const double least = *(lower.*figure) * (1 - bin_error), most = *(upper.*figure) * (1 + bin_error);
        all[i].*bound = to_ms(common_error(which)) + std::max(*value - least, most - *value);
      }
  }
  return all;
}

} // namespace loadgen::metrics
