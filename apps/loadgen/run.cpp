#include "commands.hpp"
#include "exit_code.hpp"
#include "files.hpp"
#include "help.hpp"
#include "live_display.hpp"
#include "manifest.hpp"
#include "process_environment.hpp"
#include "recorded_input.hpp"
#include "run_folder.hpp"
#include "run_input.hpp"
#include "run_publisher.hpp"
#include "search_input.hpp"
#include "synthetic_input.hpp"
#include "terminal.hpp"
#include "version.hpp"

#include <loadgen/engine/live_statistics.hpp>
#include <loadgen/engine/run.hpp>
#include <loadgen/report/checks.hpp>
#include <loadgen/report/comparison.hpp>
#include <loadgen/report/report.hpp>
#include <loadgen/report/search.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <memory>
#include <unistd.h>

namespace loadgen::cli {

namespace {

/// Has the server tell what it speaks.
result<void> find_endpoint(settings& from, run_input& input) {
  const auto found = engine::find_endpoint(input.run.client);
  if (found.has_error()) return error{found.error().code, "--endpoint auto: " + found.error().message};
  input.requests.endpoint = found->endpoint;
  from.set_effective("endpoint", boost::json::value(to_string(found->endpoint)));
  if (!input.quiet)
    complain(fmt::format("--endpoint auto: {}, by GET {}", to_string(found->endpoint), found->page), exit_done);
  return {};
}

/// Opens the connections that must be possible, and names the endpoint and the model where none was.
result<void> meet_server(settings& from, run_input& input) {
  if (input.find_endpoint)
    if (const auto found = find_endpoint(from, input); found.has_error()) return found.error();
  const bool wants_model = input.requests.model.empty() && input.requests.models.empty() &&
                           !input.prompts.names_models && names_model(input.requests.endpoint);
  auto found = engine::probe(input.run.client, wants_model);
  if (found.has_error()) return found.error();
  input.run.client.targets = std::move(found->targets);
  if (!wants_model) return {};
  if (found->models.empty())
    return invalid_input("--model: GET /v1/models of the server names none; expected the name of a model");
  input.requests.model = found->models.front();
  from.set_effective("model", boost::json::value(input.requests.model));
  return {};
}

metrics::run_info describe_run(const std::string& run_id, boost::json::object manifest) {
  metrics::run_info info;
  info.run_id = run_id;
  info.epoch = clock::now();
  info.epoch_unix_ns = std::chrono::nanoseconds{std::chrono::system_clock::now().time_since_epoch()}.count();
  info.manifest = std::move(manifest);
  return info;
}

/// What the two servers of --ab differ in. A run that ended before both had answered has nothing to compare.
result<void> publish_sides(const run_input& input, const run_folder& folder) {
  const auto compared = report::publish_target_comparison(folder.path());
  if (compared.has_error() && compared.error().code != errc::invalid_input) return compared.error();
  if (!input.show_report) return {};
  return write_text("-", compared.has_error() ? fmt::format("\n{}\n", compared.error().message)
                                              : "\n" + report::comparison_report(*compared));
}

/// The run's figures, and the first of its outputs that could not be written: those after it were tried all the same.
struct published_run {
  report::analyzed_run run;
  std::optional<error> unwritten;

