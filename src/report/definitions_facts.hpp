#pragma once

#include "report/manifest.hpp"

#include <loadgen/definitions/figures.hpp>

namespace loadgen::report {

/// What the definitions need of the run beside its records, from its manifest.
[[nodiscard]] inline definitions::run_facts facts_of(const metrics::recorded_run& run) {
  const boost::json::object manifest = merged_manifest(run);
  return {.completions = text_at(manifest, {"target", "endpoint"}) == "completions",
          .asked = metrics::slo_from_json(at_path(manifest, {"slo"}))};
}

} // namespace loadgen::report
