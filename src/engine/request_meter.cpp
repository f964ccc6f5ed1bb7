#include "engine/request_meter.hpp"

#include "metrics/request_figures.hpp"

namespace loadgen::engine {

namespace {

duration from_ms(double ms) noexcept {
  return std::chrono::duration_cast<duration>(milliseconds_f{ms});
}

} // namespace

void request_meter::count(const metrics::request_record& record) noexcept {
  retries_.add(record.retries);
  if (const auto lag = metrics::send_lag_ms(record)) send_lag_.add(from_ms(*lag));
  if (record.end == metrics::outcome::completed) {
    input_tokens_.add(record.usage.input.value_or(0));
    output_tokens_.add(metrics::output_tokens(record));
    answered_events_.add(record.chunks.size());
    if (const auto whole = metrics::e2e_ms(record)) e2e_.add(from_ms(*whole));
  } else {
    causes_[static_cast<std::size_t>(record.why)].add(1);
  }
  ended_[static_cast<std::size_t>(record.end)].add(1);
}

// How requests ended is read before how many were issued: more may go out in between, but none ends that was not
// issued.
void request_meter::add_to(live_counts& total) const {
  total.completed += ended_[static_cast<std::size_t>(metrics::outcome::completed)].load();
  total.failed += ended_[static_cast<std::size_t>(metrics::outcome::failed)].load();
  total.cancelled += ended_[static_cast<std::size_t>(metrics::outcome::cancelled)].load();
  total.issued += issued_.load();
  total.dropped += dropped_.load();
  total.retries += retries_.load();
  total.input_tokens += input_tokens_.load();
  total.output_tokens += output_tokens_.load();
  total.answered_events += answered_events_.load();
  for (std::size_t i = 0; i < causes_.size(); ++i) total.causes[i] += causes_[i].load();
  e2e_.add_to(total.e2e);
  send_lag_.add_to(total.send_lag);
}

} // namespace loadgen::engine
