#include "commands.hpp"
#include "exit_code.hpp"
#include "export.hpp"
#include "files.hpp"
#include "gnuplot.hpp"
#include "help.hpp"
#include "process_environment.hpp"
#include "publish_input.hpp"
#include "terminal.hpp"

#include <loadgen/publish/mlflow.hpp>
#include <loadgen/recording/recompute.hpp>
#include <loadgen/report/definitions.hpp>
#include <loadgen/report/html.hpp>
#include <loadgen/report/plots.hpp>
#include <loadgen/report/report.hpp>

#include <fmt/format.h>

#include <filesystem>
#include <optional>
#include <span>
#include <string>

namespace loadgen::cli {

namespace {

namespace fs = std::filesystem;

/// The figures by the definitions that --as names, and their JSON.
struct figures_as {
  std::string text;
  boost::json::object json;
};

figures_as by_definitions(const report::analyzed_run& run, std::string_view name) {
  if (const auto which = definitions::tool_named(name))
    return {report::definitions_report(run, *which), report::definitions_json(run, *which)};
  return {report::definitions_comparison(run), report::definitions_comparison_json(run)};
}

/// What figures are to be derived from; unset: as the run was made.
std::optional<metrics::sample_keeping> keeping(const settings& from) {
  if (!from.at("bounded").is_set()) return std::nullopt;
  return from.is_on("bounded") ? metrics::sample_keeping::histogram : metrics::sample_keeping::all;
}

result<report::analyzed_run> load(const settings& from, const std::filesystem::path& run_folder) {
  auto run = report::load_run(run_folder, keeping(from));
  if (run.has_error() || report::is_whole_package(run_folder)) return run;
  const auto written = report::write_package(run_folder, *run);
  if (written.has_error()) complain(written.error()); // a folder that is only to be read can be reported all the same
  return run;
}

/// How the records that the bytes give compare with those on record.
std::string comparison_line(const recording::recomputation& again) {
  std::string line = fmt::format("recomputed from raw bytes: {} of {} requests agree with the records in every field",
                                 again.agreeing, again.requests);
  if (again.without_bytes > 0) line += fmt::format(", {} never had a connection", again.without_bytes);
  if (again.incomplete > 0) line += fmt::format(", of {} not all bytes were kept", again.incomplete);
  if (again.differing > 0) line += fmt::format(", {} DIFFER; the first: {}", again.differing, again.first_difference);
  if (again.unrecorded > 0) line += fmt::format(" ({} exchanges were cut off)", again.unrecorded);
  return line;
}

/// Checks the records against the bytes, where the run has them: below the report, or without one on standard error
/// where they differ. A run in bounded memory is not checked unasked, for the check holds all records.
void check_against_bytes(const std::filesystem::path& run_folder, const report::analyzed_run& run, bool shown) {
  if (run.samples != metrics::sample_keeping::all || !std::filesystem::exists(recording::exchanges_in(run_folder)))
    return;
  const auto again = recording::recompute(run_folder);
  const std::string line = again.has_error() ? again.error().message : comparison_line(*again);
  if (shown)
    fmt::print("\n{}\n", line);
  else if (again.has_error() || !again->agrees())
    complain(line, exit_done);
}

/// The run with its records made from its bytes.
result<report::analyzed_run> load_from_bytes(const std::filesystem::path& run_folder, bool shown) {
  auto again = recording::recompute(run_folder);
  if (again.has_error()) return again.error();
  if (shown)
    fmt::print("{}\n\n", comparison_line(*again));
  else if (!again->agrees())
    complain(comparison_line(*again), exit_done);
  return report::analyze(std::move(again->run));
}

/// Writes the runs' plots into `folder`, and has gnuplot draw them.
result<void> draw_plots(const fs::path& gnuplot, const fs::path& folder, std::span<const report::run_in_folder> runs) {
  const auto scripts = report::write_plots(folder, runs);
  if (scripts.has_error()) return scripts.error();
  for (const fs::path& script : *scripts)
    if (const auto drawn = run_gnuplot(gnuplot, script); drawn.has_error()) return drawn;
  return {};
}

/// What was asked for as pages and plots, of one run or of several.
result<void> draw(const settings& from, const fs::path& gnuplot, std::span<const report::run_in_folder> runs) {
  if (const std::string_view html = from.text("html"); !html.empty())
    if (const auto written = report::write_html(html, runs); written.has_error()) return written;
  const std::string_view plots = from.text("plots");
  return plots.empty() ? result<void>{} : draw_plots(gnuplot, plots, runs);
}

/// One page of several runs, or plots, and nothing else.
int report_together(const resolved_command& command, const fs::path& gnuplot) {
  if (command.values.text("html").empty() && command.values.text("plots").empty())
    return complain(invalid_input("several RUNs: expected --html FILE, the page of them all, or --plots DIR"));
  for (const char* option : {"summary", "as", "json", "hlog", "export", "from-bytes", "mlflow"})
    if (command.values.at(option).is_given())
      return complain(
          invalid_input(fmt::format("--{}: is of one RUN; expected one, or --html or --plots alone", option)));
  std::vector<report::analyzed_run> runs;
  for (const std::string& run_folder : command.positionals) {
    auto run = load(command.values, run_folder);
    if (run.has_error()) return complain(run.error());
    runs.push_back(std::move(*run));
  }
  std::vector<report::run_in_folder> all;
  for (std::size_t i = 0; i < runs.size(); ++i) all.push_back({&runs[i], command.positionals[i]});
  const auto written = draw(command.values, gnuplot, all);
  return written.has_error() ? complain(written.error().message, exit_unwritten) : int{exit_done};
}

/// Whether the outputs asked for make sense together, and no two of them want standard output for themselves.
result<void> check_outputs(const settings& from) {
  if (!from.text("json").empty() && from.text("as").empty())
    return invalid_input("--json: needs --as; expected the name of a tool, or all");
  if (const auto sensible = check_export(from); sensible.has_error()) return sensible;
  std::string_view taken_by;
  for (const char* option : {"summary", "json", "to"}) {
    if (from.text(option) != "-") continue;
    if (!taken_by.empty())
      return invalid_input(
          fmt::format("--{}: '-' is taken by --{}; expected a file for one of them", option, taken_by));
    taken_by = option;
  }
  return {};
}

/// A tracking server that the run is to be reported to as well.
struct tracking {
  publish::mlflow_tracker server;
  std::string experiment;
};

/// What --mlflow asks for, before anything is read or written.
result<std::optional<tracking>> tracking_of(const settings& from) {
  value_reader read{from};
  const auto asked = read_mlflow(from, process_variable, read);
  if (read.failure()) return *read.failure();
  if (!asked) return std::optional<tracking>{};
  auto made = publish::mlflow_tracker::create(asked->server);
  if (made.has_error()) return error{made.error().code, "--mlflow: " + made.error().message};
  return std::optional{tracking{std::move(*made), asked->experiment}};
}

int track(const tracking& to, const report::analyzed_run& run, const fs::path& run_folder) {
  const auto tracked = to.server.report(run, run_folder, to.experiment);
  if (tracked.has_error()) return complain("--mlflow: " + tracked.error().message, exit_unwritten);
  if (!tracked->no_artifacts.empty()) complain("--mlflow: warning: no artefacts: " + tracked->no_artifacts, exit_done);
  fmt::print(stderr, "loadgen: mlflow: {} {}\n", tracked->updated ? "brought up to date" : "reported", tracked->url);
  return exit_done;
}

} // namespace

int report_command(const std::vector<std::string>& arguments) {
  const auto command = resolve(report_options(), arguments, process_variable);
  if (command.has_error()) return complain(command.error());
  if (command->values.is_on("help")) {
    fmt::print("{}", help_text(report_options()));
    return exit_done;
  }

  result<fs::path> gnuplot = fs::path{};
  if (!command->values.text("plots").empty()) gnuplot = find_gnuplot(process_variable);
  if (gnuplot.has_error()) return complain(gnuplot.error());
  const auto tracked_by = tracking_of(command->values);
  if (tracked_by.has_error()) return complain(tracked_by.error());
  if (command->positionals.size() > 1) return report_together(*command, *gnuplot);

  if (const auto sensible = check_outputs(command->values); sensible.has_error()) return complain(sensible.error());

  const std::filesystem::path run_folder = command->positionals.front();
  const std::string_view json = command->values.text("json");
  const bool shown = command->values.text("summary") != "-" && json != "-" && command->values.text("to") != "-";
  const bool from_bytes = command->values.is_on("from-bytes");
  const auto run = from_bytes ? load_from_bytes(run_folder, shown) : load(command->values, run_folder);
  if (run.has_error()) return complain(run.error());

  const report::run_in_folder self{&*run, run_folder};
  if (const auto drawn = draw(command->values, *gnuplot, {&self, 1}); drawn.has_error())
    return complain(drawn.error().message, exit_unwritten);
  if (const std::string_view hlog = command->values.text("hlog"); !hlog.empty())
    if (const auto written = report::write_hlog(run_folder, hlog); written.has_error())
      return complain(written.error().message, exit_unwritten);

  if (const auto exported = write_export(command->values, run_folder); exported.has_error())
    return complain(exported.error().message,
                    exported.error().code == errc::io ? int{exit_unwritten} : int{exit_usage});

  const std::string_view as = command->values.text("as");
  const figures_as figures =
      as.empty()
          ? figures_as{report::console_report(*run, characters_of_locale()) + report::parquet_note(run_folder), {}}
          : by_definitions(*run, as);
  const std::string_view summary = command->values.text("summary");
  if (shown)
    if (const auto written = write_text("-", figures.text); written.has_error())
      return complain(written.error().message, exit_unwritten);
  if (!from_bytes) check_against_bytes(run_folder, *run, shown);
  if (!json.empty())
    if (const auto written = write_text(json, report::to_pretty_json(figures.json)); written.has_error())
      return complain(written.error().message, exit_unwritten);
  if (!summary.empty())
    if (const auto written = write_text(summary, report::to_pretty_json(report::summary_json(*run)));
        written.has_error())
      return complain(written.error().message, exit_unwritten);
  return *tracked_by ? track(**tracked_by, *run, run_folder) : int{exit_done};
}

} // namespace loadgen::cli
