#include "commands.hpp"
#include "dataset_output.hpp"
#include "exit_code.hpp"
#include "help.hpp"
#include "process_environment.hpp"
#include "server_input.hpp"
#include "synthetic_input.hpp"

#include <loadgen/engine/token_calibration.hpp>
#include <loadgen/workload/dataset.hpp>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace loadgen::cli {

namespace {

namespace json = boost::json;

constexpr std::uint64_t most_prompts = 10'000'000;

struct make_input {
  workload::synthetic_spec spec;
  std::uint64_t seed = 1, requests = 100;
  server_input server; ///< without a target where tokens are not counted
  engine::calibration_mode calibrate = engine::calibration_mode::tokenize;
  std::filesystem::path file;
};

result<make_input> read_input(const resolved_command& command) {
  const settings& from = command.values;
  value_reader read{from};
  make_input input;
  input.seed = read.count("seed", 0);
  input.requests = read.count("requests", 1, most_prompts);
  input.server = read_server(from, process_variable, read);
  input.server.requests.endpoint = endpoint_from_name(from.text("endpoint")).value_or(endpoint_kind::chat);
  input.calibrate = read_calibration_mode(from);
  if (input.server.client.targets.empty() && from.at("calibrate").is_given())
    read.fail("calibrate", "has no server to ask; expected --url beside it");
  input.file = from.text("to");
  if (read.failure()) return *read.failure();
  if (const auto name = check_output_name(input.file, from.is_on("force")); name.has_error()) return name.error();
  std::string_view text = command.positionals.front();
  constexpr std::string_view kind = "synthetic:";
  if (text.starts_with(kind)) text.remove_prefix(kind.size());
  auto spec = read_synthetic(text, {});
  if (spec.has_error()) return error{spec.error().code, fmt::format("SPEC: {}", spec.error().message)};
  input.spec = *std::move(spec);
  return input;
}

std::string line_of(const workload::made_prompt& made, std::uint64_t index) {
  json::object line{{"id", std::to_string(index)}, {"prompt", made.text}};
  if (made.output) line["max_tokens"] = *made.output;
  line["asked_tokens"] = made.input;
  return json::serialize(line);
}

// Nothing in it depends on when it was made, so that it can be made again.
json::object facts_of(const make_input& input, const workload::token_model& tokens, std::string_view licence) {
  return {{"licence", licence.empty() ? json::value() : json::value(licence)},
          {"provenance", json::object{{"made_by", "loadgen dataset make"},
                                      {"spec", workload::format_synthetic(input.spec)},
                                      {"seed", input.seed},
                                      {"requests", input.requests},
                                      {"tokens", json::object{{"source", to_string(tokens.source)},
                                                              {"exact", tokens.exact},
                                                              {"template_known", tokens.template_known},
                                                              {"model", input.server.requests.model},
                                                              {"overhead", tokens.overhead},
                                                              {"word_tokens", tokens.word_tokens},
                                                              {"words", tokens.words.size()}}}}}};
}

result<std::string> make(const make_input& input, const workload::dataset& prompts, std::string_view licence) {
  auto output = dataset_output::create(input.file);
  if (output.has_error()) return output.error();
  for (std::uint64_t i = 0; i < input.requests; ++i)
    if (const auto added = output->add(line_of(prompts.generator->at({.index = i}), i)); added.has_error())
      return added.error();
  return output->finish(facts_of(input, prompts.generator->tokens(), licence));
}

} // namespace

int dataset_make_command(const std::vector<std::string>& arguments) {
  const auto command = resolve(dataset_make_options(), arguments, process_variable);
  if (command.has_error()) return complain(command.error());
  if (command->values.is_on("help")) {
    fmt::print("{}", help_text(dataset_make_options()));
    return exit_done;
  }
  auto input = read_input(*command);
  if (input.has_error()) return complain(input.error());
  workload::token_model tokens = workload::estimated_tokens();
  if (!input->server.client.targets.empty()) {
    if (const auto met = meet(input->server); met.has_error()) return complain(met.error());
    const auto found = engine::calibrate_tokens(input->server.client, input->server.requests, input->calibrate);
    if (found.has_error()) return complain(error{found.error().code, "--calibrate: " + found.error().message});
    tokens = found->tokens;
  }
  const auto prompts = workload::synthetic_dataset(input->spec, tokens, input->seed);
  if (prompts.has_error()) return complain(error{prompts.error().code, "SPEC: " + prompts.error().message});
  const auto made = make(*input, *prompts, command->values.text("licence"));
  if (made.has_error()) return complain(made.error().message, exit_unwritten);
  fmt::print("{}: {} prompts, lengths {}, sha256 {}\n", input->file.string(), input->requests,
             tokens.exact && tokens.template_known               ? "exact"
             : tokens.source == workload::token_source::estimate ? "estimated, a token a word"
                                                                 : "close, see provenance.tokens of the manifest",
             *made);
  return exit_done;
}

} // namespace loadgen::cli
