#include "report/console.hpp"
#include "report/table.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace loadgen::report {

namespace {

using metrics::conversation_summary;
using metrics::level_summary;
using metrics::turn_summary;

constexpr std::size_t most_rows = 16; // of a level, before turns are left out

/// Of many turns the first ones, then ever fewer, and the last.
bool is_shown(const turn_summary& turn, const conversation_summary& of) {
  if (of.turns.size() <= most_rows || turn.turn <= 4 || turn.turn == of.turns.back().turn) return true;
  return (turn.turn & (turn.turn - 1)) == 0; // a power of two
}

std::string conversations_sentence(const level_summary& level) {
  const conversation_summary& of = *level.conversations;
  std::string sentence = fmt::format("{} begun, {} completed, {} failed, {} cut off", counted(of.begun, "conversation"),
                                     of.completed, of.failed, of.cut_off);
  if (of.completed > 0)
    sentence +=
        fmt::format("; they took {} s (p50) to {} s (p99)", compact(of.duration_s.p50), compact(of.duration_s.p99));
  if (level.requests.dropped_conversation > 0)
    sentence += fmt::format("; {} not sent behind a failed one", counted(level.requests.dropped_conversation, "turn"));
  return sentence;
}

bool is_thin(const turn_summary& turn) {
  return turn.ttft_ms.p99.has_value() && turn.ttft_ms.thin_p99;
}

void add_turn(text_table& table, std::vector<std::string> cells, const turn_summary& turn) {
  for (std::string cell :
       {std::to_string(turn.turn), std::to_string(turn.completed), std::to_string(turn.failed),
        compact(turn.input_tokens.p50), percent(turn.cached_input_share), compact(turn.ttft_ms.p50),
        compact(turn.ttft_ms.p99) + (is_thin(turn) ? "*" : ""), compact(turn.tpot_ms.p50), compact(turn.e2e_ms.p50)})
    cells.push_back(std::move(cell));
  table.add_row(std::move(cells));
}

} // namespace

// How the requests of one turn differ from those of the next: their context grows, and what of it is cached.
std::string turns_section(const analyzed_run& run, const level_naming& naming) {
  const bool any = std::any_of(run.levels.begin(), run.levels.end(),
                               [](const level_summary& level) { return level.conversations.has_value(); });
  if (!any) return {};
  std::vector<table_column> columns{{"", naming.heading()}};
  if (naming.has_trials()) columns.push_back({"", "trial"});
  columns.insert(columns.end(), {{"", "turn"},
                                 {"requests", "ok"},
                                 {"requests", "failed"},
                                 {"tokens in", "p50"},
                                 {"tokens in", "cached"},
                                 {"TTFT ms", "p50"},
                                 {"TTFT ms", "p99"},
                                 {"TPOT ms", "p50"},
                                 {"E2E ms", "p50"}});
  text_table table{std::move(columns)};
  std::string sentences;
  bool any_hidden = false, any_thin = false;
  for (const level_summary& level : run.levels) {
    if (!level.conversations) continue;
    sentences += paragraph("  ", naming.sentence_name({&level}) + ": " + conversations_sentence(level));
    for (const turn_summary& turn : level.conversations->turns) {
      if (!is_shown(turn, *level.conversations)) {
        any_hidden = true;
        continue;
      }
      any_thin = any_thin || is_thin(turn);
      std::vector<std::string> cells{naming.load(level.info)};
      if (naming.has_trials()) cells.push_back(std::to_string(level.info.trial));
      add_turn(table, std::move(cells), turn);
    }
  }
  if (any_hidden) sentences += paragraph("  ", "turns that are not shown are in summary/turns.csv");
  if (any_thin)
    sentences =
        paragraph("  * ", "fewer than ten samples lie beyond this p99: it is little more than chance") + sentences;
  return "by turn of the conversations\n" + table.render() + sentences;
}

} // namespace loadgen::report
