#pragma once

#include "base/parquet_abi.h"

#include <loadgen/report/report.hpp>

#include <filesystem>

namespace loadgen::report {

/// Writes the files of raw/ that are made from the requests: requests.csv, trials.csv and trials.json, and with a
/// `plugin` requests.parquet and tokens.parquet. Row by row: what it takes of memory does not grow with the run. Each
/// file appears whole or not at all. The requests of a run whose records were not kept are read from its folder.
/// Errors: io; those of metrics::stream_records.
[[nodiscard]] result<void> write_raw_tables(const std::filesystem::path& run_folder, const analyzed_run& run,
                                            const loadgen_parquet_api* plugin);

} // namespace loadgen::report
