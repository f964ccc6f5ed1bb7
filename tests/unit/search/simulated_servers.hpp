#pragma once

#include <loadgen/search/capacity_search.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <random>
#include <vector>

namespace loadgen::search::test {

/// A trial of `requests` requests of which those met whose fate says so, asked in plan order.
inline trial_evidence trial_of(std::uint64_t requests, const std::function<bool(std::uint64_t)>& meets,
                               std::optional<bool> queue_grew = std::nullopt) {
  trial_evidence trial;
  for (std::uint64_t i = 0; i < requests; ++i) {
    request_batch& batch = trial.batches[i * batches_a_trial / requests];
    ++batch.requests;
    if (!meets(i)) ++batch.missed;
  }
  trial.queue_grew = queue_grew;
  return trial;
}

/// A server that meets the SLO for every request or for none.
inline trial_evidence sharp_trial(double load, double capacity, std::uint64_t requests, load_kind kind) {
  const bool holds = load <= capacity;
  return trial_of(
      requests, [holds](std::uint64_t) { return holds; },
      kind == load_kind::rate ? std::optional{!holds} : std::nullopt);
}

/// Runs a search against a server, which answers each step.
using simulated_server = std::function<trial_evidence(const search_step&)>;

inline search_result search_on(const search_settings& settings, const simulated_server& server) {
  capacity_search searching{settings};
  while (const auto step = searching.next()) searching.add(step->load, server(*step));
  return searching.result();
}

/// One server with a queue, whose requests take `service` each: Poisson arrivals at `rate`, waiting allowed up to
/// `limit`. All in seconds.
class single_server_queue {
public:
  single_server_queue(double service, double limit, std::uint64_t seed)
      : service_(service),
        limit_(limit),
        random_(seed) {}

  trial_evidence trial(double rate, std::uint64_t requests) {
    metrics::recorded_level level;
    level.info.rate = rate;
    level.info.planned = requests;
    std::exponential_distribution<double> gap{rate};
    double now = 0, free_at = 0;
    const auto at = [](double seconds) { return instant{std::chrono::nanoseconds{std::llround(seconds * 1e9)}}; };
    for (std::uint64_t i = 0; i < requests; ++i) {
      now += gap(random_);
      const double begun = std::max(now, free_at);
      free_at = begun + service_;
      metrics::request_record record;
      record.index = i;
      record.end = metrics::outcome::completed;
      record.planned = record.sent = at(now);
      record.chunks.emplace_back().arrival = at(begun);
      record.done = record.ended = at(free_at);
      level.requests.push_back(std::move(record));
    }
    metrics::slo asked;
    asked.limits[metrics::metric::ttft] = std::chrono::nanoseconds{std::llround(limit_ * 1e9)};
    return evidence_of(level, asked);
  }

  /// The share of requests that wait at most `limit` in the long run, by Erlang's formula for M/D/1.
  [[nodiscard]] double attainment(double rate) const {
    double sum = 0;
    const auto terms = static_cast<int>(std::floor(limit_ / service_));
    for (int k = 0; k <= terms; ++k) {
      const double left = rate * (limit_ - k * service_);
      double power = 1; // (-left)^k / k!
      for (int i = 1; i <= k; ++i) power *= -left / i;
      sum += std::exp(left) * power;
    }
    return (1 - rate * service_) * sum;
  }

  /// The rate at which just that share of the requests meets the limit.
  [[nodiscard]] double capacity(double required) const {
    double low = 0, high = 1 / service_;
    for (int i = 0; i < 200; ++i) {
      const double middle = (low + high) / 2;
      (attainment(middle) >= required ? low : high) = middle;
    }
    return low;
  }

private:
  double service_;
  double limit_;
  std::mt19937_64 random_;
};

} // namespace loadgen::search::test
