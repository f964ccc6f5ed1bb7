#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/metrics/summary.hpp>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace loadgen::metrics {

/// The load up to which a machine's client was found to be this near the truth (docs/calibration.md).
struct calibrated_range {
  double error_ms = 0;                  ///< of TTFT and ITL, p50 and p99, either way
  std::optional<double> tokens_per_s;   ///< received, one an event; unset: the least load tried was beyond the error
  std::optional<std::uint32_t> streams; ///< requests in flight at once; unset: the same

  /// Member by member.
  friend bool operator==(const calibrated_range&, const calibrated_range&) = default;
};

/// What a level asked of the client, whatever the server did.
struct client_load {
  /// Closed loop: its concurrency, or its requests where they are fewer. Open loop: how many were in flight on average.
  double streams = 0;
  double events_per_s = 0; ///< content events received, over the window
};

/// Unset where nothing was measured.
[[nodiscard]] std::optional<client_load> load_on_client(const level_summary& level);

/// The smallest error of the ranges, which ascend by it, that hold the load; unset where it is beyond all of them.
[[nodiscard]] std::optional<double> calibrated_error_ms(std::span<const calibrated_range> ranges,
                                                        const client_load& load);

/// [{"error_ms":0.1,"tokens_per_s":80000.0,"streams":2000}, ...]: how files write them; null for what is unset.
[[nodiscard]] boost::json::array to_json(std::span<const calibrated_range> ranges);

/// The ranges that to_json wrote. Errors: invalid_input for anything else, ranges that do not ascend included.
[[nodiscard]] result<std::vector<calibrated_range>> ranges_from_json(const boost::json::value& value);

} // namespace loadgen::metrics
