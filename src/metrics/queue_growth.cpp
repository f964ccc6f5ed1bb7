#include "metrics/queue_growth.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <utility>
#include <vector>

namespace loadgen::metrics {

namespace {

constexpr std::size_t bins = 20;
constexpr std::size_t fewest_arrivals = 3 * bins;
constexpr double student_t_99 = 2.5394831906;  // one-sided, 19 degrees of freedom: one fewer than bins
constexpr double least_share_left_over = 0.02; ///< of the arrivals: what is less is too little to be sure or to matter

/// When requests were to go out and when they were through with, each ascending.
struct traffic {
  std::vector<instant> arrivals;
  std::vector<instant> departures;
  instant settled; ///< when the first twentieth of the arrivals had been served

  /// How many had arrived and not departed.
  [[nodiscard]] std::int64_t waiting(instant when) const {
    const auto arrived = std::upper_bound(arrivals.begin(), arrivals.end(), when) - arrivals.begin();
    return arrived - (std::upper_bound(departures.begin(), departures.end(), when) - departures.begin());
  }
};

/// From the planned moment to the end of each request, or of each conversation: only its first turn comes by the
/// schedule, and the others are part of what it brings.
std::optional<std::vector<std::pair<instant, instant>>> stays_of(const recorded_level& level) {
  std::vector<std::pair<instant, instant>> stays;
  std::unordered_map<std::uint64_t, std::size_t> places; // of conversations
  for (const request_record& record : level.requests) {
    if (record.warmup) continue;
    if (!record.planned || !record.ended) return std::nullopt;
    if (record.conversation) {
      const auto [known, is_new] = places.try_emplace(record.conversation->number, stays.size());
      if (!is_new) {
        auto& [begin, end] = stays[known->second];
        begin = std::min(begin, *record.planned);
        end = std::max(end, *record.ended);
        continue;
      }
    }
    stays.emplace_back(*record.planned, *record.ended);
  }
  return stays;
}

std::optional<traffic> traffic_of(const recorded_level& level) {
  auto found = stays_of(level);
  if (!found) return std::nullopt;
  std::vector<std::pair<instant, instant>>& stays = *found;
  if (stays.size() < fewest_arrivals) return std::nullopt;
  std::sort(stays.begin(), stays.end());
  traffic all;
  for (const auto& [arrival, departure] : stays) {
    all.arrivals.push_back(arrival);
    all.departures.push_back(departure);
  }
  const auto first_served = all.departures.begin() + static_cast<std::ptrdiff_t>(stays.size() / bins);
  all.settled = *std::max_element(all.departures.begin(), first_served);
  std::sort(all.departures.begin(), all.departures.end());
  return all;
}

/// Whether the mean step is above zero by more than chance. The steps of a queue that only just keeps up are
/// independent; those of one with time to spare pull back, so that their mean strays less than this test allows for.
bool steps_upwards(const std::vector<double>& steps) {
  const auto count = static_cast<double>(steps.size());
  const double mean = std::accumulate(steps.begin(), steps.end(), 0.0) / count;
  const double squares = std::accumulate(
      steps.begin(), steps.end(), 0.0, [mean](double sum, double step) { return sum + (step - mean) * (step - mean); });
  return mean > student_t_99 * std::sqrt(squares / (count - 1) / count);
}

} // namespace

std::optional<queue_growth> measure_queue_growth(const recorded_level& level) {
  const std::optional<traffic> all = traffic_of(level);
  if (!all) return std::nullopt;
  const instant last = all->arrivals.back();
  const auto arrived = all->arrivals.end() - std::upper_bound(all->arrivals.begin(), all->arrivals.end(), all->settled);
  if (arrived < static_cast<std::ptrdiff_t>(fewest_arrivals)) return std::nullopt;

  std::vector<double> steps;
  const std::int64_t begin = all->waiting(all->settled);
  std::int64_t before = begin;
  for (std::size_t bin = 1; bin <= bins; ++bin) {
    const instant edge = all->settled + (last - all->settled) * static_cast<std::int64_t>(bin) / bins;
    const std::int64_t now = all->waiting(edge);
    steps.push_back(static_cast<double>(now - before));
    before = now;
  }
  const auto growth = static_cast<double>(before - begin);
  const bool matters = growth > least_share_left_over * static_cast<double>(arrived);
  return queue_growth{.saturated = matters && steps_upwards(steps),
                      .begin = static_cast<std::uint64_t>(begin),
                      .end = static_cast<std::uint64_t>(before),
                      .per_s = growth / to_s(last - all->settled)};
}

} // namespace loadgen::metrics
