#include "report/definitions_facts.hpp"
#include "report/export_facts.hpp"
#include "report/text.hpp"

#include <loadgen/definitions/observations.hpp>
#include <loadgen/report/exports.hpp>

#include <boost/json/array.hpp>
#include <fmt/chrono.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using definitions::observation;
using definitions::tool_figures;

constexpr auto tool = definitions::tool::vllm;

/// Those that its --metric-percentiles is given, and those that readers of its files look for.
constexpr std::array percents{0.1, 1.0, 5.0, 10.0, 25.0, 50.0, 75.0, 90.0, 95.0, 99.0, 99.9};

constexpr double seconds_per_ms = 1e-3;

double seconds_between(instant from, instant to) {
  return to_s(to - from);
}

void put_block(json::object& result, std::string_view name, const sorted_samples& samples) {
  result[fmt::format("mean_{}_ms", name)] = samples.mean();
  result[fmt::format("median_{}_ms", name)] = samples.percentile(50);
  result[fmt::format("std_{}_ms", name)] = samples.std();
  for (const double percent : percents) result[fmt::format("p{}_{}_ms", percent, name)] = samples.percentile(percent);
}

std::vector<double> gaps_ms(const observation& request) {
  std::vector<double> gaps;
  for (std::size_t i = 1; i < request.token_events.size(); ++i)
    gaps.push_back(to_ms(request.token_events[i] - request.token_events[i - 1]));
  return gaps;
}

void put_latencies(json::object& result, const std::vector<observation>& requests) {
  std::vector<double> ttft, tpot, itl, e2e;
  const auto add = [](std::vector<double>& to, std::optional<double> value) {
    if (value) to.push_back(*value);
  };
  for (const observation& request : requests) {
    if (!request.succeeded) continue;
    add(ttft, request.ttft_ms);
    add(tpot, request.tpot_ms);
    add(e2e, request.e2e_ms);
    const std::vector<double> gaps = gaps_ms(request);
    itl.insert(itl.end(), gaps.begin(), gaps.end());
  }
  put_block(result, "ttft", sorted_samples{std::move(ttft)});
  put_block(result, "tpot", sorted_samples{std::move(tpot)});
  put_block(result, "itl", sorted_samples{std::move(itl)});
  put_block(result, "e2el", sorted_samples{std::move(e2e)});
}

/// The busiest of the seconds that the level is cut into, by what it generated and by how many requests ran in it.
void put_peaks(json::object& result, const std::vector<observation>& requests) {
  std::optional<instant> begin;
  for (const observation& request : requests)
    if (request.succeeded) begin = begin ? std::min(*begin, *request.start) : *request.start;
  std::vector<std::uint64_t> tokens, running;
  const auto count = [](std::vector<std::uint64_t>& in, std::size_t second) {
    if (in.size() <= second) in.resize(second + 1);
    ++in[second];
  };
  const auto second_of = [&](instant when) {
    return static_cast<std::size_t>(std::max(0.0, seconds_between(*begin, when)));
  };
  for (const observation& request : requests) {
    if (!request.succeeded) continue;
    for (const instant token : request.token_events) count(tokens, second_of(token));
    const std::size_t last = second_of(*request.end);
    for (std::size_t second = second_of(*request.start); second <= last; ++second) count(running, second);
  }
  const auto most = [](const std::vector<std::uint64_t>& of) {
    return of.empty() ? 0 : *std::max_element(of.begin(), of.end());
  };
  result["max_output_tokens_per_s"] = static_cast<double>(most(tokens));
  result["max_concurrent_requests"] = most(running);
}

/// Of gamma-distributed gaps 1 / CV^2: 1 of Poisson arrivals; "inf" of equal gaps, which JSON has no number for.
json::value burstiness(const json::object& manifest) {
  const json::value& arrival = setting_of(manifest, "arrival");
  if (!arrival.is_string()) return 1.0;
  const std::string_view text{arrival.get_string()};
  if (text == "constant") return "inf";
  constexpr std::string_view gamma = "gamma:";
  double cv = 1;
  if (text.starts_with(gamma)) std::from_chars(text.data() + gamma.size(), text.data() + text.size(), cv);
  return cv > 0 ? json::value(1 / (cv * cv)) : json::value("inf");
}

json::value max_concurrency(const json::object& manifest, const metrics::level_info& level) {
  if (level.concurrency) return *level.concurrency;
  const json::value& cap = setting_of(manifest, "max-concurrency");
  return cap.is_number() ? cap : json::value();
}

