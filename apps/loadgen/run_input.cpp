#include "run_input.hpp"

#include "dataset_input.hpp"
#include "files.hpp"
#include "further_content.hpp"
#include "load_input.hpp"
#include "publish_input.hpp"
#include "recorded_input.hpp"
#include "request_headers.hpp"
#include "synthetic_input.hpp"
#include "value_reader.hpp"

#include <loadgen/engine/target.hpp>
#include <loadgen/report/report.hpp>

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

void read_conversations(const settings& from, value_reader& read, run_input& input) {
  if (!input.prompts.has_conversations) {
    for (const std::string_view option : {"conversations", "think-time", "conversation-reply"})
      if (from.at(option).is_given())
        read.fail(option, "is for conversations; expected a --dataset that has lines with `turns`");
    return;
  }
  workload::conversation_settings& conversations = input.requests.conversations;
  if (from.text("conversation-reply") == "scripted") conversations.replies = workload::reply_source::scripted;
  if (!from.at("think-time").is_set()) return;
  const auto thinking = workload::parse_think_time(from.text("think-time"));
  if (thinking.has_error()) return read.fail("think-time", thinking.error());
  conversations.thinking = *thinking;
}

void read_endpoint(const settings& from, value_reader& read, run_input& input) {
  input.requests.stream = !from.is_on("no-stream");
  input.find_endpoint = from.text("endpoint") == "auto";
  if (input.find_endpoint) return;
  const auto endpoint = endpoint_from_name(from.text("endpoint"));
  if (!endpoint) return read.fail("endpoint", fmt::format("'{}' is not an endpoint", from.text("endpoint")));
  input.requests.endpoint = *endpoint;
  if (!input.requests.stream && !answers_whole(*endpoint))
    read.fail("no-stream", fmt::format("{} has no whole answers; expected another --endpoint", to_string(*endpoint)));
  if (from.is_on("ignore-eos") && !can_ignore_eos(*endpoint))
    read.fail("ignore-eos", fmt::format("{} cannot be asked for it; expected chat, completions, llamacpp or sglang as "
                                        "the --endpoint",
                                        to_string(*endpoint)));
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
    input.requests.salt = input.search ? workload::prompt_salt::trial
                          : sweep      ? workload::prompt_salt::level
                                       : workload::prompt_salt::none;
    return from.set_effective("prompt-salt", input.search ? "trial" : sweep ? "level" : "none");
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
  read_further_content(from, read, input);
  if (!from.at("extra-body").is_set()) return;
  boost::json::error_code failure;
  const boost::json::value body = boost::json::parse(boost::json::string_view{from.text("extra-body")}, failure);
  if (failure || !body.is_object())
    return read.fail("extra-body", fmt::format("'{}' is not a JSON object; expected one such as '{{\"top_p\":0.9}}'",
                                               from.text("extra-body")));
  requests.extra_body = body.get_object();
}

result<workload::dataset> read_prompt(std::string_view option, std::string_view text,
                                      const workload::dataset_reading& how) {
  if (option == "dataset") return open_dataset(text, how);
  auto prompt = option == "prompt" ? result<std::string>{std::string{text}} : read_text_file(text);
  if (prompt.has_error()) return prompt.error();
  if (prompt->empty()) return invalid_input(fmt::format("'{}' has no text; expected a prompt", text));
  return workload::single_prompt(std::move(*prompt));
}

constexpr std::array<std::string_view, 3> prompt_options{"dataset", "prompt", "prompt-file"};

void read_file_prompts(settings& from, std::string_view option, value_reader& read, run_input& input) {
  const workload::dataset_reading how = read_dataset_reading(from, read, input.requests.seed);
  if (const std::string_view row = given_dataset_row(from); option != "dataset" && !row.empty())
    read.fail(row, fmt::format("is of a dataset; expected none with --{}", option));
  if (read.failure()) return;
  auto prompts = read_prompt(option, from.text(option), how);
  if (prompts.has_error()) return read.fail(option, prompts.error());
  input.prompts = std::move(*prompts);
  input.requests.keep_line_models = !from.at("model").is_set();
  if (option != "dataset") from.set_effective("dataset", nullptr);
  if (!input.prompts.format.empty()) from.set_effective("dataset-format", boost::json::value(input.prompts.format));
}

bool names_synthetic(const settings& from, std::string_view option) {
  return option == "dataset" && from.text(option).starts_with("synthetic:");
}

/// The prompts of a file, whose conversations the load has to know. Synthetic ones, which have to know the load,
/// follow.
void read_prompts(settings& from, value_reader& read, run_input& input) {
  const std::string_view option = read.strongest(prompt_options);
  if (read.failure()) return;
  const bool made_for_load = from.at("trace").is_set() || from.at("grid").is_set();
  const bool may_be_synthetic = from.at(option).is_given() ? names_synthetic(from, option) : made_for_load;
  if (!may_be_synthetic) read_file_prompts(from, option, read, input);
}

