#include "report/trials.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <array>
#include <map>
#include <string_view>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using metrics::distribution;
using metrics::level_summary;
using metrics::trial_statistics;

template<class Figure>
trial_statistics describe(const trial_group& group, Figure&& figure) {
  std::vector<double> values;
  for (const level_summary* trial : group)
    if (const std::optional<double> value = figure(*trial)) values.push_back(*value);
  return metrics::describe_trials(values);
}

json::value statistics_json(const trial_statistics& of) {
  return json::object{
      {"trials", of.trials},
      {"mean", of.mean ? json::value(*of.mean) : json::value()},
      {"std", of.std ? json::value(*of.std) : json::value()},
      {"ci95", of.ci95 ? json::value(json::array{of.ci95->low, of.ci95->high}) : json::value()},
  };
}

json::object metrics_json(const trial_group& group) {
  constexpr std::array figures{
      std::pair{"mean", &distribution::mean}, std::pair{"p50", &distribution::p50},
      std::pair{"p90", &distribution::p90},   std::pair{"p95", &distribution::p95},
      std::pair{"p99", &distribution::p99},   std::pair{"p99_9", &distribution::p99_9},
  };
  json::object all;
  for (std::size_t i = 0; i < metrics::metric_count; ++i) {
    const auto which = static_cast<metrics::metric>(i);
    json::object described;
    for (const auto& [name, figure] : figures) described[name] = statistics_json(over_trials(group, which, figure));
    all[key(which)] = std::move(described);
  }
  return all;
}

json::object throughput_json(const trial_group& group) {
  constexpr std::array rates{
      std::pair{"requests_per_s", &metrics::throughput::requests_per_s},
      std::pair{"output_tokens_per_s", &metrics::throughput::output_tokens_per_s},
      std::pair{"total_tokens_per_s", &metrics::throughput::total_tokens_per_s},
      std::pair{"goodput_per_s", &metrics::throughput::goodput_per_s},
  };
  json::object all;
  for (const auto& [name, rate] : rates)
    all[name] =
        statistics_json(describe(group, [member = rate](const level_summary& trial) { return trial.rates.*member; }));
  return all;
}

} // namespace

std::vector<trial_group> repeated_levels(const analyzed_run& run) {
  std::map<std::uint32_t, trial_group> by_level;
  for (const level_summary& level : run.levels)
    if (level.complete) by_level[level.info.level].push_back(&level);
  std::vector<trial_group> repeated;
  for (auto& [level, trials] : by_level)
    if (trials.size() > 1) repeated.push_back(std::move(trials));
  return repeated;
}

trial_statistics over_trials(const trial_group& group, metrics::metric which,
                             std::optional<double> distribution::*figure) {
  return describe(group, [which, figure](const level_summary& trial) { return trial.of(which).*figure; });
}

json::value trials_json(const analyzed_run& run) {
  json::array all;
  for (const trial_group& group : repeated_levels(run)) {
    const metrics::level_info& info = group.front()->info;
    all.push_back(json::object{
        {"concurrency", info.concurrency ? json::value(*info.concurrency) : json::value()},
        {"rate", info.rate ? json::value(*info.rate) : json::value()},
        {"grid", info.grid_input ? json::value{{"in", *info.grid_input}, {"out", info.grid_output.value_or(0)}}
                                 : json::value()},
        {"trials", group.size()},
        {"throughput", throughput_json(group)},
        {"metrics", metrics_json(group)},
    });
  }
  return all.empty() ? json::value() : json::value(std::move(all));
}

} // namespace loadgen::report
