#include "report/definitions_facts.hpp"

#include <loadgen/report/definitions.hpp>

#include <boost/json/array.hpp>

#include <array>
#include <string_view>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using definitions::latency;
using definitions::statistics;
using definitions::tool;
using definitions::tool_figures;

constexpr std::array statistic_members{&statistics::mean, &statistics::std, &statistics::min, &statistics::p50,
                                       &statistics::p90,  &statistics::p95, &statistics::p99, &statistics::max};

/// A tool's names for them, in that order; "" for what it does not have. A '/' goes into an object.
using statistic_names = std::array<std::string_view, statistic_members.size()>;

/// Where a tool has one latency: before and behind the name of the statistic. No names: it has none.
struct latency_keys {
  std::string_view before;
  std::string_view behind;
  const statistic_names* names = nullptr;
  double per_ms = 1; ///< its unit
};

struct scalar_keys {
  std::string_view completed, failed, input_tokens, output_tokens, duration, requests, output, total, goodput;
};

/// How one tool names what it reports.
struct result_keys {
  std::array<latency_keys, definitions::all_latencies.size()> latencies; ///< ttft, itl, tpot, e2e
  scalar_keys scalars;
};

constexpr statistic_names bench_names{"mean", "std", "", "median", "p90", "p95", "p99", ""};
constexpr statistic_names guidellm_names{
    "mean", "std_dev", "min", "median", "percentiles/p90", "percentiles/p95", "percentiles/p99", "max"};
constexpr statistic_names aiperf_names{"avg", "std", "min", "p50", "p90", "p95", "p99", "max"};
constexpr statistic_names inference_perf_names{"mean", "", "min", "median", "p90", "p95", "p99", "max"};
constexpr statistic_names genai_bench_names{"mean", "stddev", "min", "p50", "p90", "p95", "p99", "max"};
constexpr statistic_names llmperf_names{"mean",          "stddev",        "min",           "quantiles/p50",
                                        "quantiles/p90", "quantiles/p95", "quantiles/p99", "max"};
constexpr statistic_names mlperf_names{
    "mean", "", "min", "50.00_percentile", "90.00_percentile", "95.00_percentile", "99.00_percentile", "max"};
constexpr statistic_names mlperf_tpot_names{"to_output_token_mean",
                                            "",
                                            "to_output_token_min",
                                            "per_output_token_50.00_percentile_ns",
                                            "per_output_token_90.00_percentile_ns",
                                            "per_output_token_95.00_percentile_ns",
                                            "per_output_token_99.00_percentile_ns",
                                            "to_output_token_max"};

constexpr double seconds = 1e-3;
constexpr double nanoseconds = 1e6;
constexpr latency_keys no_such{};

