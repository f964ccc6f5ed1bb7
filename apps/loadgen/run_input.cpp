#include "run_input.hpp"

#include "files.hpp"
#include "load_input.hpp"
#include "publish_input.hpp"
#include "request_headers.hpp"
#include "value_reader.hpp"

#include <loadgen/engine/target.hpp>

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

namespace loadgen::cli {

namespace {

constexpr std::size_t most_targets = 65'536; // a record names its own by 16 bits

void read_targets(const settings& from, value_reader& read, run_input& input) {
  constexpr std::array<std::string_view, 2> options{"url", "ab"};
  const std::string_view option = read.strongest(options);
  input.urls = from.at(option).values;
  input.ab = option == "ab";
  if (input.urls.empty()) return read.fail("url", "is required; expected a server such as http://127.0.0.1:8000");
  if (input.urls.size() > most_targets)
    return read.fail("url", fmt::format("is given {} times; expected at most {}", input.urls.size(), most_targets));
  for (const std::string& url : input.urls) {
    const auto target = engine::parse_target(url);
    if (target.has_error()) return read.fail(option, target.error());
    input.run.client.targets.push_back(*target);
  }
}

// Both sides get the same requests: those of each pair are copies.
void read_pairs(const settings& from, value_reader& read, run_input& input) {
  if (!input.ab) return;
  input.requests.copies = 2;
  input.run.client.pair_seed = input.requests.seed;
  if (from.at("requests").is_set() && read.count("requests", 1) % 2 != 0)
    read.fail("requests",
              fmt::format("{} is odd; with --ab expected an even number, half for each side", from.text("requests")));
}

void read_endpoint(const settings& from, value_reader& read, run_input& input) {
  const auto endpoint = endpoint_from_name(from.text("endpoint"));
  if (!endpoint)
    return read.fail("endpoint", error{errc::not_yet, fmt::format("{} is not yet in this version; expected chat or "
                                                                  "completions",
                                                                  from.text("endpoint"))});
  input.requests.endpoint = *endpoint;
}

void read_client(const settings& from, const environment& variables, value_reader& read, run_input& input) {
  engine::client_settings& client = input.run.client;
  client.headers = read_headers(from, read);
  client.api_key = read_secret(from, variables, {"api-key-env", "api-key-file"}, read);
  client.timeout = read.span("timeout");
  client.stall_timeout = read.span("stall-timeout");
  client.connect_timeout = read.span("connect-timeout");
  client.retries = read.count32("retries", 0);
  client.kernel_timestamps = !from.is_on("no-kernel-timestamps");
  client.ca_file = from.text("ca-file");
  client.insecure = from.is_on("insecure");
  client.fresh_connections = from.text("connection") == "fresh";
}

void read_salt(settings& from, run_input& input) {
  if (!from.at("prompt-salt").is_set()) {
    const bool sweep = std::any_of(input.levels.begin(), input.levels.end(),
                                   [](const workload::level_settings& level) { return level.level > 0; });
    input.requests.salt = sweep ? workload::prompt_salt::level : workload::prompt_salt::none;
    return from.set_effective("prompt-salt", sweep ? "level" : "none");
  }
  const std::string_view salt = from.text("prompt-salt");
  input.requests.salt = salt == "level"   ? workload::prompt_salt::level
                        : salt == "trial" ? workload::prompt_salt::trial
                                          : workload::prompt_salt::none;
}

void read_request_content(settings& from, value_reader& read, run_input& input) {
  workload::request_settings& requests = input.requests;
  requests.model = from.text("model");
  if (from.at("max-tokens").is_set())
    requests.max_tokens = read.count32("max-tokens", 1);
  else
    from.set_effective("max-tokens", requests.default_max_tokens);
  requests.ignore_eos = from.is_on("ignore-eos");
  if (from.at("temperature").is_set())
    requests.temperature = read.real("temperature", 0, std::numeric_limits<double>::infinity());
  requests.ask_usage = !from.is_on("no-usage");
  if (!from.at("extra-body").is_set()) return;
  boost::json::error_code failure;
  const boost::json::value body = boost::json::parse(boost::json::string_view{from.text("extra-body")}, failure);
  if (failure || !body.is_object())
    return read.fail("extra-body", fmt::format("'{}' is not a JSON object; expected one such as '{{\"top_p\":0.9}}'",
                                               from.text("extra-body")));
  requests.extra_body = body.get_object();
}

result<workload::dataset> read_dataset(std::string_view text) {
  constexpr std::string_view builtin = "builtin:";
  if (text.starts_with("synthetic:")) return error{errc::not_yet, "synthetic prompts are not yet in this version"};
  if (text.starts_with(builtin)) return workload::builtin_dataset(text.substr(builtin.size()));
  return workload::read_dataset(text);
}

result<workload::dataset> read_prompt(std::string_view option, std::string_view text) {
  if (option == "dataset") return read_dataset(text);
  auto prompt = option == "prompt" ? result<std::string>{std::string{text}} : read_text_file(text);
  if (prompt.has_error()) return prompt.error();
  if (prompt->empty()) return invalid_input(fmt::format("'{}' has no text; expected a prompt", text));
  return workload::single_prompt(std::move(*prompt));
}

void read_prompts(settings& from, value_reader& read, run_input& input) {
  constexpr std::array<std::string_view, 3> options{"dataset", "prompt", "prompt-file"};
  const std::string_view option = read.strongest(options);
  if (read.failure()) return;
  auto prompts = read_prompt(option, from.text(option));
  if (prompts.has_error()) return read.fail(option, prompts.error());
  input.prompts = std::move(*prompts);
  if (option != "dataset") from.set_effective("dataset", nullptr);
}

void read_results(const settings& from, value_reader& read, run_input& input) {
  input.label = from.text("label");
  input.output = from.text("output");
  if (from.at("summary").is_set()) {
    input.summary = from.text("summary");
    if (const auto possible = can_write(*input.summary); possible.has_error())
      return read.fail("summary", possible.error());
  }
  input.bounded = from.is_on("bounded");
  input.quiet = from.is_on("quiet");
  input.show_report = !input.quiet && input.summary != "-";
  const std::string_view progress = from.text("progress");
  if (input.quiet || progress == "none")
    input.progress = progress_kind::none;
  else if (progress == "plain")
    input.progress = progress_kind::plain;
}

void read_requirements(const settings& from, value_reader& read, run_input& input) {
  auto slo = metrics::parse_slo(from.at("slo").values, read.real("slo-attainment", 0, 1));
  if (slo.has_error()) return read.fail("slo", slo.error());
  input.slo = std::move(*slo);
  for (const std::string& text : from.at("gate").values) {
    auto gate = metrics::parse_gate(text);
    if (gate.has_error()) return read.fail("gate", gate.error());
    input.gates.push_back(std::move(*gate));
  }
  input.strict = from.is_on("strict");
  input.max_failure_rate = read.real("max-failure-rate", 0, 1);
}

void read_calibration(settings& from, const environment& variables, value_reader& read, run_input& input) {
  auto chosen = choose_calibration(from.at("calibration"), variables);
  if (chosen.has_error()) return read.fail("calibration", chosen.error());
  input.calibration = std::move(*chosen);
  const bool any = input.calibration.values.has_value();
  from.set_effective("calibration", any ? boost::json::value(input.calibration.file.string()) : "none");
}

} // namespace

result<run_input> read_run_input(settings& from, const environment& variables) {
  run_input input;
  value_reader read{from};
  read_targets(from, read, input);
  read_endpoint(from, read, input);
  read_client(from, variables, read, input);
  read_load(from, read, input);
  read_pairs(from, read, input);
  read_salt(from, input);
  read_request_content(from, read, input);
  read_results(from, read, input);
  read_requirements(from, read, input);
  read_prompts(from, read, input);
  read_calibration(from, variables, read, input);
  read_publishing(from, variables, read, input.publishing);
  if (read.failure()) return *read.failure();
  return input;
}

} // namespace loadgen::cli
