#include "metrics/level_summarizer.hpp"
#include "metrics/model_summarizer.hpp"
#include "report/manifest.hpp"
#include "report/models.hpp"
#include "report/records_file.hpp"
#include "report/targets.hpp"

#include <loadgen/report/report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
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
        models_(merged_manifest(run)),
        asked_(slo_of(run.info)) {}

  void add(std::size_t level, const request_record& record) {
    advance_to(level);
    current_->add(record);
    if (models_.several() && !record.warmup) by_model_->add(models_.of(run_.levels[level].info, record), record);
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
      done_.back().by_model = by_model_->summaries();
      current_.reset();
    }
    if (level < run_.levels.size()) begin();
  }

  void begin() {
    const metrics::recorded_level& next = run_.levels[done_.size()];
    current_.emplace(next.info, next.end, windows_[done_.size()].found(next.end), asked_, sample_keeping::histogram);
    by_model_.emplace(models_.names(), sample_keeping::histogram);
  }

  const metrics::recorded_run& run_;
  const std::vector<metrics::window_finder>& windows_;
  run_models models_;
  metrics::slo asked_;
  std::optional<metrics::level_summarizer> current_;  ///< of level number done_.size()
  std::optional<metrics::model_summarizer> by_model_; ///< the same of its models
  std::vector<metrics::level_summary> done_;
};

/// Two passes over the file: what a level's records are judged against, its end and its window, stands behind them.
/// `target`: whose records are taken; unset: all.
result<analyzed_run> analyze_bounded(const fs::path& records, std::optional<std::uint16_t> target = std::nullopt) {
  const auto is_taken = [target](const request_record& record) { return !target || record.target == *target; };
  std::vector<metrics::window_finder> windows;
  auto run = metrics::stream_records(records, [&](std::size_t level, const request_record& record) {
    if (!is_taken(record)) return;
    if (windows.size() <= level) windows.resize(level + 1);
    windows[level].add(record);
  });
  if (run.has_error()) return run.error();
  windows.resize(run->levels.size());

  level_queue levels{*run, windows};
  const auto again = metrics::stream_records(
      records,
      [&](std::size_t level, const request_record& record) {
        if (is_taken(record)) levels.add(level, record);
      },
      run->file_size);
  if (again.has_error()) return again.error();

  analyzed_run analyzed;
  analyzed.levels = levels.take();
  analyzed.run = std::move(*run);
  analyzed.samples = sample_keeping::histogram;
  return analyzed;
}

/// Where the records of a run folder are, and what figures are to be derived from.
struct records_source {
  fs::path file;
  sample_keeping keep;
};

result<records_source> find_records(const fs::path& run_folder, std::optional<sample_keeping> keep) {
  const fs::path records = records_in(run_folder);
  std::error_code failure;
  if (!fs::exists(records, failure) && !failure)
    return invalid_input(fmt::format("'{}' is no run folder: expected raw/records.bin in it", run_folder.string()));
  if (keep) return records_source{records, *keep};
  const auto info = metrics::read_run_info(records);
  if (info.has_error()) return info.error();
  return records_source{records, keeping_of(*info)};
}

/// `run` with the records of one target alone, which it loses.
metrics::recorded_run take_target(metrics::recorded_run& run, std::uint16_t target) {
  metrics::recorded_run part;
  part.info = run.info;
  part.end = run.end;
  part.damaged = run.damaged;
  part.has_empty_events = run.has_empty_events;
  part.file_size = run.file_size;
  for (metrics::recorded_level& level : run.levels) {
    metrics::recorded_level& taken = part.levels.emplace_back();
    taken.info = level.info;
    taken.end = level.end;
    for (request_record& record : level.requests)
      if (record.target == target) taken.requests.push_back(std::move(record));
    std::erase_if(level.requests, [target](const request_record& record) { return record.target == target; });
  }
  return part;
}

void forget_planned(analyzed_run& run) {
  for (metrics::recorded_level& level : run.run.levels) {
    level.info.planned.reset();
    level.info.planned_conversations.reset();
  }
  for (metrics::level_summary& level : run.levels) {
    level.info.planned.reset();
    level.requests.planned.reset();
    if (level.conversations) level.conversations->planned.reset();
  }
}

std::vector<metrics::model_summary> summarize_models(const metrics::recorded_level& level, const run_models& models) {
  metrics::model_summarizer summarizer{models.names(), sample_keeping::all};
  if (models.several())
    for (const request_record& record : level.requests)
      if (!record.warmup) summarizer.add(models.of(level.info, record), record);
  return summarizer.summaries();
}

} // namespace

analyzed_run analyze(metrics::recorded_run run) {
  analyzed_run analyzed;
  analyzed.levels.reserve(run.levels.size());
  const metrics::slo asked = slo_of(run.info);
  const run_models models{merged_manifest(run)};
  for (const metrics::recorded_level& level : run.levels) {
    analyzed.levels.push_back(metrics::summarize(level, asked));
    analyzed.levels.back().by_model = summarize_models(level, models);
  }
  analyzed.run = std::move(run);
  return analyzed;
}

result<analyzed_run> load_run(const fs::path& run_folder, std::optional<sample_keeping> keep) {
  const auto source = find_records(run_folder, keep);
  if (source.has_error()) return source.error();
  if (source->keep == sample_keeping::histogram) return analyze_bounded(source->file);
  result<metrics::recorded_run> run = metrics::read_records(source->file);
  if (run.has_error()) return run.error();
  return analyze(std::move(*run));
}

result<metrics::level_summary> load_level(const fs::path& run_folder, std::size_t level) {
  const auto source = find_records(run_folder, std::nullopt);
  if (source.has_error()) return source.error();
  if (source->keep == sample_keeping::all) {
    const auto run = metrics::read_level(source->file, level);
    if (run.has_error()) return run.error();
    return metrics::summarize(run->levels[level], slo_of(run->info));
  }

  metrics::window_finder window;
  const auto run = metrics::stream_level(source->file, level,
                                         [&window](std::size_t, const request_record& record) { window.add(record); });
  if (run.has_error()) return run.error();
  const metrics::recorded_level& found = run->levels[level];
  metrics::level_summarizer figures{found.info, found.end, window.found(found.end), slo_of(run->info), source->keep};
  const auto again = metrics::stream_level(
      source->file, level, [&figures](std::size_t, const request_record& record) { figures.add(record); },
      run->file_size);
  if (again.has_error()) return again.error();
  return figures.summary();
}

result<std::array<analyzed_run, 2>> load_targets(const fs::path& run_folder, std::optional<sample_keeping> keep) {
  const auto source = find_records(run_folder, keep);
  if (source.has_error()) return source.error();
  constexpr std::array<std::uint16_t, 2> both_targets{0, 1};
  std::array<analyzed_run, both_targets.size()> parts;
  if (source->keep == sample_keeping::histogram) {
    for (const std::uint16_t target : both_targets) {
      auto part = analyze_bounded(source->file, target);
      if (part.has_error()) return part.error();
      parts[target] = std::move(*part);
    }
  } else {
    auto run = metrics::read_records(source->file);
    if (run.has_error()) return run.error();
    for (const std::uint16_t target : both_targets) parts[target] = analyze(take_target(*run, target));
  }
  for (analyzed_run& part : parts) forget_planned(part);
  return parts;
}

} // namespace loadgen::report
