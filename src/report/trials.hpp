#pragma once

#include <loadgen/report/report.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <vector>

namespace loadgen::report {

/// The trials of one level that ran to their end, in the order they ran; at least two. They point into the run.
using trial_group = std::vector<const metrics::level_summary*>;

/// The levels that were repeated, in the order they ran.
[[nodiscard]] std::vector<trial_group> repeated_levels(const analyzed_run& run);

/// A percentile of a metric over trials: p99 of ttft is over_trials(group, metric::ttft, &distribution::p99).
[[nodiscard]] metrics::trial_statistics over_trials(const trial_group& group, metrics::metric which,
                                                    std::optional<double> metrics::distribution::*figure);

/// `trials` of summary.json: null where no level was repeated.
[[nodiscard]] boost::json::value trials_json(const analyzed_run& run);

} // namespace loadgen::report
