#pragma once

#include <loadgen/report/report.hpp>

#include <boost/json/object.hpp>

#include <cstddef>

namespace loadgen::report {

/// What a level and trial looks like as a file of `vllm bench serve` (0.33.0): its flat object, by its definitions
/// (docs/outputs.md, "Other tools' files"). `level`: place in run.levels. `detailed`: with the arrays that have an
/// entry for each request, as --save-detailed gives them. Only of a run whose records were kept.
[[nodiscard]] boost::json::object vllm_json(const analyzed_run& run, std::size_t level, bool detailed);

/// The same as profile_export_aiperf.json of AIPerf (0.13.0, schema 1.4): one object {unit, avg, p1 ...} a metric.
[[nodiscard]] boost::json::object aiperf_json(const analyzed_run& run, std::size_t level);

} // namespace loadgen::report
