#pragma once

#include "report/columns.hpp"

#include <loadgen/report/report.hpp>

#include <span>
#include <string>

namespace loadgen::report {

/// What all lines of a run in benchmark_summary.csv share.
struct benchmark_run {
  std::string run_id, started, label, variant, url, model, endpoint;
};

/// One level and trial as a line of benchmark_summary.csv.
struct benchmark_row {
  const benchmark_run& run;
  const metrics::level_summary& level;
};

/// The columns of benchmark_summary.csv.
[[nodiscard]] std::span<const table_column<benchmark_row>> benchmark_columns() noexcept;

} // namespace loadgen::report
