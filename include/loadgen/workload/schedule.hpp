#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/random.hpp>
#include <loadgen/base/time.hpp>
#include <loadgen/workload/rate_shape.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// How the gaps between arrivals are drawn. All have the mean 1 / rate.
enum class arrival_process : std::uint8_t {
  constant, ///< equal gaps: the first arrival at 0
  poisson,  ///< exponential gaps: users who know nothing of each other
  gamma,    ///< gamma gaps of a chosen coefficient of variation: below 1 smoother than Poisson, above 1 in bursts
  burst,    ///< so many at once, then none for as long as that many take at the rate: the first burst at 0
};

/// The arrivals of an open loop.
struct arrival_settings {
  double rate = 1;                                    ///< requests/s, above 0
  arrival_process process = arrival_process::poisson; ///< how the gaps vary around 1 / rate
  double cv = 1;           ///< coefficient of variation of gamma gaps, above 0; the others do not look at it
  std::uint32_t burst = 1; ///< requests at once of bursts, at least 1; the others do not look at it

  /// Member by member: equal settings draw equal times from equal streams.
  friend bool operator==(const arrival_settings&, const arrival_settings&) = default;
};

/// Reads "constant", "poisson", "gamma:CV" or "burst:N" into `process`, `cv` and `burst`; `rate` is left at its
/// default. Errors: invalid_input, quoting `text`.
[[nodiscard]] result<arrival_settings> parse_arrival(std::string_view text);

/// As parse_arrival() reads it: "gamma:2.5".
[[nodiscard]] std::string format_arrival(const arrival_settings& arrivals);

/// When each of `count` requests is due, from the start of the phase, in ascending order. The same `draws` give the
/// same times on every platform. Errors: invalid_input for settings out of their range, a count above 10^9, or a rate
/// so low that the last arrival would be more than 1000 hours away.
[[nodiscard]] result<std::vector<duration>> draw_arrivals(const arrival_settings& arrivals, std::uint64_t count,
                                                          random_stream draws);

/// The same for all requests that are due before `end`; with the same `draws` the times are those of the count above.
/// May be empty. Errors: invalid_input for settings out of their range, or where more than 10^9 are to be expected.
[[nodiscard]] result<std::vector<duration>> draw_arrivals_until(const arrival_settings& arrivals, duration end,
                                                                random_stream draws);

/// The same for all requests that are due before the end of `shape`, whose rate takes the place of `arrivals.rate`: the
/// gaps vary as the process says around 1 / the rate of the moment. May be empty. Errors: invalid_input for settings
/// out of their range.
[[nodiscard]] result<std::vector<duration>> draw_arrivals_over(const rate_shape& shape, arrival_settings arrivals,
                                                               random_stream draws);

} // namespace loadgen::workload
