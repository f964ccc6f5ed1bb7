#include "metrics/throughput.hpp"

#include "metrics/attainment.hpp"
#include "metrics/request_figures.hpp"

#include <algorithm>

namespace loadgen::metrics {

namespace {

void add(std::optional<std::uint64_t>& sum, const std::optional<std::uint32_t>& tokens) noexcept {
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

token_totals total_tokens(const recorded_level& level, const window& in) {
  token_totals totals;
  bool any_usage = false, any_chunks = false;
  std::uint64_t all_output = 0, all_chunks = 0;
  for (const request_record& record : level.requests) {
    if (!is_measured_completion(record)) continue;
    (record.usage.output ? any_usage : any_chunks) = true;
    if (!record.chunks.empty()) all_output += output_tokens(record);
    all_chunks += record.chunks.size();
    if (!in.ended_inside(record)) continue;
    add(totals.input, record.usage.input);
    add(totals.cached_input, record.usage.cached);
    totals.output += output_tokens(record);
    totals.asked_output += record.asked_output;
  }
  totals.source = source_name(any_usage, any_chunks);
  if (all_chunks > 0) totals.per_chunk = static_cast<double>(all_output) / static_cast<double>(all_chunks);
  return totals;
}

throughput measure_throughput(const recorded_level& level, const window& in, const slo& asked) {
  throughput rates;
  if (in.length() <= duration::zero()) return rates;
  std::uint64_t completed = 0, good = 0, input = 0;
  double output = 0;
  bool input_known = true;
  for (const request_record& record : level.requests) {
    output += output_in_window(record, in);
    if (!is_measured_completion(record) || !in.ended_inside(record)) continue;
    ++completed;
    if (meets(record, asked)) ++good;
    input += record.usage.input.value_or(0);
    input_known = input_known && record.usage.input;
  }
  const double seconds = to_s(in.length());
  rates.requests_per_s = static_cast<double>(completed) / seconds;
  rates.output_tokens_per_s = output / seconds;
  if (input_known) rates.total_tokens_per_s = (static_cast<double>(input) + output) / seconds;
  if (!asked.empty()) rates.goodput_per_s = static_cast<double>(good) / seconds;
  return rates;
}

} // namespace loadgen::metrics
