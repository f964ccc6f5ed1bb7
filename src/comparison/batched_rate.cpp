#include "comparison/batched_rate.hpp"

#include "metrics/attainment.hpp"
#include "metrics/request_figures.hpp"
#include "metrics/window.hpp"

#include <algorithm>
#include <array>
#include <numeric>

namespace loadgen::comparison {

namespace {

using metrics::batch_count;
using metrics::request_record;

class slices {
public:
  explicit slices(const metrics::window& over) : begin_(over.begin), slice_(to_s(over.length()) / batch_count) {}

  /// At a moment; nothing outside the window.
  void add(instant when, double amount) {
    const double place = to_s(when - begin_) / slice_;
    if (place < 0 || place > batch_count) return;
    amounts_[std::min(static_cast<std::size_t>(place), batch_count - 1)] += amount;
  }

  /// Evenly from one moment to the other; what lies outside the window is left out.
  void spread(instant from, instant to, double amount) {
    const double first = to_s(from - begin_) / slice_, last = to_s(to - begin_) / slice_;
    if (last <= first) return add(from, amount);
    for (std::size_t i = 0; i < batch_count; ++i) {
      const auto low = static_cast<double>(i);
      const double inside = std::min(last, low + 1) - std::max(first, low);
      if (inside > 0) amounts_[i] += amount * inside / (last - first);
    }
  }

  [[nodiscard]] std::optional<metrics::batch_excesses> excesses() const {
    const double all = std::accumulate(amounts_.begin(), amounts_.end(), 0.0);
    if (all <= 0) return std::nullopt;
    metrics::batch_excesses excesses{};
    std::transform(amounts_.begin(), amounts_.end(), excesses.begin(),
                   [all](double amount) { return amount / all - 1.0 / batch_count; });
    return excesses;
  }

private:
  instant begin_;
  double slice_; ///< in seconds
  std::array<double, batch_count> amounts_{};
};

void add_output(slices& into, const request_record& record) {
  if (record.chunks.empty()) return;
  const auto each = static_cast<double>(metrics::output_tokens(record)) / static_cast<double>(record.chunks.size());
  for (const metrics::chunk_stamp& chunk : record.chunks) into.add(chunk.arrival, each);
}

void add(slices& into, counted what, const request_record& record, const metrics::slo& asked) {
  const instant end = record.done ? *record.done : record.ended.value_or(*record.sent);
  switch (what) {
  case counted::good_requests:
    if (!metrics::meets(record, asked)) return;
    [[fallthrough]];
  case counted::requests: return into.spread(*record.sent, end, 1);
  case counted::total_tokens:
    into.spread(*record.sent, end, static_cast<double>(record.usage.input.value_or(0)));
    [[fallthrough]];
  case counted::output_tokens: return add_output(into, record);
  }
}

} // namespace

std::optional<metrics::batch_excesses> rate_excesses(counted what, const metrics::recorded_level& level,
                                                     const metrics::slo& asked) {
  metrics::window_finder finder;
  for (const request_record& record : level.requests) finder.add(record);
  const std::optional<metrics::window> window = finder.found(level.end);
  if (!window || window->length() <= duration::zero()) return std::nullopt;
  slices parts{*window};
  for (const request_record& record : level.requests)
    if (metrics::is_measured_completion(record) && record.sent) add(parts, what, record, asked);
  return parts.excesses();
}

} // namespace loadgen::comparison
