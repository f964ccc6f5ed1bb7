#include "metrics/attainment.hpp"

#include "metrics/request_figures.hpp"

#include <algorithm>

namespace loadgen::metrics {

namespace {

/// The request's figure that an objective limits; none where it has no such figure.
std::optional<double> limited_figure(const request_record& record, metric which) {
  switch (which) {
  case metric::ttft: return record.planned ? ttft_planned_ms(record) : ttft_ms(record);
  case metric::itl: return itl_p99_ms(record);
  case metric::tpot: return tpot_ms(record);
  case metric::e2e: return record.planned ? e2e_planned_ms(record) : e2e_ms(record);
  default: return std::nullopt;
  }
}

/// What a figure of a request that the client cut off is known to be at least.
std::optional<double> least_figure(const request_record& record, metric which) {
  if (which == metric::ttft && !record.chunks.empty()) return limited_figure(record, which);
  if (which != metric::ttft && which != metric::e2e) return std::nullopt;
  const std::optional<instant>& begin = record.planned ? record.planned : record.sent;
  if (!begin || !record.ended) return std::nullopt;
  return to_ms(*record.ended - *begin);
}

bool misses(const request_record& record, metric which, duration limit) {
  if (record.end == outcome::failed) return true;
  if (record.end == outcome::completed && record.chunks.empty()) return true;
  const std::optional<double> figure =
      record.end == outcome::cancelled ? least_figure(record, which) : limited_figure(record, which);
  return figure && *figure > to_ms(limit);
}

} // namespace

bool meets(const request_record& record, const slo& asked) {
  return record.end == outcome::completed &&
         std::none_of(asked.limits.begin(), asked.limits.end(),
                      [&record](const auto& objective) { return misses(record, objective.first, objective.second); });
}

attainment_counter::attainment_counter(const slo& asked) {
  attained_.asked = asked;
  for (const auto& objective : asked.limits) attained_.missed.emplace(objective.first, 0);
}

void attainment_counter::add(const request_record& record) {
  if (record.warmup) return;
  bool missed_any = false;
  for (const auto& [which, limit] : attained_.asked.limits) {
    if (!misses(record, which, limit)) continue;
    ++attained_.missed[which];
    missed_any = true;
  }
  if (record.end == outcome::cancelled && !missed_any) return;
  ++attained_.requests;
  if (!missed_any) ++attained_.met_requests;
}

} // namespace loadgen::metrics
