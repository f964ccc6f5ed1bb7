#include "manifest.hpp"

#include "recorded_input.hpp"
#include "synthetic_input.hpp"
#include "system_facts.hpp"

#include <boost/json/array.hpp>

#include <algorithm>

namespace loadgen::cli {

namespace {

namespace json = boost::json;

json::array command_line(const resolved_command& command) {
  json::array words{"loadgen", "run"};
  for (const std::string& argument : command.shown_arguments) words.emplace_back(argument);
  return words;
}

// What a search, or a run of duration mode, will have sent is hashed at its end.
json::value workload_hash(const run_input& input, const workload::plan& plan) {
  const bool known = std::none_of(plan.levels().begin(), plan.levels().end(),
                                  [](const workload::level_settings& level) { return level.time.has_value(); });
  return known && !input.search ? json::value(plan.sha256()) : json::value();
}

json::value trace_facts(const std::optional<replayed_trace>& trace) {
  if (!trace) return nullptr;
  return json::object{{"name", trace->name},
                      {"sha256", trace->sha256},
                      {"requests", trace->requests},
                      {"input_tokens", trace->input_tokens},
                      {"output_tokens", trace->output_tokens}};
}

json::value conversation_facts(const workload::plan& plan) {
  if (!plan.has_conversations()) return nullptr;
  const bool scripted = plan.settings().conversations.replies == workload::reply_source::scripted;
  return json::object{{"replies", scripted ? "scripted" : "server"}};
}

json::object dataset_facts(const workload::dataset& prompts) {
  const bool from_file = !prompts.format.empty();
  return {{"name", prompts.name},
          {"sha256", prompts.sha256},
          {"entries", prompts.generator ? json::value() : json::value(prompts.entries.size())},
          {"format", from_file ? json::value(prompts.format) : json::value()},
          {"found", from_file ? json::value(prompts.found) : json::value()},
          {"unused", from_file ? json::value(prompts.unused) : json::value()}};
}

json::object workload_facts(const run_input& input, const workload::plan& plan) {
  return {
      {"dataset", dataset_facts(plan.prompts())}, {"tokens", token_facts(input)},
      {"trace", trace_facts(input.trace)},        {"conversations", conversation_facts(plan)},
      {"sha256", workload_hash(input, plan)},     {"wire_sha256", nullptr},
  };
}

// Those of a list one after the other: whoever wants their weights finds them beside.
std::string model_text(const workload::request_settings& settings) {
  std::string names = settings.model;
  for (const workload::model_share& share : settings.models) names += (names.empty() ? "" : ", ") + share.name;
  return names;
}

/// What each request draws one of, and the member of its body that names it.
json::value models_json(const workload::request_settings& settings) {
  const bool adapters = settings.models.empty();
  const std::vector<workload::model_share>& shares = adapters ? settings.loras : settings.models;
  if (shares.empty()) return nullptr;
  json::array listed;
  for (const workload::model_share& share : shares)
    listed.push_back(json::object{{"name", share.name.empty() ? "none" : share.name}, {"weight", share.weight}});
  return json::object{{"key", adapters ? "lora_path" : "model"}, {"shares", std::move(listed)}};
}

json::object target_facts(const run_input& input, const workload::plan& plan) {
  const answer_form asked = plan.settings().answers();
  json::array servers;
  for (const engine::target& target : input.run.client.targets)
    servers.push_back(json::object{{"host", target.host},
                                   {"port", target.port},
                                   {"tls", target.tls},
                                   {"path", target.path(asked)},
                                   {"addresses", json::array(target.addresses.begin(), target.addresses.end())}});
  return {
      {"urls", json::array(input.urls.begin(), input.urls.end())},
      {"servers", std::move(servers)},
      {"endpoint", to_string(asked.endpoint)},
      {"stream", asked.stream},
      {"model", model_text(plan.settings())},
      {"models", models_json(plan.settings())},
  };
}

} // namespace

json::object make_manifest(const resolved_command& command, const run_input& input, const workload::plan& plan) {
  return {
      {"label", input.label.empty() ? json::value() : json::value(input.label)},
      {"variant", input.variant.empty() ? json::value() : json::value(input.variant)},
      {"command", command_line(command)},
      {"settings", command.values.to_json()},
      {"seed", plan.settings().seed},
      {"workload", workload_facts(input, plan)},
      {"slo", input.slo.empty() ? json::value() : json::value(metrics::to_json(input.slo))},
      {"search", input.search ? json::value(search::to_json(input.search->settings)) : json::value()},
      {"bounded", input.bounded},
      {"calibration", input.calibration.to_json()},
      {"versions", version_facts()},
      {"system", system_facts()},
      {"target", target_facts(input, plan)},
      {"ab", input.ab},
      {"replay", replay_facts(input)},
  };
}

} // namespace loadgen::cli