  template<class Value>
  void note(const result<Value>& written) {
    if (written.has_error() && !unwritten) unwritten = written.error();
  }
};

/// Derives every figure and file from the records, and shows what was asked for.
result<published_run> publish(const run_input& input, const run_folder& folder) {
  auto run = report::load_run(folder.path());
  if (run.has_error()) return run.error();
  published_run published{std::move(*run), {}};
  published.note(report::write_package(folder.path(), published.run));
  published.note(report::append_index(input.output, published.run));
  published.note(report::append_benchmark_summary(input.output, published.run));
  if (!input.variant.empty())
    published.note(report::publish_variant(input.output, input.variant, folder.path(), published.run.run.info.run_id));
  if (input.show_report)
    published.note(write_text("-", report::console_report(published.run, characters_of_locale()) +
                                       report::parquet_note(folder.path())));
  if (input.ab) published.note(publish_sides(input, folder));
  if (input.summary)
    published.note(write_text(*input.summary, report::to_pretty_json(report::summary_json(published.run))));
  return published;
}

/// Says how a check went: below the report, or without one on standard error, which is where a quiet run tells what
/// failed and nothing else.
void say(const run_input& input, const report::check& check) {
  if (input.show_report)
    fmt::print("{}\n", check.line);
  else if (!check.holds || !input.quiet)
    fmt::print(stderr, "loadgen: {}\n", check.line);
}

/// Holds the run to what was asked of it; a search is held to it at its answer, since loads beyond must be tried.
exit_code judge(const run_input& input, const report::analyzed_run& whole) {
  const std::optional<report::analyzed_run> answer = report::levels_of_answer(whole);
  const report::analyzed_run& run = answer ? *answer : whole;
  std::vector<report::check> conditions;
  for (const metrics::gate& gate : input.gates) conditions.push_back(report::check_gate(run, gate));
  if (input.strict) conditions.push_back(report::check_verdict(run));
  const bool unanswered = answer && answer->levels.empty(); // that alone is no failure
  const report::check failures =
      unanswered ? report::check{.holds = true, .line = ""} : report::check_failure_rate(run, input.max_failure_rate);

  if (input.show_report && !(conditions.empty() && failures.holds)) fmt::print("\n");
  for (const report::check& condition : conditions) say(input, condition);
  if (!failures.holds) say(input, failures);
  if (!failures.holds) return exit_failures;
  const bool all_hold = std::all_of(conditions.begin(), conditions.end(), [](const auto& one) { return one.holds; });
  return all_hold ? exit_done : exit_gate;
}

/// Tells the rest of a run to whoever hears of it, and warns of what they did not take.
void finish_publishing(run_publisher& publisher, bool complete, bool quiet) {
  for (const std::string& warning : publisher.finish(complete, quiet)) complain("warning: " + warning, exit_done);
}

int finish(const run_input& input, const run_folder& folder, const engine::run_outcome& outcome,
           run_publisher& publisher) {
  const auto published = publish(input, folder);
  finish_publishing(publisher, outcome.complete, input.quiet);
  if (published.has_error()) return complain(published.error().message, exit_unwritten);
  const exit_code judgement = judge(input, published->run);
  if (input.show_report && input.replayed) fmt::print("\n{}\n", replay_line(input, input.proof));
  if (input.show_report) fmt::print("\nfiles: {}\n", folder.path().string());
  std::fflush(stdout);
  if (published->unwritten)
    return complain(fmt::format("{}; the records are whole, and once there is room `loadgen report {}` writes the rest",
                                published->unwritten->message, folder.path().string()),
                    exit_unwritten);
  if (outcome.keeping_failure) {
    const int unwritten = complain(outcome.keeping_failure->message, exit_unwritten);
    if (outcome.interrupted_by == 0) return unwritten;
  }
  return outcome.interrupted_by != 0 ? 128 + outcome.interrupted_by : int{judgement};
}

/// Shows the run on standard error while it goes; null where it is not to be shown.
std::unique_ptr<live_display> show(const run_input& input, const engine::live_statistics& live) {
  if (input.progress == progress_kind::none) return nullptr;
  const bool in_place = input.progress == progress_kind::automatic && is_live_terminal(STDERR_FILENO, process_variable);
  return std::make_unique<live_display>(
      live, in_place ? display_form::in_place : display_form::lines, STDERR_FILENO,
      view_style{.colour = wants_colour(process_variable), .unicode = has_unicode_locale()});
}

/// Sends the plan, and shows and publishes how it goes.
result<engine::run_outcome> send(const run_input& input, const workload::plan& plan, const metrics::run_info& info,
                                 const run_folder& folder, run_publisher& publisher) {
  engine::run_settings watched = input.run;
  watched.progress_interval = std::chrono::milliseconds{250}; // how soon a full disk is noticed
  publisher.attach(watched,
                   {folder.run_id(), input.label, plan.settings().model,
                    std::string{to_string(plan.settings().endpoint)}, std::string{version}},
                   folder.path());
  const auto shown = show(input, publisher.live());
  if (!input.search) return engine::run(watched, plan, info, folder.records());
  search::capacity_search searching{input.search->settings};
  return engine::run_adaptive(watched, plan, chooser_of(input, searching), info, folder.records());
}

/// The run ended since its records could not be written: shows what is on record, as far as there is room for it.
int finish_unwritten(const run_input& input, const run_folder& folder, const error& why, run_publisher& publisher) {
  const auto published = publish(input, folder);
  finish_publishing(publisher, false, input.quiet);
  if (published && input.show_report) fmt::print("\nfiles: {}\n", folder.path().string());
  std::fflush(stdout);
  if (published && published->unwritten)
    complain(fmt::format("{}; once there is room `loadgen report {}` writes the rest", published->unwritten->message,
                         folder.path().string()),
             exit_unwritten);
  return complain(why.message, exit_unwritten);
}

int send_and_report(const resolved_command& command, run_input& input, const workload::plan& plan, run_folder& folder,
                    run_publisher& publisher) {
  if (input.record) input.run.keep.exchanges = folder.exchanges();
  if (input.save_text) input.run.keep.texts = folder.texts();
  const metrics::run_info info = describe_run(folder.run_id(), make_manifest(command, input, plan));
  const auto outcome = send(input, plan, info, folder, publisher);
  const bool began = std::filesystem::exists(folder.records());
  if (!began && outcome.has_error()) return complain(outcome.error());
  folder.keep();
  if (outcome.has_error()) return finish_unwritten(input, folder, outcome.error(), publisher);
  return finish(input, folder, *outcome, publisher);
}

} // namespace

int run_command(const std::vector<std::string>& arguments) {
  auto command = resolve(run_options(), arguments, process_variable);
  if (command.has_error()) return complain(command.error());
  if (command->values.is_on("help")) {
    fmt::print("{}", help_text(run_options()));
    return exit_done;
  }
  auto input = read_run_input(command->values, process_variable);
  if (input.has_error()) return complain(input.error());
  if (const std::string& note = input->calibration.note; !note.empty() && !input->quiet) complain(note, exit_done);
  const auto publisher = run_publisher::prepare(input->publishing);
  if (publisher.has_error()) return complain(publisher.error());
  if (const auto port = (*publisher)->metrics_port(); port && !(input->quiet && input->publishing.metrics_port == port))
    fmt::print(stderr, "loadgen: metrics on http://127.0.0.1:{}/metrics\n", *port);
  auto folder = run_folder::create(input->output); // before anything is sent; gone again where nothing is
  if (folder.has_error()) return complain(folder.error());
  if (const auto met = meet_server(command->values, *input); met.has_error()) return complain(met.error());
  if (const auto made = make_synthetic_prompts(*input, process_variable); made.has_error())
    return complain(made.error());
  if (input->tokens && input->tokens->probes > 0 && !input->quiet)
    complain(fmt::format("{} probes for one token were sent to learn how the server counts; they are in no figure",
                         input->tokens->probes),
             exit_done);
  const auto plan = workload::plan::make(std::move(input->prompts), input->requests, input->levels);
  if (plan.has_error()) return complain(plan.error());
  if (input->replayed) {
    auto proof = prove_replay(*input, *plan);
    if (proof.has_error()) return complain(proof.error());
    input->proof = std::move(*proof);
    if (!input->proof.wire_equal && !input->quiet) complain(replay_line(*input, input->proof), exit_done);
  }
  return send_and_report(*command, *input, *plan, *folder, **publisher);
}

} // namespace loadgen::cli
