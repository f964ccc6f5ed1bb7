#include "base/parquet_plugin.hpp"
#include "report/csv.hpp"
#include "report/files.hpp"
#include "report/manifest.hpp"
#include "report/raw_tables.hpp"
#include "report/text.hpp"

#include <loadgen/report/html.hpp>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
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

result<void> write_package(const fs::path& run_folder, const analyzed_run& run) {
  result<void> all;
  const auto note = [&all](const result<void>& written) {
    if (all) all = written;
  };
  // The smallest first: on a disk that is nearly full the figures have room where the tables have none.
  note(write_whole(run_folder / "summary/summary.json", to_pretty_json(summary_json(run))));
  note(write_whole(run_folder / "summary/summary.csv", summary_csv(run)));
  if (const std::string turns = turns_csv(run); !turns.empty())
    note(write_whole(run_folder / "summary/turns.csv", turns));
  const run_in_folder self{&run, run_folder};
  note(write_html(run_folder / "report.html", {&self, 1}));
  const auto plugin = parquet::load_plugin();
  note(write_raw_tables(run_folder, run, plugin.has_value() ? *plugin : nullptr));
  // The manifest says whether the run is complete, so it comes last.
  note(write_whole(run_folder / "manifest.json", to_pretty_json(manifest_json(run.run))));
  return all;
}

bool is_whole_package(const fs::path& run_folder) {
  constexpr std::array files{"manifest.json",   "report.html",          "raw/requests.csv",   "raw/trials.csv",
                             "raw/trials.json", "summary/summary.json", "summary/summary.csv"};
  constexpr std::array parquet_files{"raw/requests.parquet", "raw/tokens.parquet"};
  const auto is_there = [&](const char* file) {
    std::error_code unreadable;
    return fs::exists(run_folder / file, unreadable);
  };
  return std::all_of(files.begin(), files.end(), is_there) &&
         (std::all_of(parquet_files.begin(), parquet_files.end(), is_there) || !parquet::is_plugin_there());
}

std::string parquet_note(const fs::path& run_folder) {
  std::error_code unreadable;
  const auto is_there = [&](const char* name) { return fs::exists(run_folder / "raw" / name, unreadable); };
  if (is_there("requests.parquet") && is_there("tokens.parquet")) return {};
  const auto plugin = parquet::load_plugin();
  if (plugin.has_value()) return {}; // then writing them failed, which was told
  std::string note = "\n";
  for (const std::string& line : wrapped("no Parquet files: " + printable(plugin.error().message), 100))
    note += line + "\n";
  return note;
}

result<void> append_index(const fs::path& results, const analyzed_run& run) {
  return append_lines(results / "index.csv", index_line(run, csv_row::kind::names),
                      index_line(run, csv_row::kind::values));
}

} // namespace loadgen::report
