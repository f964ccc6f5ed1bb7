#include "report/trial_table.hpp"

#include "metrics/request_figures.hpp"
#include "report/columns_csv.hpp"
#include "report/manifest.hpp"
#include "report/text.hpp"

#include <boost/json/array.hpp>

#include <array>
#include <cmath>
#include <set>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using metrics::distribution;
using metrics::metric;

template<auto Get>
constexpr table_column<trial_row> of_trial(std::string_view name, std::string_view unit = {}) {
  return column<trial_row, Get>(name, unit);
}

/// One figure of one metric over the trial's requests.
template<metric Which, auto Figure>
constexpr table_column<trial_row> figure(std::string_view name, std::string_view unit = "ms") {
  return of_trial<[](const trial_row& of) { return of.level.of(Which).*Figure; }>(name, unit);
}

using row = const trial_row&;

constexpr std::array columns_of_trials{
    of_trial<[](row of) { return std::string_view{of.run.run.info.run_id}; }>("run_id"),
    of_trial<[](row of) { return of.level.info.level; }>("level"),
    of_trial<[](row of) { return of.level.info.concurrency; }>("concurrency", "requests"),
    of_trial<[](row of) { return of.level.info.rate; }>("rate", "requests/s"),
    of_trial<[](row of) { return of.level.info.trial; }>("trial"),
    of_trial<[](row of) { return of.level.complete; }>("complete"),
    of_trial<[](row of) { return to_ms(of.level.info.begin - of.run.run.info.epoch); }>("begin_ms", "ms"),
    of_trial<[](row of) { return of.level.window_s; }>("duration_s", "s"),
    of_trial<[](row of) { return of.level.requests.issued; }>("requests", "requests"),
    of_trial<[](row of) { return of.level.requests.completed; }>("completed", "requests"),
    of_trial<[](row of) { return of.level.requests.failed; }>("failed", "requests"),
    of_trial<[](row of) { return of.requests.input_tokens.mean(); }>("prompt_tokens_mean", "tokens"),
    of_trial<[](row of) { return of.requests.output_tokens.mean(); }>("output_tokens_mean", "tokens"),
    figure<metric::ttft, &distribution::mean>("ttft_ms_mean"),
    figure<metric::ttft, &distribution::std>("ttft_ms_std"),
    figure<metric::ttft, &distribution::p50>("ttft_ms_p50"),
    figure<metric::ttft, &distribution::p99>("ttft_ms_p99"),
    of_trial<[](row of) { return of.requests.stream_time_ms.mean(); }>("stream_time_ms_mean", "ms"),
    of_trial<[](row of) { return of.requests.stream_time_ms.std(); }>("stream_time_ms_std", "ms"),
    figure<metric::e2e_done, &distribution::mean>("total_time_ms_mean"),
    figure<metric::e2e_done, &distribution::std>("total_time_ms_std"),
    figure<metric::e2e_done, &distribution::p50>("total_time_ms_p50"),
    figure<metric::e2e_done, &distribution::p99>("total_time_ms_p99"),
    figure<metric::itl, &distribution::mean>("itl_ms_mean"),
    figure<metric::itl, &distribution::p99>("itl_ms_p99"),
    figure<metric::tpot, &distribution::mean>("tpot_ms_mean"),
    figure<metric::tokens_per_s, &distribution::mean>("decode_tokens_per_s_mean", "tokens/s"),
    figure<metric::tokens_per_s, &distribution::std>("decode_tokens_per_s_std", "tokens/s"),
    of_trial<[](row of) { return of.level.rates.requests_per_s; }>("requests_per_s", "requests/s"),
    of_trial<[](row of) { return of.level.rates.output_tokens_per_s; }>("output_tokens_per_s", "tokens/s"),
    of_trial<[](row of) { return to_string(of.level.trust.judgement); }>("verdict"),
};

json::value to_json(const cell& value) {
  const auto convert = [](const auto& held) -> json::value {
    using held_type = std::remove_cvref_t<decltype(held)>;
    if constexpr (std::is_same_v<held_type, std::monostate>)
      return nullptr;
    else if constexpr (std::is_same_v<held_type, std::string_view>)
      return json::value(well_formed(held));
    else
      return json::value(held);
  };
  return std::visit(convert, value);
}

json::value to_json(const std::optional<double>& value) {
  return value ? json::value(*value) : json::value();
}

std::set<std::string> names_of_server_figures(const analyzed_run& run) {
  std::set<std::string> names;
  for (const metrics::level_summary& level : run.levels)
    for (const auto& reported : level.server_reported) names.insert(reported.first);
  return names;
}

void write_server_figures(csv_row& line, const std::set<std::string>& names, const metrics::level_summary& level) {
  for (const std::string& name : names) {
    const auto found = level.server_reported.find(name);
    const bool known = found != level.server_reported.end();
    line.cell("server_" + printable(name) + "_mean", known ? found->second.mean : std::nullopt);
    line.cell("server_" + printable(name) + "_std", known ? found->second.std : std::nullopt);
  }
}

} // namespace

void running_moments::add(double value) noexcept {
  ++count_;
  const double before = value - mean_;
  mean_ += before / static_cast<double>(count_);
  squares_ += before * (value - mean_);
}

std::optional<double> running_moments::mean() const noexcept {
  return count_ == 0 ? std::nullopt : std::optional{mean_};
}

std::optional<double> running_moments::std() const noexcept {
  return count_ == 0 ? std::nullopt : std::optional{std::sqrt(squares_ / static_cast<double>(count_))};
}

void trial_moments::add(const metrics::request_record& record) noexcept {
  if (!metrics::is_measured_completion(record)) return;
  if (record.usage.input) input_tokens.add(*record.usage.input);
  output_tokens.add(static_cast<double>(metrics::output_tokens(record)));
  if (!record.chunks.empty()) stream_time_ms.add(to_ms(record.chunks.back().arrival - record.chunks.front().arrival));
}

std::span<const table_column<trial_row>> trial_columns() noexcept {
  return columns_of_trials;
}

std::string raw_trials_csv(const analyzed_run& run, const std::vector<trial_moments>& requests) {
  const std::set<std::string> server_figures = names_of_server_figures(run);
  std::string csv;
  csv_row names{csv, csv_row::kind::names};
  write_names(names, trial_columns());
  write_server_figures(names, server_figures, {});
  names.end();
  for (std::size_t i = 0; i < run.levels.size(); ++i) {
    csv_row values{csv, csv_row::kind::values};
    write_values(values, trial_columns(), trial_row{run, run.levels[i], requests[i]});
    write_server_figures(values, server_figures, run.levels[i]);
    values.end();
  }
  return csv;
}

json::object raw_trials_json(const analyzed_run& run, const std::vector<trial_moments>& requests) {
  json::array trials;
  for (std::size_t i = 0; i < run.levels.size(); ++i) {
    json::object& trial = trials.emplace_back(json::object{}).get_object();
    const trial_row from{run, run.levels[i], requests[i]};
    for (const auto& column : trial_columns()) trial[column.name] = to_json(column.value(from));
    json::object& reported = (trial["server_reported"] = json::object{}).get_object();
    for (const auto& [name, values] : run.levels[i].server_reported)
      reported[well_formed(name)] = {{"mean", to_json(values.mean)}, {"std", to_json(values.std)}};
  }
  const std::string label = text_at(merged_manifest(run.run), {"label"});
  return {{"schema", "loadgen.trials/1"},
          {"run_id", run.run.info.run_id},
          {"label", label.empty() ? json::value() : json::value(well_formed(label))},
          {"trials", std::move(trials)}};
}

} // namespace loadgen::report
