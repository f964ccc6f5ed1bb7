#include "report/csv.hpp"
#include "report/files.hpp"
#include "report/manifest.hpp"

#include <loadgen/report/report.hpp>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

namespace loadgen::report {

namespace {

namespace fs = std::filesystem;
using metrics::level_summary;
using metrics::metric;

/// The run on one line: sums over its levels, its best output rate and its worst TTFT p99.
struct run_totals {
  std::uint64_t issued = 0, completed = 0, failed = 0;
  metrics::verdict worst = metrics::verdict::ok;
  std::optional<double> best_output_rate, worst_ttft_p99;
};

run_totals totals_of(const analyzed_run& run) {
  run_totals totals;
  for (const level_summary& level : run.levels) {
    totals.issued += level.requests.issued;
    totals.completed += level.requests.completed;
    totals.failed += level.requests.failed;
    totals.worst = std::max(totals.worst, level.trust.judgement);
    // An unset optional is less than any set one.
    totals.best_output_rate = std::max(totals.best_output_rate, level.rates.output_tokens_per_s);
    totals.worst_ttft_p99 = std::max(totals.worst_ttft_p99, level.of(metric::ttft).p99);
  }
  return totals;
}

std::string index_line(const analyzed_run& run, csv_row::kind kind) {
  const boost::json::object manifest = merged_manifest(run.run);
  const run_totals totals = totals_of(run);
  std::string line;
  csv_row row{line, kind};
  row.cell("run_id", run.run.info.run_id);
  row.cell("started", utc_text(run.run.info.epoch_unix_ns));
  row.cell("label", text_at(manifest, {"label"}));
  row.cell("url", target_urls(manifest));
  row.cell("model", text_at(manifest, {"target", "model"}));
  row.cell("endpoint", text_at(manifest, {"target", "endpoint"}));
  row.cell("levels", run.levels.size());
  row.cell("issued", totals.issued);
  row.cell("completed", totals.completed);
  row.cell("failed", totals.failed);
  row.cell("complete", run.run.complete());
  row.cell("verdict", to_string(totals.worst));
  row.cell("best_output_tokens_per_s", totals.best_output_rate);
  row.cell("worst_ttft_ms_p99", totals.worst_ttft_p99);
  row.end();
  return line;
}

} // namespace

analyzed_run analyze(metrics::recorded_run run) {
  analyzed_run analyzed;
  analyzed.levels.reserve(run.levels.size());
  const metrics::slo asked = metrics::slo_from_json(at_path(run.info.manifest, {"slo"}));
  for (const metrics::recorded_level& level : run.levels) analyzed.levels.push_back(metrics::summarize(level, asked));
  analyzed.run = std::move(run);
  return analyzed;
}

result<void> write_package(const fs::path& run_folder, const analyzed_run& run) {
  // The manifest says whether the run is complete, so it comes last.
  const std::pair<const char*, std::string> files[] = {
      {"raw/requests.csv", requests_csv(run)},
      {"summary/summary.json", to_pretty_json(summary_json(run))},
      {"summary/summary.csv", summary_csv(run)},
      {"manifest.json", to_pretty_json(manifest_json(run.run))},
  };
  for (const auto& [name, text] : files)
    if (const result<void> written = write_whole(run_folder / name, text); written.has_error()) return written;
  return {};
}

result<void> append_index(const fs::path& results, const analyzed_run& run) {
  return append_line(results / "index.csv", index_line(run, csv_row::kind::names),
                     index_line(run, csv_row::kind::values));
}

result<analyzed_run> load_run(const fs::path& run_folder) {
  const fs::path records = run_folder / "raw" / "records.bin";
  std::error_code failure;
  if (!fs::exists(records, failure) && !failure)
    return invalid_input(fmt::format("'{}' is no run folder: expected raw/records.bin in it", run_folder.string()));
  result<metrics::recorded_run> run = metrics::read_records(records);
  if (run.has_error()) return run.error();
  return analyze(std::move(*run));
}

} // namespace loadgen::report
