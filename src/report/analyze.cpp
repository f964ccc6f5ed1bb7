#include "metrics/level_summarizer.hpp"
#include "report/manifest.hpp"
#include "report/records_file.hpp"

#include <loadgen/report/report.hpp>

#include <fmt/format.h>

#include <optional>
#include <system_error>
#include <utility>

namespace loadgen::report {

namespace {

namespace fs = std::filesystem;
using metrics::request_record;
using metrics::sample_keeping;

metrics::slo slo_of(const metrics::run_info& info) {
  return metrics::slo_from_json(at_path(info.manifest, {"slo"}));
}

sample_keeping keeping_of(const metrics::run_info& info) {
  return at_path(info.manifest, {"bounded"}) == boost::json::value(true) ? sample_keeping::histogram
                                                                         : sample_keeping::all;
}

/// Summarizes the levels of a file one after the other, as their records come, and keeps one of them in work at a time.
class level_queue {
public:
  level_queue(const metrics::recorded_run& run, const std::vector<metrics::window_finder>& windows)
      : run_(run),
        windows_(windows),
        asked_(slo_of(run.info)) {}

  void add(std::size_t level, const request_record& record) {
    advance_to(level);
    current_->add(record);
  }

  [[nodiscard]] std::vector<metrics::level_summary> take() {
    advance_to(run_.levels.size());
    return std::move(done_);
  }

private:
  /// Finishes the levels before `level` and begins that one, where there is one.
  void advance_to(std::size_t level) {
    if (current_ && done_.size() == level) return;
    while (done_.size() < level) {
      if (!current_) begin();
      done_.push_back(current_->summary());
      current_.reset();
    }
    if (level < run_.levels.size()) begin();
  }

  void begin() {
    const metrics::recorded_level& next = run_.levels[done_.size()];
    current_.emplace(next.info, next.end, windows_[done_.size()].found(next.end), asked_, sample_keeping::histogram);
  }

  const metrics::recorded_run& run_;
  const std::vector<metrics::window_finder>& windows_;
  metrics::slo asked_;
  std::optional<metrics::level_summarizer> current_; ///< of level number done_.size()
  std::vector<metrics::level_summary> done_;
};

/// Two passes over the file: what a level's records are judged against, its end and its window, stands behind them.
result<analyzed_run> analyze_bounded(const fs::path& records) {
  std::vector<metrics::window_finder> windows;
  auto run = metrics::stream_records(records, [&windows](std::size_t level, const request_record& record) {
    if (windows.size() <= level) windows.resize(level + 1);
    windows[level].add(record);
  });
  if (run.has_error()) return run.error();
  windows.resize(run->levels.size());

  level_queue levels{*run, windows};
  const auto again = metrics::stream_records(
      records, [&levels](std::size_t level, const request_record& record) { levels.add(level, record); },
      run->file_size);
  if (again.has_error()) return again.error();

  analyzed_run analyzed;
  analyzed.levels = levels.take();
  analyzed.run = std::move(*run);
  analyzed.samples = sample_keeping::histogram;
  return analyzed;
}

} // namespace

analyzed_run analyze(metrics::recorded_run run) {
  analyzed_run analyzed;
  analyzed.levels.reserve(run.levels.size());
  const metrics::slo asked = slo_of(run.info);
  for (const metrics::recorded_level& level : run.levels) analyzed.levels.push_back(metrics::summarize(level, asked));
  analyzed.run = std::move(run);
  return analyzed;
}

result<analyzed_run> load_run(const fs::path& run_folder, std::optional<sample_keeping> keep) {
  const fs::path records = records_in(run_folder);
  std::error_code failure;
  if (!fs::exists(records, failure) && !failure)
    return invalid_input(fmt::format("'{}' is no run folder: expected raw/records.bin in it", run_folder.string()));
  if (!keep) {
    const auto info = metrics::read_run_info(records);
    if (info.has_error()) return info.error();
    keep = keeping_of(*info);
  }
  if (*keep == sample_keeping::histogram) return analyze_bounded(records);
  result<metrics::recorded_run> run = metrics::read_records(records);
  if (run.has_error()) return run.error();
  return analyze(std::move(*run));
}

} // namespace loadgen::report
