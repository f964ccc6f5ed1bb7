#include "publish/mlflow_entries.hpp"

#include "report/manifest.hpp"
#include "report/text.hpp"

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>

namespace loadgen::publish {

namespace {

namespace json = boost::json;
using metrics::distribution;
using metrics::level_summary;
using metrics::metric;

// Servers before 2.8 take no more of a parameter, and others no more of a tag; the manifest has the whole values.
constexpr std::size_t longest_parameter = 500;
constexpr std::size_t longest_tag = 5000;
constexpr std::size_t parameters_in_batch = 100;
constexpr std::size_t metrics_in_batch = 1000;

/// Well-formed, and at most `most` bytes.
std::string limited(std::string_view text, std::size_t most) {
  constexpr std::string_view rest = "...";
  std::string whole = report::well_formed(text);
  if (whole.size() <= most) return whole;
  std::size_t end = most - rest.size();
  while (end > 0 && (static_cast<unsigned char>(whole[end]) & 0xC0U) == 0x80U) --end; // not inside of a character
  return whole.substr(0, end).append(rest);
}

std::string text_of(const json::value& value) {
  const json::string* text = value.if_string();
  return text ? std::string{text->data(), text->size()} : json::serialize(value);
}

std::vector<std::pair<std::string, std::string>> settings_of(const json::object& manifest) {
  std::vector<std::pair<std::string, std::string>> found;
  const json::object* settings = report::at_path(manifest, {"settings"}).if_object();
  if (!settings) return found;
  for (const json::key_value_pair& setting : *settings) {
    const json::object* described = setting.value().if_object();
    const json::value* value = described ? described->if_contains("value") : nullptr;
    if (!value || value->is_null()) continue;
    if (std::string text = limited(text_of(*value), longest_parameter); !text.empty())
      found.emplace_back(setting.key(), std::move(text));
  }
  return found;
}

metrics::verdict worst_verdict(const report::analyzed_run& run) {
  metrics::verdict worst = metrics::verdict::ok;
  for (const level_summary& level : run.levels) worst = std::max(worst, level.trust.judgement);
  return worst;
}

std::vector<std::pair<std::string, std::string>> tags_of(const report::analyzed_run& run,
                                                         const json::object& manifest) {
  std::vector<std::pair<std::string, std::string>> tags;
  const auto add = [&tags](std::string_view name, std::string_view value) {
    if (!value.empty()) tags.emplace_back(name, limited(value, longest_tag));
  };
  add(run_id_tag, run.run.info.run_id);
  add("loadgen.label", report::text_at(manifest, {"label"}));
  add("loadgen.complete", run.run.complete() ? "true" : "false");
  add("loadgen.verdict", to_string(worst_verdict(run)));
  add("loadgen.model", report::text_at(manifest, {"target", "model"}));
  add("loadgen.endpoint", report::text_at(manifest, {"target", "endpoint"}));
  add("loadgen.url", report::target_urls(manifest));
  add("loadgen.dataset", report::text_at(manifest, {"workload", "dataset", "name"}));
  add("loadgen.workload_sha256", report::text_at(manifest, {"workload", "sha256"}));
  add("loadgen.version", report::text_at(manifest, {"versions", "loadgen"}));
  add("mlflow.source.name", "loadgen");
  add("mlflow.source.type", "LOCAL");
  return tags;
}

/// Adds the figures of one level.
class metric_writer {
public:
  metric_writer(std::vector<mlflow_metric>& into, std::int64_t timestamp_ms, std::int64_t step)
      : into_(into),
        timestamp_ms_(timestamp_ms),
        step_(step) {}

  void add(std::string key, std::optional<double> value) {
    if (value && std::isfinite(*value)) into_.push_back({std::move(key), *value, timestamp_ms_, step_});
  }

  void count(std::string key, std::optional<std::uint64_t> value) {
    if (value) add(std::move(key), static_cast<double>(*value));
  }

