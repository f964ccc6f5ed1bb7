#include "report/calibration.hpp"
#include "report/manifest.hpp"
#include "report/search_json.hpp"
#include "report/text.hpp"
#include "report/trials.hpp"

#include <loadgen/report/report.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <cmath>

namespace loadgen::report {

namespace {

namespace json = boost::json;
using metrics::calibrated_range;
using metrics::cause;
using metrics::distribution;
using metrics::level_summary;

json::value number_or_null(std::optional<double> number) {
  return number && std::isfinite(*number) ? json::value(*number) : json::value();
}

json::value number_or_null(std::optional<std::uint64_t> number) {
  return number ? json::value(*number) : json::value();
}

json::value text_or_null(std::string_view text) {
  return text.empty() ? json::value() : json::value(well_formed(text));
}

json::value interval_json(const std::optional<metrics::interval>& found) {
  return found ? json::array{found->low, found->high} : json::value();
}

json::value intervals_json(const metrics::percentile_intervals& ci95) {
  if (!ci95.p50 && !ci95.p90 && !ci95.p95 && !ci95.p99 && !ci95.p99_9) return nullptr;
  return json::object{
      {"p50", interval_json(ci95.p50)}, {"p90", interval_json(ci95.p90)},     {"p95", interval_json(ci95.p95)},
      {"p99", interval_json(ci95.p99)}, {"p99_9", interval_json(ci95.p99_9)},
  };
}

json::object distribution_json(const distribution& of) {
  json::array thin;
  if (of.thin_p90) thin.emplace_back("p90");
  if (of.thin_p95) thin.emplace_back("p95");
  if (of.thin_p99) thin.emplace_back("p99");
  if (of.thin_p99_9) thin.emplace_back("p99_9");
  return {
      {"count", of.count},
      {"mean", number_or_null(of.mean)},
      {"std", number_or_null(of.std)},
      {"min", number_or_null(of.min)},
      {"p50", number_or_null(of.p50)},
      {"p90", number_or_null(of.p90)},
      {"p95", number_or_null(of.p95)},
      {"p99", number_or_null(of.p99)},
      {"p99_9", number_or_null(of.p99_9)},
      {"max", number_or_null(of.max)},
      {"ci95", intervals_json(of.ci95)},
      {"thin", std::move(thin)},
  };
}

json::object requests_json(const metrics::request_counts& counts) {
  json::object causes;
  json::object first_messages;
  for (std::size_t i = 1; i < metrics::cause_count; ++i) {
    const std::string_view name = to_string(static_cast<cause>(i));
    causes[name] = counts.causes[i];
    if (!counts.first_messages[i].empty()) first_messages[name] = well_formed(counts.first_messages[i]);
  }
  json::object statuses;
  for (const auto& [status, count] : counts.http_statuses) statuses[fmt::format_int(status).c_str()] = count;
  return {
      {"planned", number_or_null(counts.planned)},
      {"issued", counts.issued},
      {"completed", counts.completed},
      {"failed", counts.failed},
      {"cancelled", counts.cancelled},
      {"dropped", counts.dropped},
      {"dropped_by",
       {{"cap", counts.dropped_cap},
        {"conversation", counts.dropped_conversation},
        {"not_reached", counts.dropped_not_reached}}},
      {"empty", counts.empty},
      {"stale_reconnects", counts.stale_reconnects},
      {"retries", counts.retries},
      {"causes", std::move(causes)},
      {"http_statuses", std::move(statuses)},
      {"first_messages", std::move(first_messages)},
  };
}

json::object throughput_json(const metrics::throughput& rates) {
  return {
      {"requests_per_s", number_or_null(rates.requests_per_s)},
      {"output_tokens_per_s", number_or_null(rates.output_tokens_per_s)},
      {"total_tokens_per_s", number_or_null(rates.total_tokens_per_s)},
      {"goodput_per_s", number_or_null(rates.goodput_per_s)},
  };
}

json::object tokens_json(const metrics::token_totals& tokens) {
  return {
      {"input", number_or_null(tokens.input)},
      {"cached_input", number_or_null(tokens.cached_input)},
      {"output", tokens.output},
      {"asked_output", tokens.asked_output},
      {"source", text_or_null(tokens.source)},
      {"per_chunk", number_or_null(tokens.per_chunk)},
  };
}

json::value instrument_error_json(const metrics::instrument_error& bound) {
  if (!bound.p50) return nullptr;
  return {
      {"mean", number_or_null(bound.mean)}, {"p50", number_or_null(bound.p50)}, {"p90", number_or_null(bound.p90)},
      {"p95", number_or_null(bound.p95)},   {"p99", number_or_null(bound.p99)}, {"p99_9", number_or_null(bound.p99_9)},
  };
}

json::object metrics_json(const level_summary& level) {
  json::object all;
  for (std::size_t i = 0; i < metrics::metric_count; ++i) {
    const auto which = static_cast<metrics::metric>(i);
    json::object figures = distribution_json(level.of(which));
    figures["instrument_error"] = instrument_error_json(level.error_of(which));
    all[key(which)] = std::move(figures);
  }
  return all;
}

json::value server_reported_json(const level_summary& level) {
  if (level.server_reported.empty()) return nullptr;
  json::object reported;
  for (const auto& [name, values] : level.server_reported) reported[well_formed(name)] = distribution_json(values);
  return reported;
}

json::object attainment_json(const metrics::slo_attainment& attained) {
  json::object by_objective;
  for (const auto& objective : attained.asked.limits)
    by_objective[key(objective.first)] = number_or_null(attained.attainment_of(objective.first));
  json::object described = metrics::to_json(attained.asked);
  described["attainment"] = number_or_null(attained.attainment());
  described["met_requests"] = attained.met_requests;
  described["requests"] = attained.requests;
  described["holds"] = attained.holds();
  described["by_objective"] = std::move(by_objective);
  return described;
}

json::object audit_json(const level_summary& level, const std::vector<calibrated_range>& ranges) {
  const metrics::audit& trust = level.trust;
  json::array reasons;
  for (const std::string& reason : trust.reasons) reasons.emplace_back(well_formed(reason));
  return {
      {"verdict", to_string(trust.judgement)},
      {"reasons", std::move(reasons)},
      {"kernel_timestamps", trust.kernel_timestamps},
      {"coalesced_fraction", number_or_null(trust.coalesced_fraction)},
      {"coalesced_behind_fraction", number_or_null(trust.coalesced_behind_fraction)},
      {"send_lag_ms", distribution_json(trust.send_lag_ms)},
      {"receive_lag_ms", distribution_json(trust.receive_lag_ms)},
      {"client_cpu_fraction", number_or_null(trust.client_cpu_fraction)},
      {"busy_fraction", number_or_null(trust.busy_fraction)},
      {"longest_stall_ms", number_or_null(trust.longest_stall_ms)},
      {"longest_flush_gap_ms", number_or_null(trust.longest_flush_gap_ms)},
      {"tcp",
       {{"min_rtt_us", number_or_null(trust.tcp_min_rtt_us)}, {"retransmits", number_or_null(trust.tcp_retransmits)}}},
      {"calibration", calibration_json(ranges, level)},
  };
}

std::string_view percentile_method(metrics::sample_keeping samples) noexcept {
  return samples == metrics::sample_keeping::all ? "linear interpolation, all samples"
                                                 : "log-linear histogram, relative error at most 0.1 %";
}

json::value steady_state_json(const std::vector<metrics::steady_state>& steadiness) {
  if (steadiness.empty()) return nullptr;
  const metrics::steady_state* last = &steadiness.front(); // to settle
  json::object by_metric;
  for (const metrics::steady_state& state : steadiness) {
    if (settles_later(state, *last)) last = &state;
    by_metric[key(state.which)] = {
        {"reached", state.reached},
        {"warmup_requests", number_or_null(state.warmup_requests)},
        {"warmup_s", number_or_null(state.warmup_s)},
        {"p50", number_or_null(state.p50)},
        {"p99", number_or_null(state.p99)},
    };
  }
  return json::object{
      {"reached", last->reached},
      {"metric", key(last->which)},
      {"warmup_requests", number_or_null(last->warmup_requests)},
      {"warmup_s", number_or_null(last->warmup_s)},
      {"metrics", std::move(by_metric)},
  };
}

json::value saturation_json(const std::optional<metrics::queue_growth>& queue) {
  if (!queue) return nullptr;
  return json::object{
      {"saturated", queue->saturated},
      {"in_system_begin", queue->begin},
      {"in_system_end", queue->end},
      {"growth_per_s", queue->per_s},
  };
}

json::object arrival_figures_json(const metrics::arrival_figures& figures) {
  return {{"rate", figures.rate}, {"cv", figures.cv}};
}

json::value arrivals_json(const std::optional<metrics::arrival_comparison>& arrivals) {
  if (!arrivals) return nullptr;
  return json::object{{"planned", arrival_figures_json(arrivals->planned)},
                      {"achieved", arrival_figures_json(arrivals->achieved)}};
}

json::object turn_json(const metrics::turn_summary& turn) {
  return {
      {"turn", turn.turn},
      {"issued", turn.issued},
      {"completed", turn.completed},
      {"failed", turn.failed},
      {"ttft_ms", distribution_json(turn.ttft_ms)},
      {"tpot_ms", distribution_json(turn.tpot_ms)},
      {"e2e_ms", distribution_json(turn.e2e_ms)},
      {"input_tokens", distribution_json(turn.input_tokens)},
      {"output_tokens", distribution_json(turn.output_tokens)},
      {"cached_input_share", number_or_null(turn.cached_input_share)},
  };
}

json::value turns_json(const std::optional<metrics::conversation_summary>& conversations) {
  if (!conversations) return nullptr;
  json::array by_turn;
  for (const metrics::turn_summary& turn : conversations->turns) by_turn.emplace_back(turn_json(turn));
  return json::object{
      {"conversations",
       {{"planned", number_or_null(conversations->planned)},
        {"begun", conversations->begun},
        {"completed", conversations->completed},
        {"failed", conversations->failed},
        {"cut_off", conversations->cut_off}}},
      {"conversation_duration_s", distribution_json(conversations->duration_s)},
      {"by_turn", std::move(by_turn)},
  };
}

json::object level_json(const level_summary& level, const std::vector<calibrated_range>& ranges) {
  return {
      {"concurrency", level.info.concurrency ? json::value(*level.info.concurrency) : json::value()},
      {"rate", number_or_null(level.info.rate)},
      {"trial", level.info.trial},
      {"complete", level.complete},
      {"requests", requests_json(level.requests)},
      {"duration_s", number_or_null(level.window_s)},
      {"throughput", throughput_json(level.rates)},
      {"tokens", tokens_json(level.tokens)},
      {"percentile_method", percentile_method(level.samples)},
      {"metrics", metrics_json(level)},
      {"turns", turns_json(level.conversations)},
      {"steady_state", steady_state_json(level.steadiness)},
      {"saturation", saturation_json(level.queue)},
      {"arrivals", arrivals_json(level.arrivals)},
      {"server_reported", server_reported_json(level)},
      {"slo", level.attainment ? attainment_json(*level.attainment) : json::value()},
      {"audit", audit_json(level, ranges)},
  };
}

} // namespace

json::object summary_json(const analyzed_run& run) {
  const json::object manifest = merged_manifest(run.run);
  const std::vector<calibrated_range> ranges = calibrated_ranges(manifest);
  json::array levels;
  for (const level_summary& level : run.levels) levels.emplace_back(level_json(level, ranges));
  return {
      {"schema", "loadgen.summary/1"},
      {"run_id", run.run.info.run_id},
      {"label", text_or_null(text_at(manifest, {"label"}))},
      {"complete", run.run.complete()},
      {"interrupted_by", text_or_null(interrupting_signal(run.run))},
      {"target", at_path(manifest, {"target"})},
      {"workload", at_path(manifest, {"workload"})},
      {"system", at_path(manifest, {"system"})},
      {"levels", std::move(levels)},
      {"trials", trials_json(run)},
      {"search", search_json(run)},
      {"knee", knee_json(run)},
      {"cost", nullptr},
      {"monitors", nullptr},
  };
}

} // namespace loadgen::report
