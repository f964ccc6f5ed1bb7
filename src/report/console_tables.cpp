#include "report/console.hpp"
#include "report/table.hpp"
#include "report/text.hpp"

#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

namespace loadgen::report {

namespace {

using metrics::cause;
using metrics::distribution;
using metrics::level_summary;
using metrics::metric;
using side = table_column::side;

std::vector<table_column> level_columns(const level_naming& naming) {
  std::vector<table_column> columns{{"", naming.heading()}};
  if (naming.has_trials()) columns.push_back({"", "trial"});
  return columns;
}

std::vector<std::string> level_cells(const level_summary& level, const level_naming& naming) {
  std::vector<std::string> cells{naming.load(level.info)};
  if (naming.has_trials()) cells.push_back(std::to_string(level.info.trial));
  return cells;
}

text_table level_table(const level_naming& naming, std::initializer_list<table_column> columns) {
  std::vector<table_column> all = level_columns(naming);
  all.insert(all.end(), columns);
  return text_table{std::move(all)};
}

std::vector<std::string> level_row(const level_summary& level, const level_naming& naming,
                                   std::initializer_list<std::string> cells) {
  std::vector<std::string> all = level_cells(level, naming);
  all.insert(all.end(), cells);
  return all;
}

bool shows_thin_p99(const distribution& of) {
  return of.p99.has_value() && of.thin_p99;
}

/// The p99 with its mark, or with the mark's room where other rows have one.
std::string p99_cell(const distribution& of, bool any_thin) {
  return compact(of.p99) + (shows_thin_p99(of) ? "*" : any_thin ? " " : "");
}

/// All digits up to ten million, four of them with an M from there on.
std::string count_cell(std::optional<std::uint64_t> count) {
  if (!count) return "-";
  return *count < 10'000'000 ? std::to_string(*count) : compact(static_cast<double>(*count) / 1e6) + "M";
}

/// Cut after two digits, never rounded up: 100.00% is all of them, and a share below a limit never looks like it.
std::string exact_share(std::uint64_t part, std::uint64_t all) {
  if (all == 0) return "-";
  const std::uint64_t hundredths = part * 10'000 / all;
  return fmt::format("{}.{:02}%", hundredths / 100, hundredths % 100);
}

std::optional<double> cached_share(const metrics::token_totals& tokens) {
  if (!tokens.cached_input || !tokens.input || *tokens.input == 0) return std::nullopt;
  return static_cast<double>(*tokens.cached_input) / static_cast<double>(*tokens.input);
}

/// The row below a level's figures: how far the instrument can have moved them. `room`: that of the mark of a thin p99.
std::vector<std::string> error_row(const level_summary& level, const level_naming& naming, const std::string& room) {
  const auto bound = [](std::optional<double> error) { return error ? compact(error) : ""; };
  const metrics::instrument_error& ttft = level.error_of(metric::ttft);
  const metrics::instrument_error& itl = level.error_of(metric::itl);
  const metrics::instrument_error& e2e = level.error_of(metric::e2e);
  std::vector<std::string> cells(level_columns(naming).size() + 4); // the load and the rates have none
  cells.front() = "+/-";
  cells.insert(cells.end(), {bound(ttft.p50), bound(ttft.p99) + room, bound(itl.p50), bound(itl.p99) + room,
                             bound(level.error_of(metric::tpot).p50), bound(e2e.p50), bound(e2e.p99) + room});
  return cells;
}

std::string statuses_text(const metrics::request_counts& counts) {
  std::vector<std::string> statuses;
  for (const auto& [status, count] : counts.http_statuses) statuses.push_back(fmt::format("{} x {}", count, status));
  return fmt::format("{}", fmt::join(statuses, ", "));
}

} // namespace

std::string performance_section(const analyzed_run& run, const level_naming& naming) {
  constexpr std::array marked{metric::ttft, metric::itl, metric::e2e};
  const bool any_thin = std::any_of(run.levels.begin(), run.levels.end(), [&marked](const level_summary& level) {
    return std::any_of(marked.begin(), marked.end(), [&level](metric m) { return shows_thin_p99(level.of(m)); });
  });
  const std::string p99 = any_thin ? "p99 " : "p99";
  text_table table = level_table(naming, {{"requests", "ok"},
                                          {"requests", "failed"},
                                          {"per second", "req"},
                                          {"per second", "tokens"},
                                          {"TTFT ms", "p50"},
                                          {"TTFT ms", p99},
                                          {"ITL ms", "p50"},
                                          {"ITL ms", p99},
                                          {"TPOT ms", "p50"},
                                          {"E2E ms", "p50"},
                                          {"E2E ms", p99}});
  bool any_bound = false;
  for (const level_summary& level : run.levels) {
    table.add_row(level_row(level, naming,
                            {count_cell(level.requests.completed), count_cell(level.requests.failed),
                             compact(level.rates.requests_per_s), compact(level.rates.output_tokens_per_s),
                             compact(level.of(metric::ttft).p50), p99_cell(level.of(metric::ttft), any_thin),
                             compact(level.of(metric::itl).p50), p99_cell(level.of(metric::itl), any_thin),
                             compact(level.of(metric::tpot).p50), compact(level.of(metric::e2e).p50),
                             p99_cell(level.of(metric::e2e), any_thin)}));
    if (!level.error_of(metric::itl).p50) continue;
    any_bound = true;
    table.add_row(error_row(level, naming, any_thin ? " " : ""));
  }
  std::string text = table.render();
  if (any_thin) text += paragraph("  * ", "fewer than ten samples lie beyond this p99: it is little more than chance");
  if (any_bound)
    text += paragraph("  +/- ", "how far the instrument itself can have moved the figure above it, at most");
  return text;
}

namespace {

/// Whether the load was the one that was asked for.
std::string arrivals_lines(const analyzed_run& run, const level_naming& naming) {
  std::string text;
  for (const level_summary& level : run.levels) {
    if (!level.arrivals) continue;
    const auto& [planned, achieved] = *level.arrivals;
    text += paragraph("  ", fmt::format("{}: planned {}/s with gaps of CV {:.2f}, sent {}/s with {:.2f}",
                                        naming.sentence_name({&level}), compact(planned.rate), planned.cv,
                                        compact(achieved.rate), achieved.cv));
  }
  return text.empty() ? text : "arrivals\n" + text;
}

} // namespace

// What users saw who came when the schedule says, and waited until they were served.
std::string planned_section(const analyzed_run& run, const level_naming& naming) {
  if (!naming.open_loop()) return {};
  text_table table = level_table(naming, {{"TTFT ms", "p50"},
                                          {"TTFT ms", "p90"},
                                          {"TTFT ms", "p99"},
                                          {"E2E ms", "p50"},
                                          {"E2E ms", "p90"},
                                          {"E2E ms", "p99"}});
  for (const level_summary& level : run.levels) {
    const distribution& ttft = level.of(metric::ttft_planned);
    const distribution& e2e = level.of(metric::e2e_planned);
    table.add_row(level_row(level, naming,
                            {compact(ttft.p50), compact(ttft.p90), compact(ttft.p99), compact(e2e.p50),
                             compact(e2e.p90), compact(e2e.p99)}));
  }
  const std::string arrivals = arrivals_lines(run, naming);
  return "from the planned moment\n" + table.render() + (arrivals.empty() ? "" : "\n" + arrivals);
}

std::string slo_section(const analyzed_run& run, const level_naming& naming) {
  const auto& of_first = run.levels.front().attainment; // all levels of a run have the same SLO
  if (!of_first) return "";
  const metrics::slo& asked = of_first->asked;
  std::vector<table_column> columns = level_columns(naming);
  columns.insert(columns.end(), {{"", "holds", side::left}, {"requests", "met"}, {"requests", "of"}, {"share", "met"}});
  std::vector<std::string> objectives;
  for (const auto& [which, limit] : asked.limits) {
    objectives.push_back(fmt::format("{} <= {:g} ms", name(which), to_ms(limit)));
    columns.push_back({"of them met", std::string{name(which)}});
  }
  columns.push_back({"goodput", "req/s"});
  text_table table{std::move(columns)};
  for (const level_summary& level : run.levels) {
    const metrics::slo_attainment& attained = *level.attainment;
    std::vector<std::string> cells =
        level_row(level, naming,
                  {attained.holds() ? "yes" : "no", count_cell(attained.met_requests), count_cell(attained.requests),
                   exact_share(attained.met_requests, attained.requests)});
    for (const auto& objective : attained.missed)
      cells.push_back(exact_share(attained.requests - objective.second, attained.requests));
    cells.push_back(compact(level.rates.goodput_per_s));
    table.add_row(std::move(cells));
  }
  const std::string sentence =
      fmt::format("objectives: {}; {:g}% of the requests must meet {}", fmt::join(objectives, ", "),
                  asked.required_attainment * 100, objectives.size() > 1 ? "all of them" : "it");
  return paragraph("", sentence) + table.render();
}

std::string counts_section(const analyzed_run& run, const level_naming& naming) {
  text_table table = level_table(naming, {{"window", "s"},
                                          {"requests", "planned"},
                                          {"requests", "issued"},
                                          {"requests", "cancelled"},
                                          {"requests", "dropped"},
                                          {"tokens in", "total"},
                                          {"tokens in", "cached"},
                                          {"tokens out", "total"},
                                          {"tokens out", "asked"},
                                          {"tokens out", "source"},
                                          {"per", "event"}});
  for (const level_summary& level : run.levels)
    table.add_row(level_row(
        level, naming,
        {compact(level.window_s), count_cell(level.requests.planned), count_cell(level.requests.issued),
         count_cell(level.requests.cancelled), count_cell(level.requests.dropped), count_cell(level.tokens.input),
         percent(cached_share(level.tokens)), count_cell(level.tokens.output), count_cell(level.tokens.asked_output),
         level.tokens.source.empty() ? "-" : level.tokens.source, compact(level.tokens.per_chunk)}));
  return table.render();
}

std::string failures_section(const analyzed_run& run, const level_naming& naming) {
  text_table table =
      level_table(naming, {{"", "ended by", side::left}, {"", "count"}, {"", "first message", side::left}});
  bool any = false;
  std::set<std::string> shown; // a sweep repeats its failures: each message is shown once
  for (const level_summary& level : run.levels)
    for (std::size_t i = 1; i < metrics::cause_count; ++i) {
      if (level.requests.causes[i] == 0) continue;
      any = true;
      const auto why = static_cast<cause>(i);
      std::string message = printable(boost::algorithm::trim_copy(level.requests.first_messages[i]));
      if (!message.empty() && !shown.insert(message).second) message = "as above";
      if (why == cause::http_status) message = statuses_text(level.requests) + (message.empty() ? "" : ": " + message);
      table.add_row(
          level_row(level, naming, {std::string{to_string(why)}, count_cell(level.requests.causes[i]), message}));
    }
  return any ? "failed and cancelled requests\n" + table.render() : "";
}

std::string models_section(const analyzed_run& run, const level_naming& naming) {
  bool any = false, any_thin = false;
  for (const level_summary& level : run.levels)
    for (const metrics::model_summary& model : level.by_model)
      any_thin = any_thin || shows_thin_p99(model.ttft_ms) || shows_thin_p99(model.e2e_ms);
  const std::string p99 = any_thin ? "p99 " : "p99";
  text_table table = level_table(naming, {{"", "model", side::left},
                                          {"", "issued"},
                                          {"", "failed"},
                                          {"TTFT ms", "p50"},
                                          {"TTFT ms", p99},
                                          {"TPOT ms", "p50"},
                                          {"E2E ms", "p50"},
                                          {"E2E ms", p99}});
  for (const level_summary& level : run.levels)
    for (const metrics::model_summary& model : level.by_model) {
      any = true;
      table.add_row(
          level_row(level, naming,
                    {printable(model.name), count_cell(model.issued), count_cell(model.failed),
                     compact(model.ttft_ms.p50), p99_cell(model.ttft_ms, any_thin), compact(model.tpot_ms.p50),
                     compact(model.e2e_ms.p50), p99_cell(model.e2e_ms, any_thin)}));
    }
  return any ? "by model\n" + table.render() : "";
}

std::string audit_section(const analyzed_run& run, const level_naming& naming) {
  text_table table = level_table(naming, {{"", "verdict", side::left},
                                          {"kernel", "stamps"},
                                          {"coalesced events", "all"},
                                          {"coalesced events", "behind"},
                                          {"send lag", "p99 ms"},
                                          {"receive lag", "p99 ms"},
                                          {"longest", "stall ms"},
                                          {"client", "CPU"}});
  for (const level_summary& level : run.levels) {
    const metrics::audit& trust = level.trust;
    std::vector<std::string> reasons;
    for (const std::string& reason : trust.reasons) reasons.push_back(printable(reason));
    table.add_row(level_row(level, naming,
                            {std::string{to_string(trust.judgement)}, trust.kernel_timestamps ? "yes" : "no",
                             percent(trust.coalesced_fraction), percent(trust.coalesced_behind_fraction),
                             compact(trust.send_lag_ms.p99), compact(trust.receive_lag_ms.p99),
                             compact(trust.longest_stall_ms), percent(trust.client_cpu_fraction)}),
                  std::move(reasons));
  }
  return "audit of the client\n" + table.render();
}

} // namespace loadgen::report
