#pragma once

#include <loadgen/metrics/gate.hpp>
#include <loadgen/report/report.hpp>

#include <string>

namespace loadgen::report {

/// Whether a run is as was asked for. All of its levels and trials are held to it; without any it fails.
struct check {
  bool holds = false; ///< false where any level or trial is not as was asked
  std::string line;   ///< "gate ttft_p99 <= 500ms: fails: 612.4 ms at concurrency 32"; no line break
};

/// Whether the gate's figure stands to its limit as asked. A figure that was not measured fails.
[[nodiscard]] check check_gate(const analyzed_run& run, const metrics::gate& gate);

/// Whether the audit's verdict is ok.
[[nodiscard]] check check_verdict(const analyzed_run& run);

/// Whether at most that share, 0 to 1, of each level's issued requests failed; a level that issued none is within it.
/// Cancelled and dropped requests are not failed ones.
[[nodiscard]] check check_failure_rate(const analyzed_run& run, double allowed);

} // namespace loadgen::report