  void distribution_of(std::string_view key, const distribution& from) {
    if (from.count == 0) return;
    count(fmt::format("{}_count", key), from.count);
    add(fmt::format("{}_mean", key), from.mean);
    add(fmt::format("{}_p50", key), from.p50);
    add(fmt::format("{}_p90", key), from.p90);
    add(fmt::format("{}_p95", key), from.p95);
    add(fmt::format("{}_p99", key), from.p99);
    add(fmt::format("{}_p99_9", key), from.p99_9);
    add(fmt::format("{}_max", key), from.max);
  }

private:
  std::vector<mlflow_metric>& into_;
  std::int64_t timestamp_ms_, step_;
};

void write_level(metric_writer out, const level_summary& level) {
  if (level.info.concurrency) out.count("concurrency", *level.info.concurrency);
  out.add("rate", level.info.rate);
  out.count("trial", level.info.trial);
  out.add("complete", level.complete ? 1.0 : 0.0);
  out.count("requests_planned", level.requests.planned);
  out.count("requests_issued", level.requests.issued);
  out.count("requests_completed", level.requests.completed);
  out.count("requests_failed", level.requests.failed);
  out.count("requests_cancelled", level.requests.cancelled);
  out.count("requests_dropped", level.requests.dropped);
  out.count("requests_retries", level.requests.retries);
  out.add("duration_s", level.window_s);
  out.add("requests_per_s", level.rates.requests_per_s);
  out.add("output_tokens_per_s", level.rates.output_tokens_per_s);
  out.add("total_tokens_per_s", level.rates.total_tokens_per_s);
  out.add("goodput_per_s", level.rates.goodput_per_s);
  out.count("tokens_input", level.tokens.input);
  out.count("tokens_cached_input", level.tokens.cached_input);
  out.count("tokens_output", level.tokens.output);
  out.add("tokens_per_chunk", level.tokens.per_chunk);
  for (std::size_t i = 0; i < metrics::metric_count; ++i)
    out.distribution_of(key(static_cast<metric>(i)), level.metrics[i]);
  if (level.attainment) out.add("slo_attainment", level.attainment->attainment());
  out.add("coalesced_behind_fraction", level.trust.coalesced_behind_fraction);
  out.add("client_cpu_fraction", level.trust.client_cpu_fraction);
  out.add("send_lag_ms_p99", level.trust.send_lag_ms.p99);
  out.add("receive_lag_ms_p99", level.trust.receive_lag_ms.p99);
}

std::int64_t unix_ms(const metrics::run_info& run, instant when) {
  return (run.epoch_unix_ns + std::chrono::nanoseconds{when - run.epoch}.count()) / 1'000'000;
}

json::array key_values(const std::vector<std::pair<std::string, std::string>>& pairs, std::size_t from,
                       std::size_t most) {
  json::array all;
  for (std::size_t i = from; i < std::min(pairs.size(), from + most); ++i)
    all.push_back(json::object{{"key", pairs[i].first}, {"value", pairs[i].second}});
  return all;
}

} // namespace

mlflow_entries mlflow_entries_of(const report::analyzed_run& run) {
  const metrics::recorded_run& recorded = run.run;
  const json::object manifest = report::merged_manifest(recorded);
  const std::string label = report::text_at(manifest, {"label"});
  mlflow_entries entries;
  entries.name = limited(label.empty() ? recorded.info.run_id : fmt::format("{} {}", recorded.info.run_id, label),
                         longest_parameter);
  entries.status = recorded.complete() ? "FINISHED" : recorded.end ? "KILLED" : "FAILED";
  entries.start_ms = recorded.info.epoch_unix_ns / 1'000'000;
  entries.end_ms = entries.start_ms;
  entries.note = "```text\n" + limited(report::console_report(run), longest_tag - 20) + "\n```";
  entries.settings = settings_of(manifest);
  entries.tags = tags_of(run, manifest);
  for (std::size_t i = 0; i < run.levels.size(); ++i) {
    const metrics::recorded_level& level = recorded.levels[i];
    const std::int64_t ended = unix_ms(recorded.info, level.end ? level.end->ended : level.info.begin);
    entries.end_ms = std::max(entries.end_ms, ended);
    write_level({entries.metrics, ended, level.info.level}, run.levels[i]);
  }
  if (recorded.end) entries.end_ms = recorded.end->end_unix_ns / 1'000'000;
  return entries;
}

std::vector<json::object> log_batches(const mlflow_entries& entries, const std::string& mlflow_run) {
  std::vector<json::object> batches;
  const std::size_t pairs = std::max(entries.settings.size(), entries.tags.size());
  for (std::size_t from = 0; from < pairs; from += parameters_in_batch)
    batches.push_back({{"run_id", mlflow_run},
                       {"params", key_values(entries.settings, from, parameters_in_batch)},
                       {"tags", key_values(entries.tags, from, parameters_in_batch)}});
  for (std::size_t from = 0; from < entries.metrics.size(); from += metrics_in_batch) {
    json::array all;
    for (std::size_t i = from; i < std::min(entries.metrics.size(), from + metrics_in_batch); ++i) {
      const mlflow_metric& one = entries.metrics[i];
      all.push_back(
          json::object{{"key", one.key}, {"value", one.value}, {"timestamp", one.timestamp_ms}, {"step", one.step}});
    }
    batches.push_back({{"run_id", mlflow_run}, {"metrics", std::move(all)}});
  }
  return batches;
}

} // namespace loadgen::publish
