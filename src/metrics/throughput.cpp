#include "metrics/throughput.hpp"

#include "metrics/attainment.hpp"
#include "metrics/request_figures.hpp"

#include <algorithm>

namespace loadgen::metrics {

namespace {

void add_to(std::optional<std::uint64_t>& sum, const std::optional<std::uint32_t>& tokens) noexcept {
  if (tokens) sum = sum.value_or(0) + *tokens;
}

std::string_view source_name(bool any_usage, bool any_chunks) noexcept {
  if (any_usage && any_chunks) return "mixed";
  if (any_usage) return "usage";
  return any_chunks ? "chunks" : "";
}

/// The tokens of a request that arrived inside the window, taking each of its chunks for an equal share of them.
double tokens_inside(const request_record& record, const window& in) noexcept {
  if (record.chunks.empty()) return 0;
  const auto inside = std::count_if(record.chunks.begin(), record.chunks.end(),
                                    [&in](const chunk_stamp& chunk) { return in.contains(chunk.arrival); });
  return static_cast<double>(output_tokens(record)) * static_cast<double>(inside) /
         static_cast<double>(record.chunks.size());
}

/// Tokens that count for the output rate. What a request received before the drain limit cut it short was served all
/// the same; a failed request's tokens count nowhere.
double output_in_window(const request_record& record, const window& in) noexcept {
  if (record.warmup || record.end == outcome::failed) return 0;
  if (in.duration_mode) return tokens_inside(record, in);
  return record.end == outcome::completed ? static_cast<double>(output_tokens(record)) : 0;
}

} // namespace

void token_counter::add(const request_record& record) {
  if (!is_measured_completion(record)) return;
  any_usage_ = any_usage_ || record.usage.output;
  if (!is_whole_answer(record)) {
    any_chunks_ = any_chunks_ || !record.usage.output;
    if (!record.chunks.empty()) all_output_ += output_tokens(record);
    all_chunks_ += record.chunks.size();
  }
  if (!in_.ended_inside(record)) return;
  add_to(totals_.input, record.usage.input);
  add_to(totals_.cached_input, record.usage.cached);
  totals_.output += output_tokens(record);
  totals_.asked_output += record.asked_output;
}

token_totals token_counter::totals() const {
  token_totals totals = totals_;
  totals.source = source_name(any_usage_, any_chunks_);
  if (all_chunks_ > 0) totals.per_chunk = static_cast<double>(all_output_) / static_cast<double>(all_chunks_);
  return totals;
}

void throughput_meter::add(const request_record& record) {
  output_ += output_in_window(record, in_);
  if (!is_measured_completion(record) || !in_.ended_inside(record)) return;
  ++completed_;
  if (meets(record, asked_)) ++good_;
  input_ += record.usage.input.value_or(0);
  input_known_ = input_known_ && record.usage.input;
}

throughput throughput_meter::rates() const {
  throughput rates;
  if (in_.length() <= duration::zero()) return rates;
  const double seconds = to_s(in_.length());
  rates.requests_per_s = static_cast<double>(completed_) / seconds;
  rates.output_tokens_per_s = output_ / seconds;
  if (input_known_) rates.total_tokens_per_s = (static_cast<double>(input_) + output_) / seconds;
  if (!asked_.empty()) rates.goodput_per_s = static_cast<double>(good_) / seconds;
  return rates;
}

} // namespace loadgen::metrics
