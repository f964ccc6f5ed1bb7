#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/report/html.hpp>

#include <filesystem>
#include <span>
#include <vector>

namespace loadgen::report {

/// Writes into `folder` for each plot of the runs NAME.dat, its points, and NAME.gp, a script that has gnuplot make
/// NAME.svg and NAME.png of them when it is run in that folder: throughput, TTFT, TPOT and E2E against load, percentile
/// curves, distributions, and the run over time (docs/plots.md). Several runs share their plots. Text of any origin is
/// shown as it is by gnuplot, and never read as its language. Plots without a point are left out. Returns the scripts.
/// Starts no program. Errors: io; those of metrics::stream_records.
[[nodiscard]] result<std::vector<std::filesystem::path>> write_plots(const std::filesystem::path& folder,
                                                                     std::span<const run_in_folder> runs);

} // namespace loadgen::report
