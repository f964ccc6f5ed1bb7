#include "report/definitions_facts.hpp"
#include "report/export_facts.hpp"
#include "report/text.hpp"

#include <loadgen/definitions/observations.hpp>
#include <loadgen/report/exports.hpp>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using definitions::observation;
using definitions::tool_figures;
using metrics::chunk_stamp;

constexpr auto tool = definitions::tool::aiperf;

constexpr std::array<std::pair<const char*, double>, 9> percentiles{{
    {"p1", 1},
    {"p5", 5},
    {"p10", 10},
    {"p25", 25},
    {"p50", 50},
    {"p75", 75},
    {"p90", 90},
    {"p95", 95},
    {"p99", 99},
}};

/// A metric without samples is left out.
void put_distribution(json::object& result, const char* tag, const char* unit, std::vector<double> values) {
  const sorted_samples samples{std::move(values)};
  if (samples.empty()) return;
  json::object metric{{"unit", unit}, {"avg", samples.mean()}};
  for (const auto& [name, percent] : percentiles) metric[name] = samples.percentile(percent);
  metric["min"] = samples.percentile(0);
  metric["max"] = samples.percentile(100);
  metric["std"] = samples.std();
  metric["count"] = samples.count();
  metric["sum"] = samples.sum();
  result[tag] = std::move(metric);
}

template<class Number>
void put_scalar(json::object& result, const char* tag, const char* unit, const std::optional<Number>& value) {
  if (value) result[tag] = json::object{{"unit", unit}, {"avg", *value}};
}

/// The figures that each successful request has one of, or of inter_chunk_latency several.
struct request_samples {
  std::vector<double> ttft, ttst, ttfo, latency, itl, chunk_gaps, per_user, input, output, answer, reasoning;

  void add(const observation& of) {
    const metrics::request_record& record = *of.record;
    append(ttft, of.ttft_ms);
    append(latency, of.e2e_ms);
    append(itl, of.mean_itl_ms);
    if (of.mean_itl_ms && *of.mean_itl_ms > 0) per_user.push_back(1000 / *of.mean_itl_ms);
    if (of.token_events.size() > 1) ttst.push_back(to_ms(of.token_events[1] - of.token_events[0]));
    const auto answer_begins = std::find_if(record.chunks.begin(), record.chunks.end(),
                                            [](const chunk_stamp& chunk) { return chunk.has(chunk_stamp::answer); });
    if (answer_begins != record.chunks.end()) ttfo.push_back(to_ms(answer_begins->arrival - *of.start));
    for (std::size_t i = 1; i < of.token_events.size(); ++i)
      chunk_gaps.push_back(to_ms(of.token_events[i] - of.token_events[i - 1]));
    if (record.usage.input) input.push_back(*record.usage.input);
    const auto tokens = static_cast<double>(of.output_tokens);
    output.push_back(tokens);
    const double thought = record.usage.reasoning ? *record.usage.reasoning : 0.0;
    answer.push_back(std::max(0.0, tokens - thought));
    if (record.usage.reasoning) reasoning.push_back(thought);
  }

private:
  static void append(std::vector<double>& to, const std::optional<double>& value) {
    if (value) to.push_back(*value);
  }
};

void put_request_metrics(json::object& result, request_samples of) {
  put_distribution(result, "time_to_first_token", "ms", std::move(of.ttft));
  put_distribution(result, "time_to_second_token", "ms", std::move(of.ttst));
  put_distribution(result, "time_to_first_output_token", "ms", std::move(of.ttfo));
  put_distribution(result, "request_latency", "ms", std::move(of.latency));
  put_distribution(result, "inter_token_latency", "ms", std::move(of.itl));
  put_distribution(result, "inter_chunk_latency", "ms", std::move(of.chunk_gaps));
  put_distribution(result, "output_token_throughput_per_user", "tokens/sec/user", std::move(of.per_user));
  put_distribution(result, "input_sequence_length", "tokens", std::move(of.input));
  put_distribution(result, "output_sequence_length", "tokens", std::move(of.output));
  put_distribution(result, "output_token_count", "tokens", std::move(of.answer));
  put_distribution(result, "reasoning_token_count", "tokens", std::move(of.reasoning));
}