constexpr std::array<result_keys, definitions::tool_count> keys_of_tools{{
    {{{{"", "_ttft_ms", &bench_names},
       {"", "_itl_ms", &bench_names},
       {"", "_tpot_ms", &bench_names},
       {"", "_e2el_ms", &bench_names}}},
     {"completed", "failed", "total_input_tokens", "total_output_tokens", "duration", "request_throughput",
      "output_throughput", "total_token_throughput", "request_goodput"}},
    {{{{"", "_ttft_ms", &bench_names},
       {"", "_itl_ms", &bench_names},
       {"", "_tpot_ms", &bench_names},
       {"", "_e2e_latency_ms", &bench_names}}},
     {"completed", "", "total_input_tokens", "total_output_tokens", "duration", "request_throughput",
      "output_throughput", "total_throughput", "request_goodput"}},
    {{{{"metrics/time_to_first_token_ms/successful/", "", &guidellm_names},
       {"metrics/inter_token_latency_ms/successful/", "", &guidellm_names},
       {"metrics/time_per_output_token_ms/successful/", "", &guidellm_names},
       {"metrics/request_latency/successful/", "", &guidellm_names, seconds}}},
     {"metrics/request_totals/successful", "metrics/request_totals/errored",
      "metrics/prompt_token_count/successful/total_sum", "metrics/output_token_count/successful/total_sum", "duration",
      "metrics/requests_per_second/successful/mean", "metrics/output_tokens_per_second/successful/mean",
      "metrics/tokens_per_second/successful/mean", "metrics/request_goodput/successful/mean"}},
    {{{{"time_to_first_token/", "", &aiperf_names},
       {"inter_token_latency/", "", &aiperf_names},
       no_such,
       {"request_latency/", "", &aiperf_names}}},
     {"request_count/avg", "error_request_count/avg", "total_isl/avg", "total_osl/avg", "benchmark_duration/avg",
      "request_throughput/avg", "output_token_throughput/avg", "total_token_throughput/avg", "goodput/avg"}},
    {{{{"successes/latency/time_to_first_token/", "", &inference_perf_names, seconds},
       {"successes/latency/inter_token_latency/", "", &inference_perf_names, seconds},
       {"successes/latency/time_per_output_token/", "", &inference_perf_names, seconds},
       {"successes/latency/request_latency/", "", &inference_perf_names, seconds}}},
     {"successes/count", "failures/count", "successes/prompt_tokens/total", "successes/output_tokens/total",
      "benchmark_time_seconds", "successes/throughput/requests_per_sec", "successes/throughput/output_tokens_per_sec",
      "successes/throughput/total_tokens_per_sec", "successes/goodput_metrics/request_goodput"}},
    {{{{"aggregated_metrics/stats/ttft/", "", &genai_bench_names, seconds},
       no_such,
       {"aggregated_metrics/stats/tpot/", "", &genai_bench_names, seconds},
       {"aggregated_metrics/stats/e2e_latency/", "", &genai_bench_names, seconds}}},
     {"aggregated_metrics/num_completed_requests", "aggregated_metrics/num_error_requests",
      "aggregated_metrics/stats/num_input_tokens/sum", "aggregated_metrics/stats/num_output_tokens/sum",
      "aggregated_metrics/run_duration", "aggregated_metrics/requests_per_second",
      "aggregated_metrics/mean_output_throughput_tokens_per_s",
      "aggregated_metrics/mean_total_tokens_throughput_tokens_per_s", ""}},
    {{{{"results/ttft_s/", "", &llmperf_names, seconds},
       {"results/inter_token_latency_s/", "", &llmperf_names, seconds},
       no_such,
       {"results/end_to_end_latency_s/", "", &llmperf_names, seconds}}},
     {"results/num_completed_requests", "results/number_errors", "", "", "", "",
      "results/mean_output_throughput_token_per_s", "", ""}},
    {{{{"result_first_token_", "_latency_ns", &mlperf_names, nanoseconds},
       no_such,
       {"result_time_", "", &mlperf_tpot_names, nanoseconds},
       {"result_", "_latency_ns", &mlperf_names, nanoseconds}}},
     {"result_query_count", "num_errors", "", "", "", "result_completed_samples_per_sec",
      "result_completed_tokens_per_second", "", ""}},
}};

void put(json::object& root, std::string_view path, json::value value) {
  json::object* into = &root;
  for (std::size_t slash = path.find('/'); slash != std::string_view::npos; slash = path.find('/')) {
    json::value& inner = (*into)[path.substr(0, slash)];
    if (!inner.is_object()) inner.emplace_object();
    into = &inner.get_object();
    path.remove_prefix(slash + 1);
  }
  (*into)[path] = std::move(value);
}

void put_number(json::object& root, std::string_view path, const std::optional<double>& number) {
  if (!path.empty() && number) put(root, path, *number);
}

void put_count(json::object& root, std::string_view path, const std::optional<std::uint64_t>& count) {
  if (!path.empty() && count) put(root, path, *count);
}

