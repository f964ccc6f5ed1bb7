#include "report/html/page_data.hpp"

#include "report/console.hpp"
#include "report/html/level_traces.hpp"
#include "report/manifest.hpp"
#include "report/records_file.hpp"

#include <boost/json/array.hpp>

#include <algorithm>
#include <optional>

namespace loadgen::report {

namespace {

namespace json = boost::json;

/// How many points a level's curves over time may have, so that a page stays small however many levels it has.
std::size_t resolution_for(std::size_t levels) {
  constexpr std::size_t finest = 240, coarsest = 40, of_all_levels = 4800;
  return std::clamp(of_all_levels / std::max<std::size_t>(levels, 1), coarsest, finest) / 2 * 2;
}

/// The drawn part of each level, made while the records come, those of a level after those of the level before.
class trace_queue {
public:
  trace_queue(const analyzed_run& run, std::size_t resolution) : run_(run), resolution_(resolution) {}

  void add(std::size_t level, const metrics::request_record& record) {
    advance_to(level);
    current_->add(record);
  }

  [[nodiscard]] std::vector<json::object> take() {
    advance_to(run_.levels.size());
    return std::move(done_);
  }

private:
  void advance_to(std::size_t level) {
    if (current_ && done_.size() == level) return;
    while (done_.size() < level) {
      if (!current_) begin();
      done_.push_back(current_->to_json(run_.levels[done_.size()]));
      current_.reset();
    }
    if (level < run_.levels.size()) begin();
  }

  void begin() {
    const metrics::recorded_level& next = run_.run.levels[done_.size()];
    current_.emplace(next.end ? next.end->measured_from : next.info.begin, resolution_);
  }

  const analyzed_run& run_;
  std::size_t resolution_;
  std::optional<level_traces> current_; ///< of level number done_.size()
  std::vector<json::object> done_;
};

result<std::vector<json::object>> traces_of(const run_in_folder& of, std::size_t resolution) {
  trace_queue traces{*of.run, resolution};
  const auto add = [&traces](std::size_t level, const metrics::request_record& record) { traces.add(level, record); };
  if (of.run->samples == metrics::sample_keeping::histogram) {
    const auto read = metrics::stream_records(records_in(of.folder), add, of.run->run.file_size);
    if (read.has_error()) return read.error();
  } else {
    for (std::size_t i = 0; i < of.run->run.levels.size(); ++i)
      for (const metrics::request_record& record : of.run->run.levels[i].requests) add(i, record);
  }
  return traces.take();
}

json::array warnings_json(const analyzed_run& run) {
  json::array all;
  if (run.levels.empty()) return all;
  for (const std::string& sentence : warnings(run, level_naming{run})) all.emplace_back(sentence);
  return all;
}

/// What a search found, in words.
json::value search_words(const analyzed_run& run) {
  const auto searched = search_of(run);
  if (!searched) return nullptr;
  return json::object{{"answer", answer_text(*searched)},
                      {"bracketed", searched->found.bracketed()},
                      {"notes", json::array(searched->found.notes.begin(), searched->found.notes.end())}};
}

json::value knee_words(const analyzed_run& run) {
  const auto sweep = knee_of(run);
  return sweep ? json::value(knee_text(*sweep)) : json::value();
}

result<json::object> run_json(const run_in_folder& of, std::size_t resolution) {
  auto traces = traces_of(of, resolution);
  if (traces.has_error()) return traces.error();
  json::array levels;
  for (json::object& level : *traces) levels.emplace_back(std::move(level));
  return json::object{
      {"status", status_text(*of.run)},
      {"verdict", verdict_text(*of.run)},
      {"warnings", warnings_json(*of.run)},
      {"damaged", of.run->run.damaged},
      {"manifest", manifest_json(of.run->run)},
      {"summary", summary_json(*of.run)},
      {"search", search_words(*of.run)},
      {"knee", knee_words(*of.run)},
      {"levels", std::move(levels)},
  };
}

} // namespace

result<json::object> page_data(std::span<const run_in_folder> runs) {
  std::size_t levels = 0;
  for (const run_in_folder& each : runs) levels += each.run->levels.size();
  json::array all;
  for (const run_in_folder& each : runs) {
    auto described = run_json(each, resolution_for(levels));
    if (described.has_error()) return described.error();
    all.emplace_back(std::move(*described));
  }
  return json::object{{"schema", "loadgen.report/1"}, {"runs", std::move(all)}};
}

} // namespace loadgen::report
