#include "metrics/request_figures.hpp"

#include "metrics/percentile.hpp"

#include <algorithm>
#include <vector>

namespace loadgen::metrics {

namespace {

/// A whole answer says nothing of when its first token was there.
std::optional<instant> first_chunk(const request_record& record) noexcept {
  if (record.chunks.empty() || is_whole_answer(record)) return std::nullopt;
  return record.chunks.front().arrival;
}

std::optional<instant> last_chunk(const request_record& record) noexcept {
  if (record.chunks.empty()) return std::nullopt;
  return record.chunks.back().arrival;
}

std::optional<instant> first_answer_chunk(const request_record& record) noexcept {
  const auto answer = std::find_if(record.chunks.begin(), record.chunks.end(),
                                   [](const chunk_stamp& chunk) { return chunk.has(chunk_stamp::answer); });
  if (answer == record.chunks.end() || answer->has(chunk_stamp::whole)) return std::nullopt;
  return answer->arrival;
}

std::optional<double> ms_between(const std::optional<instant>& from, const std::optional<instant>& to) noexcept {
  if (!from || !to) return std::nullopt;
  return to_ms(*to - *from);
}

/// The time that the tokens after the first took, where it can be told: unset with a single token or a single stamp.
std::optional<duration> generation_time(const request_record& record) noexcept {
  if (record.chunks.empty() || output_tokens(record) < 2) return std::nullopt;
  const duration time = record.chunks.back().arrival - record.chunks.front().arrival;
  if (time <= duration::zero()) return std::nullopt;
  return time;
}

double tokens_after_first(const request_record& record) noexcept {
  return static_cast<double>(output_tokens(record) - 1);
}

} // namespace

bool is_measured_completion(const request_record& record) noexcept {
  return !record.warmup && record.end == outcome::completed;
}

bool is_whole_answer(const request_record& record) noexcept {
  return !record.chunks.empty() && record.chunks.front().has(chunk_stamp::whole);
}

std::uint64_t output_tokens(const request_record& record) noexcept {
  if (record.usage.output) return *record.usage.output;
  return is_whole_answer(record) ? 0 : record.chunks.size();
}

std::optional<double> ttft_ms(const request_record& record) noexcept {
  return ms_between(record.sent, first_chunk(record));
}

std::optional<double> ttfo_ms(const request_record& record) noexcept {
  return ms_between(record.sent, first_answer_chunk(record));
}

std::optional<double> ttfb_ms(const request_record& record) noexcept {
  return ms_between(record.sent, record.first_byte);
}

std::optional<double> ttfe_ms(const request_record& record) noexcept {
  return ms_between(record.sent, record.first_event);
}

std::optional<double> ttft_planned_ms(const request_record& record) noexcept {
  return ms_between(record.planned, first_chunk(record));
}

std::optional<double> tpot_ms(const request_record& record) noexcept {
  const auto time = generation_time(record);
  if (!time) return std::nullopt;
  return to_ms(*time) / tokens_after_first(record);
}

std::optional<double> itl_p99_ms(const request_record& record) {
  if (record.chunks.size() < 2) return std::nullopt;
  std::vector<double> gaps;
  gaps.reserve(record.chunks.size() - 1);
  for (std::size_t i = 1; i < record.chunks.size(); ++i)
    gaps.push_back(to_ms(record.chunks[i].arrival - record.chunks[i - 1].arrival));
  return percentile_selector{gaps}.at(0.99);
}

std::optional<double> e2e_ms(const request_record& record) noexcept {
  return ms_between(record.sent, last_chunk(record));
}

std::optional<double> e2e_done_ms(const request_record& record) noexcept {
  return ms_between(record.sent, record.done);
}

std::optional<double> e2e_planned_ms(const request_record& record) noexcept {
  return ms_between(record.planned, last_chunk(record));
}

std::optional<double> tokens_per_s(const request_record& record) noexcept {
  const auto time = generation_time(record);
  if (!time) return std::nullopt;
  return tokens_after_first(record) / to_s(*time);
}

std::optional<double> send_lag_ms(const request_record& record) noexcept {
  if (!record.sent || !record.connected) return std::nullopt;
  const duration after_connected = *record.sent - *record.connected;
  if (!record.planned) return to_ms(after_connected);
  if (!record.released) return std::nullopt;
  return to_ms((*record.released - *record.planned - record.cap_wait) + after_connected);
}

} // namespace loadgen::metrics
