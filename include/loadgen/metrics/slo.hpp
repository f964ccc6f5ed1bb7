#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/metrics/metric.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>

namespace loadgen::metrics {

/// Service level objectives: what is asked of every single request, and of how many of them. Without limits nothing is
/// asked, and there is neither goodput nor attainment.
struct slo {
  /// The most that a request's figure may be, each above zero. Of ttft, tpot and e2e the request's own, counted from
  /// the planned moment where the request has one; of itl the 99th percentile of its own gaps. No other metric has
  /// objectives.
  std::map<metric, duration> limits;
  double required_attainment = 0.99; ///< share of a level's requests that must meet every limit, 0 to 1

  /// Whether nothing is asked.
  [[nodiscard]] bool empty() const noexcept { return limits.empty(); }
};

/// Reads objectives as users write them: "ttft=500ms". Errors: invalid_input for an unknown name, a name given twice, a
/// limit that is no duration with its unit or is zero; one line that names the objective.
[[nodiscard]] result<slo> parse_slo(std::span<const std::string> objectives, double required_attainment);

/// {"objectives":{"ttft_ms":500},"required_attainment":0.99}: how outputs and the manifest write an SLO.
[[nodiscard]] boost::json::object to_json(const slo& asked);

/// The SLO that to_json wrote; an empty one where `value` is none, as the null of a run without SLO.
[[nodiscard]] slo slo_from_json(const boost::json::value& value);

/// How far the requests of one level met an SLO.
struct slo_attainment {
  slo asked; ///< what the counts below were taken against
  /// Measured requests whose fate is known: all completed and failed ones, and of those the client cut off the ones
  /// that had missed an objective by then.
  std::uint64_t requests = 0;
  std::uint64_t met_requests = 0;         ///< met every objective
  std::map<metric, std::uint64_t> missed; ///< for each objective, the requests that missed that one

  /// Share of the requests that met every objective; unset without requests.
  [[nodiscard]] std::optional<double> attainment() const noexcept;

  /// The same for one of the objectives asked for. Throws std::out_of_range for any other metric: asking for it is a
  /// bug of the caller.
  [[nodiscard]] std::optional<double> attainment_of(metric which) const;

  /// Whether enough of them did. False without requests: nothing was shown to be met.
  [[nodiscard]] bool holds() const noexcept;
};

} // namespace loadgen::metrics
