#pragma once

#include "metrics/log_linear_histogram.hpp"
#include "report/html/folding_buckets.hpp"

#include <loadgen/metrics/summary.hpp>

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <optional>

namespace loadgen::report {

/// The metrics whose distributions are drawn.
inline constexpr std::array drawn_metrics{metrics::metric::ttft,         metrics::metric::itl,
                                          metrics::metric::tpot,         metrics::metric::e2e,
                                          metrics::metric::ttft_planned, metrics::metric::e2e_planned};

/// What a level's page draws of its records, given one by one in any order: distributions, and how the level went in
/// time. Warm-up requests are in none of it. Memory does not grow with the records.
class level_traces {
public:
  /// `begin`: the time axis's zero. `resolution`: how many points in time and how many single requests are kept at
  /// most; even.
  level_traces(instant begin, std::size_t resolution);

  void add(const metrics::request_record& record);

  /// The level's `percentiles`, `histograms`, `over_time` and `timeline` of docs/report-html.md. `summary`: of the same
  /// records.
  [[nodiscard]] boost::json::object to_json(const metrics::level_summary& summary) const;

private:
  /// The samples of one metric that fell into a stretch of time.
  struct extremes {
    std::uint64_t count = 0;
    double sum = 0;
    double smallest = std::numeric_limits<double>::infinity();
    double largest = -std::numeric_limits<double>::infinity();

    void add(double sample) noexcept;
    void merge(const extremes& other) noexcept;
  };

  /// One stretch of time.
  struct moment {
    extremes ttft;                 ///< of requests sent in it
    extremes itl;                  ///< of gaps that ended in it
    double tokens = 0;             ///< that arrived in it
    std::uint64_t failed = 0;      ///< requests that ended in it without having completed
    std::int64_t in_flight_ns = 0; ///< from `sent` to the end, summed over requests
    std::int64_t waiting_ns = 0;   ///< open loop: from the planned moment to `sent`, summed over requests

    void merge(const moment& other) noexcept;
  };

  /// The longest request of some neighbours in the plan.
  struct longest_request {
    std::uint64_t index = 0;
    instant begin, end; ///< planned, in a closed loop released; through with it
    std::optional<instant> sent, first_chunk;
    metrics::cause why = metrics::cause::none;
    bool is_set = false;

    void merge(const longest_request& other) noexcept;
  };

  void add_to_moments(const metrics::request_record& record);
  void add_tokens(const metrics::request_record& record);

  [[nodiscard]] std::int64_t position(instant when) const noexcept { return (when - begin_).count(); }

  [[nodiscard]] boost::json::object over_time_json() const;
  [[nodiscard]] boost::json::object timeline_json() const;

  instant begin_;
  std::array<metrics::log_linear_histogram, drawn_metrics.size()> samples_;
  folding_buckets<moment> moments_;           ///< by nanoseconds after begin_
  folding_buckets<longest_request> timeline_; ///< by index in the plan
};

} // namespace loadgen::report
