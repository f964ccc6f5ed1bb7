#pragma once

#include <loadgen/metrics/statistics.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>

namespace loadgen::search {

/// One load of a sweep.
struct load_point {
  double load = 0;       ///< requests in flight, or requests/s; above 0
  double throughput = 0; ///< what came through at it, in any unit of 1/s; above 0
};

/// Fewest different loads of a sweep in which a knee can be seen: two before it and two behind.
inline constexpr std::size_t fewest_loads_for_a_knee = 4;

/// Where throughput stops growing with the load: the load at which the line of proportional growth meets the plateau.
struct knee {
  std::optional<double> load;                  ///< unset where the data show none
  std::optional<metrics::interval> neighbours; ///< the measured loads next to it, more than 1 % off; set with `load`
  std::optional<double> throughput;            ///< of the plateau; set with `load`
  std::string reason;                          ///< why there is none; empty where there is one
};

/// Fits throughput = slope * min(load, knee) to the points of a sweep, in any order, each load once, by least squares
/// of the logarithms, so that every point counts by its relative error. It is the saturation point of the asymptotic
/// bounds of a closed system: the load that N servers without a queue would carry. Needs at least four loads, two on
/// either side, that grow nearly in proportion below it (exponent at least 0.7) and hardly above (at most 0.3).
[[nodiscard]] knee find_knee(std::span<const load_point> sweep);

} // namespace loadgen::search
