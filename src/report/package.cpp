#include "report/csv.hpp"
#include "report/files.hpp"
#include "report/manifest.hpp"
#include "report/models.hpp"
#include "report/records_file.hpp"
#include "report/requests_csv.hpp"

#include <loadgen/report/html.hpp>

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

constexpr const char* requests_csv_name = "raw/requests.csv";

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

/// Row by row from the records' file.
result<void> stream_requests_csv(const fs::path& run_folder, const analyzed_run& run) {
  constexpr std::size_t part_size = 256U * 1024U;
  auto file = unfinished_file::create(run_folder / requests_csv_name);
  if (file.has_error()) return file.error();
  const run_models models{merged_manifest(run.run)};
  std::string part;
  append_requests_header(part);
  result<void> written;
  const auto append_row = [&](std::size_t level, const metrics::request_record& record) {
    if (record.warmup || written.has_error()) return;
    const metrics::level_info& info = run.run.levels[level].info;
    append_request_row(part, info, models.name_of(info, record), run.run.info.epoch, record);
    if (part.size() < part_size) return;
    written = file->append(part);
    part.clear();
  };
  const auto read = metrics::stream_records(records_in(run_folder), append_row, run.run.file_size);
  if (read.has_error()) return read.error();
  if (written) written = file->append(part);
  return written ? file->commit() : written;
}

result<void> write_requests_csv(const fs::path& run_folder, const analyzed_run& run) {
  if (run.samples == metrics::sample_keeping::histogram) return stream_requests_csv(run_folder, run);
  return write_whole(run_folder / requests_csv_name, requests_csv(run));
}

} // namespace

result<void> write_package(const fs::path& run_folder, const analyzed_run& run) {
  if (const result<void> written = write_requests_csv(run_folder, run); written.has_error()) return written;
  const run_in_folder self{&run, run_folder};
  if (const result<void> written = write_html(run_folder / "report.html", {&self, 1}); written.has_error())
    return written;
  // The manifest says whether the run is complete, so it comes last.
  const std::pair<const char*, std::string> files[] = {
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

} // namespace loadgen::report
