#include "metrics/attainment.hpp"
#include "metrics/batch_means.hpp"
#include "metrics/queue_growth.hpp"

#include <loadgen/search/evidence.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace loadgen::search {

namespace {

static_assert(batches_a_trial == metrics::batch_count);

constexpr double student_t = 2.0930240544; // two-sided 95 %, 19 degrees of freedom: one fewer than batches

/// By simulation: with fewer, searches near the capacity of a queue give too high an answer (docs/search.md).
constexpr double times_to_use_up = 6;

/// How many requests of the level were due. A dropped one is not on record: only its place in the plan is missing.
std::uint64_t due_requests(const metrics::recorded_level& level) {
  if (level.info.planned) return *level.info.planned;
  std::uint64_t due = 0;
  for (const metrics::request_record& record : level.requests)
    if (!record.warmup) due = std::max(due, record.index + 1);
  return due;
}

duration span_of_arrivals(const metrics::recorded_level& level) {
  std::optional<instant> first, last;
  for (const metrics::request_record& record : level.requests) {
    if (record.warmup || !record.planned) continue;
    first = std::min(first.value_or(*record.planned), *record.planned);
    last = std::max(last.value_or(*record.planned), *record.planned);
  }
  return first ? *last - *first : duration::zero();
}

/// By how much the variance of a trial's misses exceeds what independent requests would have: with `share` of all
/// requests missing.
double variance_of_misses(const trial_evidence& trial, double share) {
  metrics::batch_excesses excesses{};
  std::transform(trial.batches.begin(), trial.batches.end(), excesses.begin(), [share](const request_batch& batch) {
    return static_cast<double>(batch.missed) - share * static_cast<double>(batch.requests);
  });
  return metrics::variance_of(excesses).of_sum;
}

/// Wilson's score interval of a share `met` of `requests` independent ones.
metrics::interval wilson(double met, double requests) {
  const double shrink = 1 + student_t * student_t / requests;
  const double middle = (met + student_t * student_t / (2 * requests)) / shrink;
  const double half =
      student_t / shrink * std::sqrt(met * (1 - met) / requests + student_t * student_t / (4 * requests * requests));
  // Rounding must not keep a share of all or of none from being inside.
  return {met <= 0 ? 0 : std::max(0.0, middle - half), met >= 1 ? 1 : std::min(1.0, middle + half)};
}

} // namespace

std::uint64_t trial_evidence::requests() const noexcept {
  return std::accumulate(batches.begin(), batches.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const request_batch& batch) { return sum + batch.requests; });
}

std::uint64_t trial_evidence::met() const noexcept {
  return std::accumulate(batches.begin(), batches.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const request_batch& b) { return sum + (b.requests - b.missed); });
}

trial_evidence evidence_of(const metrics::recorded_level& level, const metrics::slo& asked) {
  const std::uint64_t due = due_requests(level);
  const std::uint64_t first = level.info.concurrency ? 0 : due / filling_part;
  const std::uint64_t judged = due - first;
  trial_evidence evidence;
  for (std::size_t i = 0; i < batches_a_trial; ++i) {
    const auto edge = [judged](std::size_t batch) { return (judged * batch + batches_a_trial - 1) / batches_a_trial; };
    evidence.batches[i].requests = edge(i + 1) - edge(i);
    evidence.batches[i].missed = evidence.batches[i].requests;
  }
  for (const metrics::request_record& record : level.requests)
    if (!record.warmup && record.index >= first && record.index < due && metrics::meets(record, asked))
      --evidence.batches[(record.index - first) * batches_a_trial / judged].missed;
  if (const auto queue = metrics::measure_queue_growth(level)) evidence.queue_grew = queue->saturated;
  evidence.arrival_span = span_of_arrivals(level);
  return evidence;
}

metrics::interval attainment_interval(std::span<const trial_evidence> trials) {
  double requests = 0, met = 0, variance = 0;
  for (const trial_evidence& trial : trials) {
    requests += static_cast<double>(trial.requests());
    met += static_cast<double>(trial.met());
  }
  if (requests == 0) return {0, 1};
  const double share = met / requests;
  for (const trial_evidence& trial : trials) variance += variance_of_misses(trial, 1 - share);
  const double of_independent = requests * share * (1 - share);
  const double design_effect = of_independent > 0 ? std::max(1.0, variance / of_independent) : 1;
  return wilson(share, requests / design_effect);
}

std::uint64_t fewest_requests_to_hold(double required) {
  const double fewest = student_t * student_t * required / (1 - required);
  if (!(fewest < 1e18)) return std::numeric_limits<std::uint64_t>::max();
  return static_cast<std::uint64_t>(std::ceil(fewest));
}

std::optional<duration> time_to_see_queue(const metrics::slo& asked, double precision) {
  std::optional<duration> widest;
  for (const metrics::metric which : {metrics::metric::ttft, metrics::metric::e2e})
    if (const auto limit = asked.limits.find(which); limit != asked.limits.end())
      widest = std::max(widest.value_or(duration::zero()), limit->second);
  if (!widest) return std::nullopt;
  const double seconds = times_to_use_up * to_s(*widest) / precision;
  return std::chrono::duration_cast<duration>(seconds_f{std::min(seconds, to_s(duration::max()) / 2)});
}

} // namespace loadgen::search
