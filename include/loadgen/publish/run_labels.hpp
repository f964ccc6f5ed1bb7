#pragma once

#include <loadgen/metrics/recorded_run.hpp>
#include <loadgen/publish/metric_family.hpp>

#include <string>

namespace loadgen::publish {

/// What is known of a run before its first request, for `loadgen_run_info`.
struct run_labels {
  std::string run_id;   ///< in the labels of all samples
  std::string label;    ///< the user's own name for the run; "": none
  std::string model;    ///< as asked for
  std::string endpoint; ///< "chat"
  std::string version;  ///< of the program that measures
};

/// The labels of a level and trial: `run_id`, `level` (place in the sweep), `concurrency` or `rate` where it has one,
/// `trial`.
[[nodiscard]] label_list level_labels(const std::string& run_id, const metrics::level_info& level);

/// `loadgen_run_info`: 1, with all that is known as labels.
[[nodiscard]] metric_family run_info_family(const run_labels& run);

} // namespace loadgen::publish
