#include "metrics/percentile.hpp"

#include <loadgen/calibrate/truth.hpp>

#include <algorithm>

namespace loadgen::calibrate {

namespace {

std::vector<duration> send_times(const serve::truth_record& record, duration ordinary_send) {
  std::vector<duration> times(record.written.size(), ordinary_send);
  for (const auto& [place, took] : record.slow_sends) times[place] = took;
  return times;
}

} // namespace

double true_span::error_of(double reported) const noexcept {
  if (reported < least) return reported - least;
  return reported > most ? reported - most : 0;
}

void true_samples::add(duration least, duration most) {
  least_.push_back(to_ms(std::max(least, duration::zero())));
  most_.push_back(to_ms(std::max(most, duration::zero())));
}

true_span true_samples::percentile(double fraction) {
  return {metrics::percentile_selector{least_}.at(fraction), metrics::percentile_selector{most_}.at(fraction)};
}

true_latencies true_latencies_of(std::span<const serve::truth_record> records, duration ordinary_send) {
  true_latencies truth;
  for (const serve::truth_record& record : records) {
    if (!record.done || record.written.empty()) continue;
    const std::vector<duration> took = send_times(record, ordinary_send);
    const duration first = record.written.front() - record.received;
    truth.ttft.add(first, first + took.front());
    for (std::size_t i = 1; i < record.written.size(); ++i) {
      const duration gap = record.written[i] - record.written[i - 1];
      truth.itl.add(gap - took[i - 1], gap + took[i]);
    }
  }
  return truth;
}

} // namespace loadgen::calibrate