/// A grid's prompts, those of a trace that is sent again, and what the dataset says are synthetic.
std::optional<std::string> synthetic_text(const settings& from, std::string_view option, const run_input& input) {
  const std::string_view text = from.text(option);
  if (from.at(option).is_given()) {
    if (!names_synthetic(from, option)) return std::nullopt;
    return std::string{text.substr(std::string_view{"synthetic:"}.size())};
  }
  if (input.trace) return fmt::format("trace={}", from.text("trace"));
  if (from.at("grid").is_set()) return "";
  return std::nullopt;
}

void read_synthetic_prompts(settings& from, value_reader& read, run_input& input) {
  const std::string_view option = read.strongest(prompt_options);
  if (read.failure()) return;
  const bool given = from.at(option).is_given();
  if (given) // the lengths of a trace are for prompts that are made to them
    for (workload::level_settings& level : input.levels) level.inputs.clear(), level.blocks.reset();
  const auto synthetic = synthetic_text(from, option, input);
  if (!synthetic) {
    if (from.at("calibrate").is_given())
      return read.fail("calibrate",
                       "is for synthetic prompts; expected --dataset synthetic:SPEC, --grid or --trace beside it");
    if (from.at("grid").is_set())
      return read.fail("grid", fmt::format("is for synthetic prompts, and excludes {}", from.at(option).spelling()));
    if (input.prompts.entries.empty()) read_file_prompts(from, option, read, input);
    return;
  }
  if (const std::string_view row = given_dataset_row(from); !row.empty())
    return read.fail(row, "is of a dataset in a file; expected none with synthetic prompts");
  auto spec = read_synthetic(*synthetic, input);
  if (spec.has_error()) return read.fail(given ? option : input.trace ? "trace" : "grid", spec.error());
  input.synthetic = *std::move(spec);
  if (option != "dataset" || !given) from.set_effective("dataset", boost::json::value("synthetic:" + *synthetic));
}

/// A name that is one folder, in any file system and for any shell.
bool is_folder_name(std::string_view name) {
  constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-.";
  return !name.empty() && name.size() <= 64 && name.front() != '.' && name.front() != '-' &&
         !name.ends_with(".csv") && // the results folder has files of such names
         name.find_first_not_of(allowed) == std::string_view::npos;
}

void read_variant(const settings& from, value_reader& read, run_input& input) {
  if (!from.at("variant").is_set()) return;
  input.variant = from.text("variant");
  if (!is_folder_name(input.variant))
    return read.fail("variant", fmt::format("'{}' is no name for a folder; expected letters, digits, '_', '-' and '.', "
                                            "64 at most and not .csv at the end, such as dynamic-8",
                                            input.variant));
  std::error_code unreadable;
  const std::filesystem::path folder = input.output / input.variant;
  if (std::filesystem::exists(folder, unreadable) && !std::filesystem::is_directory(folder, unreadable))
    return read.fail("variant", fmt::format("{} is a file; expected a name that is free", folder.string()));
  if (const auto parquet = report::check_parquet(); parquet.has_error()) read.fail("variant", parquet.error());
}

void read_results(const settings& from, value_reader& read, run_input& input) {
  input.label = from.text("label");
  input.output = from.text("output");
  read_variant(from, read, input);
  if (from.at("summary").is_set()) {
    input.summary = from.text("summary");
    if (const auto possible = can_write(*input.summary); possible.has_error())
      return read.fail("summary", possible.error());
  }
  input.bounded = from.is_on("bounded");
  input.record = from.is_on("record");
  input.save_text = from.is_on("save-text");
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
  for (const auto& [which, limit] : slo->limits)
    if (from.is_on("no-stream") && which != metrics::metric::e2e)
      return read.fail("slo", "is of the tokens of a stream; with --no-stream expected an e2e");
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

/// What is sent, and when.
void read_workload(settings& from, value_reader& read, run_input& input) {
  read_endpoint(from, read, input);
  input.requests.seed = read.count("seed", 0);
  read_prompts(from, read, input);
  read_load(from, read, input);
  read_grid(from, read, input);
  read_synthetic_prompts(from, read, input);
  read_pairs(from, read, input);
  read_conversations(from, read, input);
  read_salt(from, input);
  read_request_content(from, read, input);
  input.calibrate = read_calibration_mode(from);
}

} // namespace

result<run_input> read_run_input(settings& from, const environment& variables) {
  run_input input;
  value_reader read{from};
  const bool replays = from.at("replay").is_set();
  if (replays) {
    input.replay_planned = from.text("replay-times") == "planned";
    read_recorded_run(from, read, input);
  } else if (from.at("replay-times").is_given()) {
    read.fail("replay-times", "is for a run that is sent again; expected --replay beside it");
  }
  if (read.failure()) return *read.failure();
  read_targets(from, read, input);
  read_client(from, variables, read, input);
  read_requirements(from, read, input);
  if (replays)
    complete_client(from, read, input);
  else
    read_workload(from, read, input);
  read_results(from, read, input);
  read_calibration(from, variables, read, input);
  read_publishing(from, variables, read, input.publishing);
  if (read.failure()) return *read.failure();
  return input;
}

} // namespace loadgen::cli
