#include "report/csv.hpp"
#include "report/manifest.hpp"

#include <loadgen/report/report.hpp>

#include <fmt/ranges.h>

#include <algorithm>

namespace loadgen::report {

namespace {

using metrics::distribution;
using metrics::level_summary;

struct run_columns {
  std::string_view run_id;
  std::string label;
};

void write_identity(csv_row& row, const run_columns& run, const level_summary& level) {
  row.cell("run_id", run.run_id);
  row.cell("label", run.label);
  row.cell("level", level.info.level);
  row.cell("concurrency", level.info.concurrency);
  row.cell("rate", level.info.rate);
  row.cell("trial", level.info.trial);
  row.cell("complete", level.complete);
}

void write_counts(csv_row& row, const metrics::request_counts& counts) {
  row.cell("planned", counts.planned);
  row.cell("issued", counts.issued);
  row.cell("completed", counts.completed);
  row.cell("failed", counts.failed);
  row.cell("cancelled", counts.cancelled);
  row.cell("dropped", counts.dropped);
  row.cell("empty", counts.empty);
  row.cell("stale_reconnects", counts.stale_reconnects);
  row.cell("retries", counts.retries);
}

void write_rates(csv_row& row, const level_summary& level) {
  row.cell("duration_s", level.window_s);
  row.cell("requests_per_s", level.rates.requests_per_s);
  row.cell("output_tokens_per_s", level.rates.output_tokens_per_s);
  row.cell("total_tokens_per_s", level.rates.total_tokens_per_s);
  row.cell("goodput_per_s", level.rates.goodput_per_s);
  row.cell("slo_attainment", level.attainment ? level.attainment->attainment() : std::nullopt);
  row.cell("input_tokens", level.tokens.input);
  row.cell("cached_input_tokens", level.tokens.cached_input);
  row.cell("output_tokens", level.tokens.output);
  row.cell("asked_output_tokens", level.tokens.asked_output);
  row.cell("token_source", level.tokens.source);
  row.cell("tokens_per_chunk", level.tokens.per_chunk);
}

void write_distribution(csv_row& row, std::string_view name, const distribution& of) {
  const auto column = [name](std::string_view figure) { return fmt::format("{}_{}", name, figure); };
  row.cell(column("count"), of.count);
  row.cell(column("mean"), of.mean);
  row.cell(column("std"), of.std);
  row.cell(column("min"), of.min);
  row.cell(column("p50"), of.p50);
  row.cell(column("p90"), of.p90);
  row.cell(column("p95"), of.p95);
  row.cell(column("p99"), of.p99);
  row.cell(column("p99_9"), of.p99_9);
  row.cell(column("max"), of.max);
}

void write_interval(csv_row& row, const std::string& column, const std::optional<metrics::interval>& ci95) {
  row.cell(column + "_low", ci95 ? std::optional{ci95->low} : std::nullopt);
  row.cell(column + "_high", ci95 ? std::optional{ci95->high} : std::nullopt);
}

void write_intervals(csv_row& row, std::string_view name, const metrics::percentile_intervals& ci95) {
  const auto column = [name](std::string_view figure) { return fmt::format("{}_{}_ci95", name, figure); };
  write_interval(row, column("p50"), ci95.p50);
  write_interval(row, column("p90"), ci95.p90);
  write_interval(row, column("p95"), ci95.p95);
  write_interval(row, column("p99"), ci95.p99);
  write_interval(row, column("p99_9"), ci95.p99_9);
}

void write_stability(csv_row& row, const level_summary& level) {
  const auto last = std::max_element(level.steadiness.begin(), level.steadiness.end(),
                                     [](const auto& left, const auto& right) { return settles_later(right, left); });
  const bool known = last != level.steadiness.end();
  row.cell("steady_state_reached", known ? std::optional{last->reached} : std::nullopt);
  row.cell("steady_state_warmup_requests", known ? last->warmup_requests : std::nullopt);
  row.cell("saturated", level.queue ? std::optional{level.queue->saturated} : std::nullopt);
  row.cell("queue_growth_per_s", level.queue ? std::optional{level.queue->per_s} : std::nullopt);
}

void write_conversations(csv_row& row, const std::optional<metrics::conversation_summary>& conversations) {
  const auto count = [&](std::string_view column, std::uint64_t metrics::conversation_summary::*figure) {
    row.cell(column, conversations ? std::optional{*conversations.*figure} : std::nullopt);
  };
  count("conversations_begun", &metrics::conversation_summary::begun);
  count("conversations_completed", &metrics::conversation_summary::completed);
  count("conversations_failed", &metrics::conversation_summary::failed);
  count("conversations_cut_off", &metrics::conversation_summary::cut_off);
  write_distribution(row, "conversation_duration_s", conversations ? conversations->duration_s : distribution{});
}

void write_turn(csv_row row, const run_columns& run, const level_summary& level, const metrics::turn_summary& turn) {
  write_identity(row, run, level);
  row.cell("turn", turn.turn);
  row.cell("issued", turn.issued);
  row.cell("completed", turn.completed);
  row.cell("failed", turn.failed);
  write_distribution(row, "ttft_ms", turn.ttft_ms);
  write_distribution(row, "tpot_ms", turn.tpot_ms);
  write_distribution(row, "e2e_ms", turn.e2e_ms);
  write_distribution(row, "input_tokens", turn.input_tokens);
  write_distribution(row, "output_tokens", turn.output_tokens);
  row.cell("cached_input_share", turn.cached_input_share);
  row.end();
}

run_columns columns_of(const analyzed_run& run) {
  return {run.run.info.run_id, text_at(merged_manifest(run.run), {"label"})};
}

void write_causes(csv_row& row, const metrics::request_counts& counts) {
  for (std::size_t i = 1; i < metrics::cause_count; ++i)
    row.cell(fmt::format("cause_{}", to_string(static_cast<metrics::cause>(i))), counts.causes[i]);
}

void write_audit(csv_row& row, const metrics::audit& trust) {
  row.cell("verdict", to_string(trust.judgement));
  row.cell("reasons", fmt::format("{}", fmt::join(trust.reasons, "; ")));
  row.cell("kernel_timestamps", trust.kernel_timestamps);
  row.cell("coalesced_fraction", trust.coalesced_fraction);
  row.cell("coalesced_behind_fraction", trust.coalesced_behind_fraction);
  write_distribution(row, "send_lag_ms", trust.send_lag_ms);
  write_distribution(row, "receive_lag_ms", trust.receive_lag_ms);
  row.cell("client_cpu_fraction", trust.client_cpu_fraction);
  row.cell("busy_fraction", trust.busy_fraction);
  row.cell("longest_stall_ms", trust.longest_stall_ms);
  row.cell("tcp_min_rtt_us", trust.tcp_min_rtt_us);
  row.cell("tcp_retransmits", trust.tcp_retransmits);
  row.cell("longest_flush_gap_ms", trust.longest_flush_gap_ms);
}

void write_row(csv_row row, const run_columns& run, const level_summary& level) {
  write_identity(row, run, level);
  write_counts(row, level.requests);
  write_rates(row, level);
  for (std::size_t i = 0; i < metrics::metric_count; ++i) {
    write_distribution(row, key(static_cast<metrics::metric>(i)), level.metrics[i]);
    write_intervals(row, key(static_cast<metrics::metric>(i)), level.metrics[i].ci95);
  }
  write_stability(row, level);
  write_causes(row, level.requests);
  write_audit(row, level.trust);
  write_conversations(row, level.conversations);
  row.end();
}

} // namespace

std::string summary_csv(const analyzed_run& run) {
  const run_columns shared = columns_of(run);
  std::string csv;
  write_row(csv_row{csv, csv_row::kind::names}, shared, level_summary{});
  for (const level_summary& level : run.levels) write_row(csv_row{csv, csv_row::kind::values}, shared, level);
  return csv;
}

std::string turns_csv(const analyzed_run& run) {
  const run_columns shared = columns_of(run);
  std::string csv;
  for (const level_summary& level : run.levels) {
    if (!level.conversations) continue;
    if (csv.empty()) write_turn(csv_row{csv, csv_row::kind::names}, shared, level_summary{}, {});
    for (const metrics::turn_summary& turn : level.conversations->turns)
      write_turn(csv_row{csv, csv_row::kind::values}, shared, level, turn);
  }
  return csv;
}

} // namespace loadgen::report
