#include "report/plots/plot.hpp"
#include "report/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <optional>

namespace loadgen::report {

namespace {

namespace json = boost::json;

struct latency_name {
  const char* key;  // in the summary
  const char* file; // in the names of plots
  const char* words;
};

constexpr std::array against_load{latency_name{"ttft_ms", "ttft", "time to first token"},
                                  latency_name{"tpot_ms", "tpot", "time per output token"},
                                  latency_name{"e2e_ms", "e2e", "end to end"}};
constexpr std::array distributed{
    latency_name{"ttft_ms", "ttft", "time to first token"}, latency_name{"itl_ms", "itl", "inter-token latency"},
    latency_name{"tpot_ms", "tpot", "time per output token"}, latency_name{"e2e_ms", "e2e", "end to end"}};
constexpr std::array over_time_latencies{latency_name{"ttft_ms", "ttft", "time to first token"},
                                         latency_name{"itl_ms", "itl", "inter-token latency"}};

constexpr double gap = std::numeric_limits<double>::quiet_NaN();

double number_or_gap(const json::value& value) {
  return value.is_number() ? value.to_number<double>() : gap;
}

/// The value at a path; null where the path ends early.
json::value at(const json::value& in, std::initializer_list<std::string_view> path) {
  const json::value* here = &in;
  for (const std::string_view key : path) {
    const json::object* object = here->if_object();
    const json::value* next = object != nullptr ? object->if_contains(key) : nullptr;
    if (next == nullptr) return nullptr;
    here = next;
  }
  return *here;
}

/// A level of a run with what is drawn of it.
struct level_view {
  const json::value* summary;
  const json::value* traces;
  std::string load; // "concurrency 8", "rate 2.5/s"
};

struct run_view {
  std::string name; // short
  std::vector<level_view> levels;
};

std::string load_of(const json::value& level) {
  std::string load = "all";
  if (const json::value concurrency = at(level, {"concurrency"}); concurrency.is_number())
    load = fmt::format("concurrency {}", concurrency.to_number<std::int64_t>());
  else if (const json::value rate = at(level, {"rate"}); rate.is_number())
    load = fmt::format("rate {:.6g}/s", rate.to_number<double>());
  const json::value trial = at(level, {"trial"});
  return trial.is_number() && trial.to_number<std::int64_t>() > 1
             ? fmt::format("{} trial {}", load, trial.to_number<std::int64_t>())
             : load;
}

/// The run's label, else its id, as long as a legend has room for it.
std::string short_name(const json::value& run) {
  constexpr std::size_t longest = 40;
  json::value name = at(run, {"summary", "label"});
  if (!name.is_string() || name.as_string().empty()) name = at(run, {"summary", "run_id"});
  if (!name.is_string()) return "";
  const std::vector<std::string> lines = wrapped(printable(name.as_string()), longest);
  return lines.size() > 1 ? lines.front() + " ..." : lines.front();
}

std::vector<run_view> runs_of(const json::object& page) {
  std::vector<run_view> runs;
  for (const json::value& run : page.at("runs").as_array()) {
    run_view view;
    view.name = short_name(run);
    const json::array& summaries = run.at("summary").at("levels").as_array();
    const json::array& traces = run.at("levels").as_array();
    for (std::size_t i = 0; i < summaries.size() && i < traces.size(); ++i)
      view.levels.push_back({&summaries[i], &traces[i], load_of(summaries[i])});
    runs.push_back(std::move(view));
  }
  return runs;
}

std::optional<double> load_number(const json::value& level) {
  for (const char* key : {"concurrency", "rate"})
    if (const json::value load = at(level, {key}); load.is_number()) return load.to_number<double>();
  return std::nullopt;
}

std::string load_label(const std::vector<run_view>& runs) {
  bool closed = false, open = false;
  for (const run_view& run : runs)
    for (const level_view& level : run.levels) {
      const bool is_closed = at(*level.summary, {"concurrency"}).is_number();
      (is_closed ? closed : open) = true;
    }
  return closed && open ? "load: concurrency, or requests/s" : open ? "requests/s" : "concurrency";
}

/// A figure of each load of a run, its mean where there are trials.
plot_series by_load(const run_view& run, std::string title, std::initializer_list<std::string_view> path) {
  std::map<double, std::pair<double, int>> sums;
  for (const level_view& level : run.levels) {
    const std::optional<double> load = load_number(*level.summary);
    const json::value figure = at(*level.summary, path);
    if (!load || !figure.is_number()) continue;
    auto& [sum, count] = sums[*load];
    sum += figure.to_number<double>();
    ++count;
  }
  plot_series series{std::move(title), {}};
  for (const auto& [load, sum] : sums) series.points.emplace_back(load, sum.first / sum.second);
  return series;
}

std::string series_name(const std::vector<run_view>& runs, const run_view& run, const std::string& what) {
  if (runs.size() == 1) return what;
  return what.empty() ? run.name : fmt::format("{}: {}", run.name, what);
}

plot load_plot(const std::vector<run_view>& runs, std::string name, std::string title, std::string y_label) {
  return {std::move(name),
          std::move(title),
          load_label(runs),
          std::move(y_label),
          plot::axis::doubling,
          plot::shape::points,
          {}};
}

void add_load_plots(const std::vector<run_view>& runs, std::vector<plot>& plots) {
  plot rates = load_plot(runs, "throughput", "throughput against load", "output tokens/s");
  for (const run_view& run : runs)
    rates.series.push_back(
        by_load(run, series_name(runs, run, "output tokens/s"), {"throughput", "output_tokens_per_s"}));
  plots.push_back(std::move(rates));
  for (const latency_name& latency : against_load) {
    plot drawn = load_plot(runs, latency.file, fmt::format("{} against load", latency.words), "ms");
    for (const run_view& run : runs)
      for (const char* figure : {"p50", "p99"})
        drawn.series.push_back(by_load(run, series_name(runs, run, figure), {"metrics", latency.key, figure}));
    plots.push_back(std::move(drawn));
  }
}

plot_series pairs(std::string title, const json::value& x, const json::value& y) {
  plot_series series{std::move(title), {}};
  if (!x.is_array() || !y.is_array()) return series;
  const json::array& xs = x.as_array();
  const json::array& ys = y.as_array();
  for (std::size_t i = 0; i < xs.size() && i < ys.size(); ++i)
    series.points.emplace_back(number_or_gap(xs[i]), number_or_gap(ys[i]));
  return series;
}

/// Bars of equal width as the outline of a density: comparable between series whose bins differ.
plot_series density(std::string title, const json::value& histogram) {
  plot_series series{std::move(title), {}};
  const double from = number_or_gap(at(histogram, {"from"}));
  const double width = number_or_gap(at(histogram, {"width"}));
  const json::value share = at(histogram, {"share"});
  if (!share.is_array() || !(width > 0)) return series;
  double x = from;
  series.points.emplace_back(x, 0);
  for (const json::value& part : share.as_array()) {
    series.points.emplace_back(x, number_or_gap(part) / width);
    x += width;
  }
  series.points.emplace_back(x, 0);
  return series;
}

/// A row over time: moments of equal length.
plot_series over_time(std::string title, const json::value& traces, std::initializer_list<std::string_view> path) {
  plot_series series{std::move(title), {}};
  const double step = number_or_gap(at(traces, {"over_time", "step_s"}));
  const json::value row = at(traces, path);
  if (!row.is_array()) return series;
  double middle = step / 2;
  for (const json::value& value : row.as_array()) {
    series.points.emplace_back(middle, number_or_gap(value));
    middle += step;
  }
  return series;
}

template<class MakeSeries>
void add_level_plot(const std::vector<run_view>& runs, plot drawn, std::vector<plot>& plots, MakeSeries&& make_series) {
  for (const run_view& run : runs)
    for (const level_view& level : run.levels)
      drawn.series.push_back(make_series(series_name(runs, run, level.load), *level.traces));
  plots.push_back(std::move(drawn));
}

void add_distributions(const std::vector<run_view>& runs, std::vector<plot>& plots) {
  for (const latency_name& latency : distributed)
    add_level_plot(runs,
                   {fmt::format("percentiles-{}", latency.file),
                    fmt::format("{}, all percentiles", latency.words),
                    "percentile",
                    "ms",
                    plot::axis::nines,
                    plot::shape::line,
                    {}},
                   plots, [&latency](std::string title, const json::value& traces) {
                     return pairs(std::move(title), at(traces, {"percentiles", latency.key, "one_in"}),
                                  at(traces, {"percentiles", latency.key, "value"}));
                   });
  for (const latency_name& latency : over_time_latencies)
    add_level_plot(runs,
                   {fmt::format("histogram-{}", latency.file),
                    fmt::format("{}, distribution", latency.words),
                    "ms",
                    "share of the samples per ms",
                    plot::axis::linear,
                    plot::shape::steps,
                    {}},
                   plots, [&latency](std::string title, const json::value& traces) {
                     return density(std::move(title), at(traces, {"histograms", latency.key}));
                   });
}

void add_time_plots(const std::vector<run_view>& runs, std::vector<plot>& plots) {
  const auto add = [&](std::string file, std::string title, std::string unit,
                       std::initializer_list<std::string_view> path) {
    add_level_plot(runs,
                   {"over-time-" + std::move(file),
                    std::move(title) + " over time",
                    "s",
                    std::move(unit),
                    plot::axis::linear,
                    plot::shape::line,
                    {}},
                   plots, [path](std::string name, const json::value& traces) {
                     return over_time(std::move(name), traces, path);
                   });
  };
  add("ttft", "time to first token, mean", "ms", {"over_time", "ttft_ms", "mean"});
  add("itl", "inter-token latency, mean", "ms", {"over_time", "itl_ms", "mean"});
  add("throughput", "output rate", "output tokens/s", {"over_time", "output_tokens_per_s"});
  add("in-flight", "requests in flight", "requests", {"over_time", "in_flight"});
}

/// " (MODEL)" where all runs asked for the same one.
std::string model_of(const json::object& page) {
  std::string model;
  for (const json::value& run : page.at("runs").as_array()) {
    const json::value named = at(run, {"summary", "target", "model"});
    const std::string name = named.is_string() ? std::string{named.as_string()} : "";
    if (!model.empty() && name != model) return "";
    model = name;
  }
  return model.empty() ? "" : fmt::format(" ({})", wrapped(printable(model), 40).front());
}

bool has_points(const plot_series& series) {
  return std::any_of(series.points.begin(), series.points.end(),
                     [](const auto& point) { return point.second == point.second; });
}

} // namespace

std::vector<plot> plots_of(const json::object& page) {
  const std::vector<run_view> runs = runs_of(page);
  std::vector<plot> all;
  add_load_plots(runs, all);
  add_distributions(runs, all);
  add_time_plots(runs, all);
  const std::string model = model_of(page);
  for (plot& each : all) each.title += model;
  for (plot& each : all) std::erase_if(each.series, [](const plot_series& series) { return !has_points(series); });
  std::erase_if(all, [](const plot& each) { return each.series.empty(); });
  return all;
}

} // namespace loadgen::report