void put_latency(json::object& root, const latency_keys& keys, const std::optional<statistics>& values) {
  if (keys.names == nullptr || !values) return;
  for (std::size_t i = 0; i < statistic_members.size(); ++i) {
    const std::optional<double>& value = (*values).*statistic_members[i];
    const std::string_view name = (*keys.names)[i];
    if (!name.empty() && value)
      put(root, std::string{keys.before}.append(name).append(keys.behind), *value * keys.per_ms);
  }
}

/// llmperf counts by the minute.
void put_per_minute(json::object& root, tool which, const tool_figures& figures) {
  if (which == tool::llmperf && figures.requests_per_s)
    put(root, "results/num_completed_requests_per_min", *figures.requests_per_s * 60);
}

json::object result_json(tool which, const tool_figures& figures) {
  const result_keys& keys = keys_of_tools[static_cast<std::size_t>(which)];
  const scalar_keys& scalars = keys.scalars;
  json::object result;
  put_number(result, scalars.duration, figures.duration_s);
  put_count(result, scalars.completed, figures.completed);
  put_count(result, scalars.failed, figures.failed);
  put_count(result, scalars.input_tokens, figures.input_tokens);
  put_count(result, scalars.output_tokens, figures.output_tokens);
  put_number(result, scalars.requests, figures.requests_per_s);
  put_number(result, scalars.output, figures.output_tokens_per_s);
  put_number(result, scalars.total, figures.total_tokens_per_s);
  put_number(result, scalars.goodput, figures.goodput_per_s);
  put_per_minute(result, which, figures);
  for (const latency kind : definitions::all_latencies)
    put_latency(result, keys.latencies[static_cast<std::size_t>(kind)], figures.of(kind));
  return result;
}

json::object description_json(tool which, const metrics::recorded_run& run) {
  json::array approximated;
  for (const std::string_view sentence : approximations(which, run)) approximated.emplace_back(sentence);
  return {{"tool", describe(which).name},
          {"version", describe(which).version},
          {"unlike_ours", describe(which).difference},
          {"approximated", std::move(approximated)}};
}

json::object level_json(const metrics::level_info& level) {
  return {{"concurrency", level.concurrency ? json::value(*level.concurrency) : json::value()},
          {"rate", level.rate ? json::value(*level.rate) : json::value()},
          {"trial", level.trial}};
}

json::object document(const analyzed_run& run) {
  return {{"schema", "loadgen.definitions/1"}, {"run_id", run.run.info.run_id}, {"complete", run.run.complete()}};
}

} // namespace

json::object definitions_json(const analyzed_run& run, tool which) {
  const definitions::run_facts facts = facts_of(run.run);
  json::array levels;
  for (const metrics::recorded_level& level : run.run.levels) {
    json::object described = level_json(level.info);
    described["result"] = result_json(which, recompute(which, level, facts));
    levels.push_back(std::move(described));
  }
  json::object root = document(run);
  for (const json::key_value_pair& member : description_json(which, run.run)) root[member.key()] = member.value();
  root["levels"] = std::move(levels);
  return root;
}

json::object definitions_comparison_json(const analyzed_run& run) {
  const definitions::run_facts facts = facts_of(run.run);
  const json::object summary = summary_json(run);
  const json::array& ours = summary.at("levels").as_array();
  json::array levels;
  for (std::size_t i = 0; i < run.run.levels.size(); ++i) {
    json::object tools{{"loadgen", ours[i]}};
    for (const tool which : definitions::all_tools)
      tools[describe(which).name] = result_json(which, recompute(which, run.run.levels[i], facts));
    json::object described = level_json(run.run.levels[i].info);
    described["tools"] = std::move(tools);
    levels.push_back(std::move(described));
  }
  json::array tools;
  for (const tool which : definitions::all_tools) tools.push_back(description_json(which, run.run));
  json::object root = document(run);
  root["tools"] = std::move(tools);
  root["levels"] = std::move(levels);
  return root;
}

} // namespace loadgen::report