void put_scalars(json::object& result, const tool_figures& figures, std::uint64_t good) {
  put_scalar(result, "request_throughput", "requests/sec", figures.requests_per_s);
  put_scalar(result, "output_token_throughput", "tokens/sec", figures.output_tokens_per_s);
  put_scalar(result, "total_token_throughput", "tokens/sec", figures.total_tokens_per_s);
  put_scalar(result, "request_count", "requests", std::optional{figures.completed});
  if (figures.failed > 0) put_scalar(result, "error_request_count", "requests", std::optional{figures.failed});
  put_scalar(result, "total_isl", "tokens", figures.input_tokens);
  put_scalar(result, "total_osl", "tokens", std::optional{figures.output_tokens});
  put_scalar(result, "benchmark_duration", "sec", figures.duration_s);
  if (!figures.goodput_per_s) return;
  put_scalar(result, "goodput", "requests/sec", figures.goodput_per_s);
  put_scalar(result, "good_request_count", "requests", std::optional{good});
  if (figures.completed > 0)
    put_scalar(result, "good_request_fraction", "ratio",
               std::optional{static_cast<double>(good) / static_cast<double>(figures.completed)});
}

json::array error_summary(const std::vector<observation>& requests) {
  std::map<std::pair<std::string, std::string>, std::uint64_t> counts; // by cause and message
  std::map<std::pair<std::string, std::string>, std::uint16_t> codes;
  for (const observation& request : requests) {
    if (request.succeeded) continue;
    const std::pair what{std::string{to_string(request.record->why)}, well_formed(request.record->message)};
    ++counts[what];
    codes[what] = request.record->http_status;
  }
  json::array errors;
  for (const auto& [what, count] : counts) {
    json::object details{{"type", what.first}, {"message", what.second}};
    if (codes[what] != 0) details["code"] = codes[what];
    errors.emplace_back(json::object{{"error_details", std::move(details)}, {"count", count}});
  }
  return errors;
}

/// What was asked for, in the tool's words.
json::object input_config(const json::object& manifest, const metrics::level_summary& level) {
  json::object loadgen;
  if (level.info.concurrency) loadgen["concurrency"] = *level.info.concurrency;
  if (level.info.rate) loadgen["request_rate"] = *level.info.rate;
  if (level.info.planned) loadgen["request_count"] = *level.info.planned;
  json::object endpoint{{"model_names", json::array{well_formed(text_at(manifest, {"target", "model"}))}},
                        {"type", text_at(manifest, {"target", "endpoint"})},
                        {"streaming", at_path(manifest, {"target", "stream"}) != json::value(false)}};
  if (const json::value& urls = at_path(manifest, {"target", "urls"}); urls.is_array()) endpoint["urls"] = urls;
  return {{"endpoint", std::move(endpoint)}, {"loadgen", std::move(loadgen)}};
}

std::string iso_text(std::int64_t unix_ns) {
  std::string text = utc_text(unix_ns); // ends in Z
  text.pop_back();
  return text;
}

} // namespace

json::object aiperf_json(const analyzed_run& run, std::size_t level) {
  const definitions::run_facts facts = facts_of(run.run);
  const metrics::recorded_level& records = run.run.levels[level];
  const std::vector<observation> requests = definitions::observe_level(tool, records, facts);
  request_samples samples;
  std::uint64_t good = 0;
  for (const observation& request : requests) {
    if (request.succeeded) samples.add(request);
    if (request.met_slo) ++good;
  }
  const json::object manifest = merged_manifest(run.run);
  const instant begin = records.end ? records.end->measured_from : records.info.begin;
  json::object result{{"schema_version", "1.4"},
                      {"aiperf_version", definitions::describe(tool).version},
                      {"benchmark_id", run.run.info.run_id}};
  put_request_metrics(result, std::move(samples));
  put_scalars(result, definitions::recompute(tool, records, facts), good);
  result["input_config"] = input_config(manifest, run.levels[level]);
  result["was_cancelled"] = run.run.end && run.run.end->interrupted_by != 0;
  result["is_complete"] = run.levels[level].complete;
  if (!run.levels[level].complete) result["incomplete_reason"] = records.end ? "interrupted" : "killed";
  result["error_summary"] = error_summary(requests);
  result["start_time"] =
      iso_text(run.run.info.epoch_unix_ns + std::chrono::nanoseconds{begin - run.run.info.epoch}.count());
  result["end_time"] = iso_text(end_of(run, level));
  result["metadata"] = {{"generator", "loadgen"}};
  return result;
}

} // namespace loadgen::report
