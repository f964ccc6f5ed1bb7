#include "report/raw_tables.hpp"

#include "report/files.hpp"
#include "report/manifest.hpp"
#include "report/models.hpp"
#include "report/parquet_file.hpp"
#include "report/records_file.hpp"
#include "report/request_columns.hpp"
#include "report/requests_csv.hpp"
#include "report/text.hpp"
#include "report/trial_table.hpp"

#include <boost/json/object.hpp>

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace loadgen::report {

namespace {

namespace fs = std::filesystem;
using metrics::request_record;

/// raw/requests.csv, written in parts.
class requests_csv_file {
public:
  static result<requests_csv_file> create(const fs::path& raw) {
    auto file = unfinished_file::create(raw / "requests.csv");
    if (file.has_error()) return file.error();
    return requests_csv_file{std::move(*file)};
  }

  result<void> add(const request_row& row) {
    constexpr std::size_t part_size = 256U * 1024U;
    append_request_row(part_, row.level, row.model, row.epoch, row.record);
    return part_.size() < part_size ? result<void>{} : write_part();
  }

  result<void> commit() {
    const auto written = write_part();
    return written.has_error() ? written : file_.commit();
  }

private:
  explicit requests_csv_file(unfinished_file file) : file_(std::move(file)) { append_requests_header(part_); }

  result<void> write_part() {
    auto written = file_.append(part_);
    part_.clear();
    return written;
  }

  unfinished_file file_;
  std::string part_;
};

/// raw/requests.parquet and raw/tokens.parquet.
class parquet_files {
public:
  static result<parquet_files> create(const fs::path& raw, const metrics::recorded_run& run,
                                      const loadgen_parquet_api& plugin) {
    auto requests = parquet_table<request_row>::create(plugin, raw / "requests.parquet", request_columns(),
                                                       notes_of(run, "loadgen.requests/1"));
    if (requests.has_error()) return requests.error();
    auto tokens = parquet_table<token_row>::create(plugin, raw / "tokens.parquet", token_columns(),
                                                   notes_of(run, "loadgen.tokens/1"));
    if (tokens.has_error()) return tokens.error();
    return parquet_files{std::move(*requests), std::move(*tokens)};
  }

  result<void> add(const request_row& row) {
    if (const auto added = requests_.add(row); added.has_error()) return added;
    for (std::size_t chunk = 0; chunk < row.record.chunks.size(); ++chunk)
      if (const auto added = tokens_.add({row.level, row.epoch, row.record, chunk}); added.has_error()) return added;
    return {};
  }

  result<void> commit() {
    const auto committed = requests_.commit();
    return committed.has_error() ? committed : tokens_.commit();
  }

private:
  parquet_files(parquet_table<request_row> requests, parquet_table<token_row> tokens)
      : requests_(std::move(requests)),
        tokens_(std::move(tokens)) {}

  static parquet_file::notes notes_of(const metrics::recorded_run& run, const char* schema) {
    return {{"schema", schema},
            {"run_id", run.info.run_id},
            {"label", well_formed(text_at(merged_manifest(run), {"label"}))},
            {"started", utc_text(run.info.epoch_unix_ns)}};
  }

  parquet_table<request_row> requests_;
  parquet_table<token_row> tokens_;
};

/// Hands each measured request to `add`, with the place of its level, until that fails.
template<class Add>
result<void> each_request(const fs::path& run_folder, const analyzed_run& run, const Add& add) {
  result<void> added;
  const run_models models{merged_manifest(run.run)};
  const auto take = [&](std::size_t level, const request_record& record) {
    if (record.warmup || !added) return;
    const metrics::level_info& info = run.run.levels[level].info;
    added = add(level, request_row{info, run.run.info.epoch, record, models.name_of(info, record)});
  };
  if (run.samples == metrics::sample_keeping::all) {
    for (std::size_t level = 0; level < run.run.levels.size(); ++level)
      for (const request_record& record : run.run.levels[level].requests) take(level, record);
    return added;
  }
  const auto read = metrics::stream_records(records_in(run_folder), take, run.run.file_size);
  if (read.has_error()) return read.error();
  return added;
}

result<void> write_tables(const fs::path& run_folder, const analyzed_run& run, const loadgen_parquet_api* plugin) {
  const fs::path raw = run_folder / "raw";
  auto csv = requests_csv_file::create(raw);
  if (csv.has_error()) return csv.error();
  std::optional<parquet_files> parquet;
  if (plugin != nullptr) {
    auto created = parquet_files::create(raw, run.run, *plugin);
    if (created.has_error()) return created.error();
    parquet.emplace(std::move(*created));
  }
  std::vector<trial_moments> trials(run.levels.size());
  const auto written = each_request(run_folder, run, [&](std::size_t level, const request_row& row) -> result<void> {
    trials[level].add(row.record);
    const auto added = csv->add(row);
    return added.has_error() || !parquet ? added : parquet->add(row);
  });
  if (written.has_error()) return written;
  if (const auto committed = csv->commit(); committed.has_error()) return committed;
  if (parquet)
    if (const auto committed = parquet->commit(); committed.has_error()) return committed;
  if (const auto whole = write_whole(raw / "trials.csv", raw_trials_csv(run, trials)); whole.has_error()) return whole;
  return write_whole(raw / "trials.json", to_pretty_json(raw_trials_json(run, trials)));
}

} // namespace

result<void> write_raw_tables(const fs::path& run_folder, const analyzed_run& run, const loadgen_parquet_api* plugin) {
  const auto written = write_tables(run_folder, run, plugin);
  // Parquet files are the largest: without them there may be room for the others.
  if (written.has_error() && plugin != nullptr) static_cast<void>(write_tables(run_folder, run, nullptr));
  return written;
}

} // namespace loadgen::report
