#include "metrics/percentile.hpp"

#include <loadgen/calibrate/level.hpp>
#include <loadgen/calibrate/truth.hpp>

#include <algorithm>
#include <cmath>

namespace loadgen::calibrate {

namespace {

using metrics::distribution;
using metrics::metric;

constexpr double late_server = 1.1; // of the time that an answer should take

bool is_whole(const offered_load& offered, const metrics::level_summary& reported,
              const std::vector<serve::truth_record>& truth) {
  const auto done = std::count_if(truth.begin(), truth.end(), [&offered](const serve::truth_record& record) {
    return record.done && record.written.size() == offered.tokens;
  });
  return reported.requests.completed == offered.requests && truth.size() == offered.requests &&
         static_cast<std::uint64_t>(done) == offered.requests &&
         reported.of(metric::itl).count == offered.requests * (offered.tokens - 1);
}

bool is_late(const offered_load& offered, const std::vector<serve::truth_record>& truth) {
  std::vector<double> times;
  for (const serve::truth_record& record : truth)
    if (record.done && !record.written.empty()) times.push_back(to_s(record.written.back() - record.received));
  if (times.empty()) return false;
  return metrics::percentile_selector{times}.at(0.50) > late_server * to_s(offered.answer_time());
}

struct place {
  figure which;
  metric of;
  double fraction;
  std::optional<double> distribution::*reported;
};

// Percentiles of one metric in ascending order.
constexpr std::array<place, figure_count> places{{
    {figure::ttft_p50, metric::ttft, 0.50, &distribution::p50},
    {figure::ttft_p99, metric::ttft, 0.99, &distribution::p99},
    {figure::itl_p50, metric::itl, 0.50, &distribution::p50},
    {figure::itl_p99, metric::itl, 0.99, &distribution::p99},
}};

/// As the truth file has them, where each send is taken to have written at once.
double plain_percentile(std::vector<double>& samples, double fraction) {
  return metrics::percentile_selector{samples}.at(fraction);
}

} // namespace

double level_reading::worst_error_ms() const noexcept {
  double worst = 0;
  for (const figure_reading& one : figures) worst = std::max(worst, std::abs(one.error_ms));
  return worst;
}

bool level_reading::holds(double error_ms) const noexcept {
  return complete && verdict != metrics::verdict::client_bound && worst_error_ms() <= error_ms;
}

level_reading read_level(const offered_load& offered, const metrics::level_summary& reported,
                         const std::vector<serve::truth_record>& truth) {
  level_reading reading;
  reading.offered = offered;
  reading.complete = is_whole(offered, reported, truth);
  reading.tokens_per_s = reported.rates.output_tokens_per_s.value_or(0);
  reading.coalesced_fraction = reported.trust.coalesced_fraction.value_or(0);
  reading.cpu_fraction = reported.trust.client_cpu_fraction.value_or(0);
  reading.kernel_stamps = reported.trust.kernel_timestamps;
  reading.verdict = reported.trust.judgement;
  reading.server_late = is_late(offered, truth);

  true_latencies spans = true_latencies_of(truth, duration::zero());
  serve::truth_samples plain = serve::samples_of(truth);
  for (const place& at : places) {
    const std::optional<double> value = reported.of(at.of).*at.reported;
    true_samples& span = at.of == metric::ttft ? spans.ttft : spans.itl;
    if (!value || span.count() == 0) continue;
    std::vector<double>& samples = at.of == metric::ttft ? plain.ttft : plain.itl;
    reading.figures[static_cast<std::size_t>(at.which)] = {*value, plain_percentile(samples, at.fraction),
                                                           span.percentile(at.fraction).error_of(*value)};
  }
  return reading;
}

} // namespace loadgen::calibrate
