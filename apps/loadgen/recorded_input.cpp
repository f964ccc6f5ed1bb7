#include "recorded_input.hpp"

#include <loadgen/engine/target.hpp>

#include <boost/algorithm/string/predicate.hpp>
#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace loadgen::cli {

namespace json = boost::json;

namespace {

/// Options of these groups say what is sent and when, but for those listed below.
constexpr std::array<std::string_view, 3> said_by_the_run{"Load", "Requests", "Datasets"};
constexpr std::array<std::string_view, 6> still_free{"max-concurrency", "on-cap", "settle",
                                                     "threads",         "replay", "replay-times"};
constexpr std::array<std::string_view, 5> said_as_well{"ab", "endpoint", "model", "models", "lora"};

template<class List, class Value>
bool has(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

void refuse_others(const settings& from, value_reader& read) {
  const auto refuse = [&](std::string_view option) {
    if (from.at(option).is_given()) read.fail(option, "excludes replay, which sends what a run has sent");
  };
  for (const option_group& group : run_options().groups)
    if (has(said_by_the_run, group.heading))
      for (const option_row& row : group.rows)
        if (!has(still_free, row.name)) refuse(row.name);
  for (const std::string_view option : said_as_well) refuse(option);
}

std::string text_in(const json::object& manifest, std::string_view part, std::string_view key) {
  const json::value* const found = manifest.if_contains(part);
  const json::object* const members = found != nullptr ? found->if_object() : nullptr;
  const json::value* const value = members != nullptr ? members->if_contains(key) : nullptr;
  const json::string* const text = value != nullptr ? value->if_string() : nullptr;
  return text != nullptr ? std::string{*text} : std::string{};
}

// The server that the run was sent to, where none is named now.
void take_urls(settings& from, const json::object& manifest) {
  setting& url = from.at("url");
  if (url.is_set()) return;
  const json::value* const target = manifest.if_contains("target");
  const json::value* const urls =
      target != nullptr && target->is_object() ? target->get_object().if_contains("urls") : nullptr;
  if (urls == nullptr || !urls->is_array()) return;
  for (const json::value& one : urls->get_array())
    if (one.is_string()) url.values.emplace_back(one.get_string());
}

void read_loads(const settings& from, value_reader& read, run_input& input) {
  engine::level_load load;
  load.on_cap = from.text("on-cap") == "drop" ? engine::cap_policy::drop : engine::cap_policy::wait;
  if (from.at("max-concurrency").is_set())
    load.max_concurrency = read.count32("max-concurrency", 1);
  else if (from.at("on-cap").is_given())
    read.fail("on-cap", "has no cap to act at; expected --max-concurrency beside it");
  std::uint64_t warmup = 0;
  for (const workload::level_settings& level : input.levels) {
    const double span_s = to_s(level.offsets.back() - level.offsets.front());
    load.rate.reset();
    if (span_s > 0) load.rate = static_cast<double>(level.requests - 1) / span_s;
    input.run.loads.push_back(load);
    warmup = std::max<std::uint64_t>(warmup, level.warmup_offsets.size());
  }
  input.run.warmup.requests = warmup;
  input.run.settle = read.span("settle");
  input.run.threads = static_cast<std::uint32_t>(read.count("threads", 1, 1024));
}

void show_effective(settings& from, const run_input& input) {
  const recording::replay_source& source = *input.replayed;
  for (const std::string_view option :
       {"concurrency", "arrival", "dataset", "prompt-salt", "max-tokens", "warmup", "trials", "drain", "seed"})
    from.set_effective(option, nullptr);
  from.set_effective("requests", source.requests);
  from.set_effective("endpoint", json::value(to_string(source.asked.endpoint)));
  from.set_effective("model", input.requests.model.empty() ? json::value() : json::value(input.requests.model));
}

} // namespace

void read_recorded_run(settings& from, value_reader& read, run_input& input) {
  refuse_others(from, read);
  if (read.failure()) return;
  const bool planned = from.text("replay-times") == "planned";
  const auto times = planned ? recording::replay_times::planned : recording::replay_times::recorded;
  auto source = recording::read_replay(from.text("replay"), times);
  if (source.has_error()) return read.fail(planned ? "replay-times" : "replay", source.error());
  take_urls(from, source->manifest);
  input.requests.endpoint = source->asked.endpoint;
  input.requests.stream = source->asked.stream;
  input.requests.model = text_in(source->manifest, "target", "model"); // to be shown: the bodies have their own
  input.requests.salt = workload::prompt_salt::none;
  input.levels = std::move(source->levels);
  input.prompts = std::move(source->bodies);
  input.replayed = std::move(*source);
  read_loads(from, read, input);
  show_effective(from, input);
}

void complete_client(const settings& from, value_reader& read, run_input& input) {
  const recording::replay_source& source = *input.replayed;
  engine::client_settings& client = input.run.client;
  if (source.fresh_connections && !from.at("connection").is_given()) client.fresh_connections = true;
  const auto is_given = [&client](std::string_view name) {
    if (boost::algorithm::iequals(name, "Authorization") && !client.api_key.empty()) return true;
    return std::any_of(client.headers.begin(), client.headers.end(),
                       [name](const auto& header) { return boost::algorithm::iequals(header.first, name); });
  };
  for (const std::string& name : source.secret_headers)
    if (!is_given(name))
      read.fail("replay",
                fmt::format("the recorded requests have the header {}, whose value was not kept; expected {}", name,
                            boost::algorithm::iequals(name, "Authorization") ? "--api-key-env or --api-key-file"
                                                                             : "it as a --header"));
  std::vector<std::pair<std::string, std::string>> headers;
  for (const auto& header : source.headers)
    if (!is_given(header.first)) headers.push_back(header);
  headers.insert(headers.end(), client.headers.begin(), client.headers.end());
  client.headers = std::move(headers);
}

result<replay_proof> prove_replay(const run_input& input, const workload::plan& plan) {
  const recording::replay_source& source = *input.replayed;
  const std::string bodies = recording::bodies_sha256(plan, source.order);
  if (bodies != source.bodies_sha256)
    return invalid_input(fmt::format("--replay: the bodies to be sent have the SHA-256 {}, and those recorded {}; "
                                     "expected the same",
                                     bodies, source.bodies_sha256));
  auto wire = engine::wire_sha256(input.run.client, plan, source.order);
  if (wire.has_error()) return wire.error();
  replay_proof proof;
  proof.wire_sha256 = std::move(*wire);
  proof.wire_equal = proof.wire_sha256 == source.wire_sha256;
  if (input.replay_planned) proof.workload_equal = plan.sha256() == text_in(source.manifest, "workload", "sha256");
  return proof;
}

std::string replay_line(const run_input& input, const replay_proof& proof) {
  const recording::replay_source& source = *input.replayed;
  std::string line = fmt::format(
      "replay of run {}: {} requests at their {} times, bodies byte-identical (SHA-256 {}), ", source.run_id,
      source.requests, input.replay_planned ? "planned" : "recorded", source.bodies_sha256.substr(0, 12));
  line += proof.wire_equal ? fmt::format("whole requests too (SHA-256 {})", proof.wire_sha256.substr(0, 12))
                           : "heads DIFFER from the recorded ones: another Host, path or header";
  if (source.left_out > 0)
    line += fmt::format("; {} requests left out, of which nothing was recorded", source.left_out);
  return line;
}

json::value replay_facts(const run_input& input) {
  if (!input.replayed) return nullptr;
  const recording::replay_source& source = *input.replayed;
  const replay_proof& proof = input.proof;
  return json::object{
      {"of", source.run_id},
      {"times", input.replay_planned ? "planned" : "recorded"},
      {"requests", source.requests},
      {"left_out", source.left_out},
      {"bodies_sha256", json::object{{"recorded", source.bodies_sha256}, {"equal", true}}},
      {"wire_sha256",
       json::object{{"recorded", source.wire_sha256}, {"sent", proof.wire_sha256}, {"equal", proof.wire_equal}}},
      {"workload_sha256",
       json::object{{"recorded", text_in(source.manifest, "workload", "sha256")},
                    {"equal", proof.workload_equal ? json::value(*proof.workload_equal) : json::value()}}},
  };
}

} // namespace loadgen::cli
