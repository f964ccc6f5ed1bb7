#include "commands.hpp"
#include "exit_code.hpp"
#include "files.hpp"
#include "help.hpp"
#include "manifest.hpp"
#include "process_environment.hpp"
#include "progress_line.hpp"
#include "run_folder.hpp"
#include "run_input.hpp"
#include "run_publisher.hpp"
#include "version.hpp"

#include <loadgen/engine/run.hpp>
#include <loadgen/report/checks.hpp>
#include <loadgen/report/comparison.hpp>
#include <loadgen/report/report.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace loadgen::cli {

namespace {

/// Opens the connections that must be possible, and names the model where none was.
result<void> meet_server(settings& from, run_input& input) {
  const bool wants_model = input.requests.model.empty();
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

/// Derives every figure and file from the records, and shows what was asked for.
result<report::analyzed_run> publish(const run_input& input, const run_folder& folder) {
  auto run = report::load_run(folder.path());
  if (run.has_error()) return run.error();
  if (const auto written = report::write_package(folder.path(), *run); written.has_error()) return written.error();
  if (const auto added = report::append_index(input.output, *run); added.has_error()) return added.error();
  if (input.show_report)
    if (const auto shown = write_text("-", report::console_report(*run)); shown.has_error()) return shown.error();
  if (input.ab)
    if (const auto compared = publish_sides(input, folder); compared.has_error()) return compared.error();
  if (input.summary) {
    const auto written = write_text(*input.summary, report::to_pretty_json(report::summary_json(*run)));
    if (written.has_error()) return written.error();
  }
  return run;
}

/// Says how a check went: below the report, or without one on standard error, which is where a quiet run tells what
/// failed and nothing else.
void say(const run_input& input, const report::check& check) {
  if (input.show_report)
    fmt::print("{}\n", check.line);
  else if (!check.holds || !input.quiet)
    fmt::print(stderr, "loadgen: {}\n", check.line);
}

/// Holds the run to what was asked of it.
exit_code judge(const run_input& input, const report::analyzed_run& run) {
  std::vector<report::check> conditions;
  for (const metrics::gate& gate : input.gates) conditions.push_back(report::check_gate(run, gate));
  if (input.strict) conditions.push_back(report::check_verdict(run));
  const report::check failures = report::check_failure_rate(run, input.max_failure_rate);

  if (input.show_report && !(conditions.empty() && failures.holds)) fmt::print("\n");
  for (const report::check& condition : conditions) say(input, condition);
  if (!failures.holds) say(input, failures);
  if (!failures.holds) return exit_failures;
  const bool all_hold = std::all_of(conditions.begin(), conditions.end(), [](const auto& one) { return one.holds; });
  return all_hold ? exit_done : exit_gate;
}

int finish(const run_input& input, const run_folder& folder, const engine::run_outcome& outcome,
           run_publisher& publisher) {
  const auto run = publish(input, folder);
  for (const std::string& warning : publisher.finish(outcome.complete)) complain("warning: " + warning, exit_done);
  if (run.has_error()) return complain(run.error().message, exit_unwritten);
  const exit_code judgement = judge(input, *run);
  if (input.show_report) fmt::print("\nfiles: {}\n", folder.path().string());
  return outcome.interrupted_by != 0 ? 128 + outcome.interrupted_by : int{judgement};
}

publish::run_labels labels_of(const run_input& input, const workload::plan& plan, const run_folder& folder) {
  return {folder.run_id(), input.label, plan.settings().model, std::string{to_string(plan.settings().endpoint)},
          std::string{version}};
}

int send_and_report(const resolved_command& command, run_input& input, const workload::plan& plan,
                    run_publisher& publisher) {
  auto folder = run_folder::create(input.output);
  if (folder.has_error()) return complain(folder.error());
  const metrics::run_info info = describe_run(folder->run_id(), make_manifest(command, input, plan));
  publisher.attach(input.run, labels_of(input, plan, *folder), folder->path());
  const auto outcome = engine::run(input.run, plan, info, folder->records());
  if (std::filesystem::exists(folder->records())) folder->keep();
  if (outcome.has_error()) {
    const bool began = std::filesystem::exists(folder->records());
    return complain(outcome.error().message, began ? int{exit_unwritten} : exit_code_of(outcome.error().code));
  }
  return finish(input, *folder, *outcome, publisher);
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
  if (const auto met = meet_server(command->values, *input); met.has_error()) return complain(met.error());
  const auto plan = workload::plan::make(std::move(input->prompts), input->requests, input->levels);
  if (plan.has_error()) return complain(plan.error());
  if (input->show_progress)
    input->run.on_progress = [](const engine::progress& now) { fmt::print(stderr, "{}\n", progress_line(now)); };
  return send_and_report(*command, *input, *plan, **publisher);
}

} // namespace loadgen::cli
