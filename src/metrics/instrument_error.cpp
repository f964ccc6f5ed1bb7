#include "metrics/instrument_error.hpp"

#include "metrics/distribution.hpp"
#include "metrics/request_figures.hpp"

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
  return stamp_error + since;
}

std::size_t first_answer(const request_record& record) noexcept {
  const auto answer = std::find_if(record.chunks.begin(), record.chunks.end(),
                                   [](const chunk_stamp& chunk) { return chunk.has(chunk_stamp::answer); });
  return static_cast<std::size_t>(answer - record.chunks.begin());
}

/// A figure from `sent` to an arrival: the first byte may have left any time until its system call had returned.
std::optional<uncertain> since_sent(std::optional<double> value, const request_record& record, duration delay) {
  if (!value || !record.send_time) return std::nullopt;
  return uncertain{*value, to_ms(delay + *record.send_time), to_ms(stamp_error)};
}

std::optional<uncertain> since_planned(std::optional<double> value, duration delay) {
  if (!value) return std::nullopt;
  return uncertain{*value, to_ms(delay), to_ms(stamp_error)};
}

std::optional<uncertain> per_token(const request_record& record) {
  const auto value = tpot_ms(record);
  if (!value) return std::nullopt;
  const auto gaps = static_cast<double>(output_tokens(record) - 1);
  const duration last = possible_delay(record, record.chunks.size() - 1);
  return uncertain{*value, to_ms(last + stamp_error) / gaps, to_ms(possible_delay(record, 0) + stamp_error) / gaps};
}

/// Samples shifted down and up as far as the truth may be. A percentile never falls when a sample grows, so those of
/// the two series enclose the true one.
class enclosure {
public:
  void add(const uncertain& sample) {
    lowest_.push_back(std::max(sample.value - sample.below, 0.0));
    highest_.push_back(sample.value + sample.above);
  }

  instrument_error against(const distribution& reported) {
    if (lowest_.size() != reported.count) return {}; // some record does not tell
    const distribution low = describe(lowest_);
    const distribution high = describe(highest_);
    instrument_error error;
    for (const auto& [bound, figure] : bounds)
      if (reported.*figure)
        error.*bound = std::max(*(reported.*figure) - *(low.*figure), *(high.*figure) - *(reported.*figure));
    return error;
  }

  static instrument_error constant(double bound, const distribution& reported) {
    instrument_error error;
    for (const auto& [each, figure] : bounds)
      if (reported.*figure) error.*each = bound;
    return error;
  }

private:
  using pair_of_members = std::pair<std::optional<double> instrument_error::*, std::optional<double> distribution::*>;
  static constexpr std::array<pair_of_members, 6> bounds{{
      {&instrument_error::mean, &distribution::mean},
      {&instrument_error::p50, &distribution::p50},
      {&instrument_error::p90, &distribution::p90},
      {&instrument_error::p95, &distribution::p95},
      {&instrument_error::p99, &distribution::p99},
      {&instrument_error::p99_9, &distribution::p99_9},
  }};

  std::vector<double> lowest_, highest_;
};

void add_gaps(const request_record& record, enclosure& samples) {
  std::optional<instant> before; // the read before that of the chunk at hand
  duration earlier = possible_delay(record, 0);
  for (std::size_t i = 1; i < record.chunks.size(); ++i) {
    const chunk_stamp& chunk = record.chunks[i];
    const duration gap = chunk.arrival - record.chunks[i - 1].arrival;
    if (gap > duration::zero()) before = record.chunks[i - 1].arrival;
    const duration later = is_placed_by_its_stamp(chunk) ? stamp_error
                           : before                      ? delay_since(chunk, before)
                                                         : possible_delay(record, i);
    samples.add({to_ms(gap), to_ms(later + stamp_error), to_ms(earlier + stamp_error)});
    earlier = later;
  }
}

bool has_latencies(const request_record& record) noexcept {
  return is_measured_completion(record) && !record.chunks.empty();
}

instrument_error bound_gaps(const recorded_level& level, const distribution& reported) {
  const bool all_placed = std::all_of(level.requests.begin(), level.requests.end(), [](const request_record& record) {
    return !has_latencies(record) || std::all_of(record.chunks.begin(), record.chunks.end(), is_placed_by_its_stamp);
  });
  if (all_placed) return enclosure::constant(to_ms(2 * stamp_error), reported);
  enclosure samples;
  for (const request_record& record : level.requests)
    if (has_latencies(record)) add_gaps(record, samples);
  return samples.against(reported);
}

} // namespace

duration possible_delay(const request_record& record, std::size_t i) noexcept {
  const chunk_stamp& chunk = record.chunks[i];
  return is_placed_by_its_stamp(chunk) ? stamp_error : delay_since(chunk, previous_read(record, i));
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
  case metric::e2e_done: return since_sent(e2e_done_ms(record), record, stamp_error);
  case metric::e2e_planned: return since_planned(e2e_planned_ms(record), delay_of_last());
  case metric::ttfb:
  case metric::ttfe:
  case metric::itl:
  case metric::tokens_per_s: break;
  }
  return std::nullopt;
}

instrument_error bound_error(metric which, const recorded_level& level, const distribution& reported) {
  if (which == metric::itl) return bound_gaps(level, reported);
  enclosure samples;
  for (const request_record& record : level.requests) {
    if (!has_latencies(record)) continue;
    if (const auto sample = figure_with_error(which, record)) samples.add(*sample);
  }
  return samples.against(reported);
}

} // namespace loadgen::metrics
