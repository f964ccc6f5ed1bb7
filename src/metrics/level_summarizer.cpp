#include "metrics/level_summarizer.hpp"

#include "metrics/request_samples.hpp"

#include <cmath>

namespace loadgen::metrics {

namespace {

/// Ran to the end of its plan: not killed, not interrupted.
bool is_complete(const std::optional<level_end>& end, const request_counts& requests) noexcept {
  return end && !end->cut_short && requests.dropped_not_reached == 0 &&
         requests.causes[static_cast<std::size_t>(cause::interrupt)] == 0;
}

} // namespace

level_summarizer::level_summarizer(const level_info& level, const std::optional<level_end>& end,
                                   const std::optional<window>& measured, const slo& asked, sample_keeping keep)
    : level_(level),
      end_(end),
      measured_(measured),
      keep_(keep),
      metrics_(metric_count, sample_set{keep}),
      errors_(keep),
      lengths_(keep),
      conversations_(keep),
      audit_(keep) {
  if (measured) {
    rates_.emplace(*measured, asked);
    tokens_.emplace(*measured);
  }
  if (!asked.empty()) attainment_.emplace(asked);
}

void level_summarizer::add(const request_record& record) {
  requests_.add(record);
  if (rates_) rates_->add(record);
  if (tokens_) tokens_->add(record);
  errors_.add(record, metrics_);
  lengths_.add(record);
  for_each_sample(record,
                  [this](metric which, double sample) { metrics_[static_cast<std::size_t>(which)].add(sample); });
  add_server_figures(record);
  if (attainment_) attainment_->add(record);
  conversations_.add(record);
  audit_.add(record);
}

void level_summarizer::add_server_figures(const request_record& record) {
  if (!is_measured_completion(record)) return;
  for (const auto& [name, value] : record.server_figures)
    if (std::isfinite(value)) server_reported_.try_emplace(name, keep_).first->second.add(value);
}

level_summary level_summarizer::summary() {
  level_summary summary;
  summary.info = level_;
  summary.samples = keep_;
  summary.requests = requests_.counts(level_, end_);
  summary.complete = is_complete(end_, summary.requests);
  if (measured_) {
    summary.window_s = to_s(measured_->length());
    summary.rates = rates_->rates();
    summary.tokens = tokens_->totals();
  }
  summary.input_lengths = lengths_.input();
  summary.output_lengths = lengths_.output();
  for (std::size_t i = 0; i < metric_count; ++i) summary.metrics[i] = metrics_[i].describe();
  summary.instrument = errors_.bounds(summary.metrics);
  for (auto& [name, samples] : server_reported_) summary.server_reported.emplace(name, samples.describe());
  if (attainment_) summary.attainment = attainment_->attained();
  summary.conversations = conversations_.summary(level_);
  summary.trust = audit_.trust(end_);
  return summary;
}

} // namespace loadgen::metrics
