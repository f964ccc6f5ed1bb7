#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/calibrate/level.hpp>
#include <loadgen/metrics/calibrated_range.hpp>

#include <array>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace loadgen::calibrate {

/// The errors that ranges are found for, ascending.
inline constexpr std::array error_limits_ms{0.1, 0.5, 1.0};

/// Loads of rising tokens/s, up to `most`, on 200 streams. Four rounds of answers take `level_time`.
[[nodiscard]] std::vector<offered_load> rising_token_rates(double most, duration level_time);

/// Loads of rising numbers of streams, up to `most`, at 20,000 tokens/s together. Two rounds take `level_time`; from
/// 6,000 streams on the answers cannot be shorter, and the rate rises with the streams.
[[nodiscard]] std::vector<offered_load> rising_streams(std::uint32_t most, duration level_time);

/// Why a sweep did not go on.
enum class sweep_end : std::uint8_t {
  all_measured, ///< every load was
  error,        ///< beyond the largest of error_limits_ms
  client,       ///< the client was behind, or did not complete its requests
  server,       ///< the reference server was late: the client may carry more than was shown
  descriptors,  ///< the limit on file descriptors does not allow the next load
  time,         ///< none was left
};

/// The name in files: "all_measured".
[[nodiscard]] std::string_view to_string(sweep_end why) noexcept;

/// What a sweep brought, in the order measured.
struct sweep_reading {
  std::vector<level_reading> levels;            ///< one for each load that was measured
  sweep_end ended_by = sweep_end::all_measured; ///< why there are no more
};

/// Measures one load. An error ends the sweep; resource_limit says that this load is beyond what the system allows.
using level_meter = std::function<result<level_reading>(const offered_load&)>;

/// Measures loads in their order until one ends the sweep. A level that breaks an error limit which all before it held,
/// or in which the server was late, is measured once more, and the better of the two counts: something else may have
/// had the machine. `has_time` is asked before each measurement. Errors: those of `measure` but resource_limit.
[[nodiscard]] result<sweep_reading> sweep(std::span<const offered_load> loads, const level_meter& measure,
                                          const std::function<bool()>& has_time);

/// For each error limit the highest tokens/s of the one sweep and the most streams of the other up to which every level
/// held it.
[[nodiscard]] std::vector<metrics::calibrated_range> ranges_of(std::span<const level_reading> by_token_rate,
                                                               std::span<const level_reading> by_streams);

} // namespace loadgen::calibrate