/// What the tool calls the endpoint; one that it does not have keeps our name.
std::string backend_name(const std::string& endpoint) {
  if (endpoint == "chat") return "openai-chat";
  if (endpoint == "completions") return "openai";
  if (endpoint == "responses") return "openai-responses";
  if (endpoint == "llamacpp") return "llama.cpp";
  return endpoint;
}

void put_setup(json::object& result, const analyzed_run& run, std::size_t level) {
  const json::object manifest = merged_manifest(run.run);
  const metrics::level_info& info = run.levels[level].info;
  const std::string backend = backend_name(text_at(manifest, {"target", "endpoint"}));
  const std::time_t ended = static_cast<std::time_t>(end_of(run, level) / 1'000'000'000);
  const std::string label = well_formed(text_at(manifest, {"label"}));
  result["date"] = fmt::format("{:%Y%m%d-%H%M%S}", fmt::gmtime(ended));
  result["endpoint_type"] = backend;
  result["backend"] = backend;
  result["label"] = label.empty() ? json::value() : json::value(label);
  result["model_id"] = well_formed(text_at(manifest, {"target", "model"}));
  result["tokenizer_id"] = nullptr;
  result["num_prompts"] = run.levels[level].requests.issued;
  result["request_rate"] = info.rate ? json::value(*info.rate) : json::value("inf");
  result["burstiness"] = burstiness(manifest);
  result["max_concurrency"] = max_concurrency(manifest, info);
}

void put_totals(json::object& result, const tool_figures& figures) {
  const auto or_zero = [](const auto& value) { return value.value_or(0); };
  result["duration"] = or_zero(figures.duration_s);
  result["completed"] = figures.completed;
  result["failed"] = figures.failed;
  result["total_input_tokens"] = or_zero(figures.input_tokens);
  result["total_output_tokens"] = figures.output_tokens;
  result["request_throughput"] = or_zero(figures.requests_per_s);
  result["request_goodput"] = figures.goodput_per_s ? json::value(*figures.goodput_per_s) : json::value();
  result["output_throughput"] = or_zero(figures.output_tokens_per_s);
  result["total_token_throughput"] =
      figures.total_tokens_per_s ? *figures.total_tokens_per_s : or_zero(figures.output_tokens_per_s);
  result["rtfx"] = 0.0; // of audio
}

/// One entry a request in each, in plan order; in seconds.
void put_arrays(json::object& result, const analyzed_run& run, const std::vector<observation>& requests) {
  json::array input_lens, output_lens, ttfts, itls, start_times, generated_texts, errors;
  for (const observation& request : requests) {
    const metrics::request_record& record = *request.record;
    input_lens.emplace_back(record.usage.input.value_or(0));
    output_lens.emplace_back(request.output_tokens);
    ttfts.emplace_back(request.ttft_ms.value_or(0) * seconds_per_ms);
    json::array gaps;
    for (const double gap : gaps_ms(request)) gaps.emplace_back(gap * seconds_per_ms);
    itls.emplace_back(std::move(gaps));
    start_times.emplace_back(request.start ? seconds_between(run.run.info.epoch, *request.start) : 0.0);
    generated_texts.emplace_back("");
    std::string why;
    if (!request.succeeded) why = record.message.empty() ? std::string{to_string(record.why)} : record.message;
    errors.emplace_back(well_formed(why));
  }
  result["input_lens"] = std::move(input_lens);
  result["output_lens"] = std::move(output_lens);
  result["ttfts"] = std::move(ttfts);
  result["itls"] = std::move(itls);
  result["start_times"] = std::move(start_times);
  result["generated_texts"] = std::move(generated_texts);
  result["errors"] = std::move(errors);
}

} // namespace

json::object vllm_json(const analyzed_run& run, std::size_t level, bool detailed) {
  const definitions::run_facts facts = facts_of(run.run);
  const metrics::recorded_level& records = run.run.levels[level];
  const std::vector<observation> requests = definitions::observe_level(tool, records, facts);
  json::object result;
  put_setup(result, run, level);
  put_totals(result, definitions::recompute(tool, records, facts));
  put_peaks(result, requests);
  put_latencies(result, requests);
  if (detailed) put_arrays(result, run, requests);
  return result;
}

} // namespace loadgen::report
