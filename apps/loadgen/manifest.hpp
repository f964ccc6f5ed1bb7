#pragma once

#include "run_input.hpp"
#include "settings.hpp"

#include <loadgen/workload/plan.hpp>

#include <boost/json/object.hpp>

namespace loadgen::cli {

/// What the run's header keeps of how it came about: command, settings and their sources, seed, workload, SLO,
/// calibration, versions, system, target. No secret is in it.
[[nodiscard]] boost::json::object make_manifest(const resolved_command& command, const run_input& input,
                                                const workload::plan& plan);

} // namespace loadgen::cli
