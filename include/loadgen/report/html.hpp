#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/report/report.hpp>

#include <filesystem>
#include <span>

namespace loadgen::report {

/// A run and where its records are, for its page.
struct run_in_folder {
  const analyzed_run* run = nullptr; ///< never null; must outlive the call it is given to
  std::filesystem::path folder;      ///< read again where the run's records were not kept
};

/// Writes a page that works offline, with nothing to load: figures, curves, the audit and what it takes to repeat each
/// run; several runs share their curves. Its figures are those of summary_json; what it draws takes one pass over the
/// records, and memory that does not grow with them. Text of any origin is inert in it. The file appears whole or not
/// at all. Errors: io; those of metrics::stream_records. docs/report-html.md describes the page and its data.
[[nodiscard]] result<void> write_html(const std::filesystem::path& file, std::span<const run_in_folder> runs);

} // namespace loadgen::report
