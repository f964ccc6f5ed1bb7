#include "unit/report/sample_runs.hpp"

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include <cmath>

namespace loadgen::report::samples {

using metrics::distribution;
using metrics::level_summary;
using metrics::metric;

analyzed_run empty_run() {
  analyzed_run run;
  run.run.info.run_id = "20260722-131502-4f2a";
  run.run.info.epoch_unix_ns = 1'784'726'102'000'000'000;
  run.run.info.manifest = {
      {"label", "baseline"},
      {"target",
       {{"urls", {"http://127.0.0.1:8000"}}, {"endpoint", "chat"}, {"model", "meta-llama/Llama-3.1-8B-Instruct"}}},
      {"workload",
       {{"sha256", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
        {"dataset",
         {{"name", "builtin:default"},
          {"sha256", "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"}}}}},
      {"system", {{"kernel", "6.1.0-18-amd64"}}},
  };
  run.run.end.emplace();
  run.run.end->complete = true;
  run.run.end->end_unix_ns = 1'784'726'197'250'000'000;
  return run;
}

distribution spread(std::uint64_t count, double middle, double tail) {
  distribution of;
  of.count = count;
  of.mean = middle * 1.05;
  of.std = (tail - middle) / 3;
  of.min = middle * 0.6;
  of.p50 = middle;
  of.p90 = middle + (tail - middle) * 0.5;
  of.p95 = middle + (tail - middle) * 0.7;
  of.p99 = tail;
  of.p99_9 = tail * 1.2;
  of.max = tail * 1.5;
  of.thin_p99 = count < 1'000;
  of.thin_p99_9 = count < 10'000;
  return of;
}

level_summary good_level(std::uint32_t concurrency, std::uint64_t requests) {
  constexpr std::uint64_t tokens = 128;
  const double load = 1 + std::log2(static_cast<double>(concurrency)) / 4;
  const double ttft = 41.3 * load;
  const double itl = 12.07 * load;
  const double e2e = ttft + itl * (tokens - 1);
  const auto count = static_cast<double>(requests);

  level_summary level;
  level.info.concurrency = concurrency;
  level.complete = true;
  level.requests.planned = requests;
  level.requests.issued = requests;
  level.requests.completed = requests;
  level.window_s = count * e2e / 1'000 / concurrency;
  level.rates.requests_per_s = count / *level.window_s;
  level.rates.output_tokens_per_s = count * tokens / *level.window_s;
  level.rates.total_tokens_per_s = count * (tokens + 60) / *level.window_s;
  level.tokens = {.input = requests * 60,
                  .cached_input = 0,
                  .output = requests * tokens,
                  .asked_output = requests * tokens,
                  .source = "usage",
                  .per_chunk = 1.0};

  const auto set = [&level](metric which, const distribution& of) {
    level.metrics[static_cast<std::size_t>(which)] = of;
  };
  set(metric::ttft, spread(requests, ttft, ttft * 2.1));
  set(metric::ttfo, spread(requests, ttft, ttft * 2.1));
  set(metric::ttfb, spread(requests, ttft * 0.1, ttft * 0.3));
  set(metric::ttfe, spread(requests, ttft * 0.9, ttft * 2));
  set(metric::itl, spread(requests * (tokens - 1), itl, itl * 1.6));
  set(metric::tpot, spread(requests, itl * 1.01, itl * 1.2));
  set(metric::e2e, spread(requests, e2e, e2e * 1.15));
  set(metric::e2e_done, spread(requests, e2e + 0.2, e2e * 1.15 + 0.3));
  set(metric::tokens_per_s, spread(requests, 1'000 / itl, 1'200 / itl));

  level.trust.coalesced_fraction = 0.0004 * load;
  level.trust.coalesced_behind_fraction = 0.0;
  level.trust.send_lag_ms = spread(requests, 0.009, 0.021);
  level.trust.receive_lag_ms = spread(requests * tokens, 0.031, 0.094);
  level.trust.client_cpu_fraction = 0.004 * concurrency;
  level.trust.busy_fraction = 0.0;
  level.trust.longest_stall_ms = 1.2;
  level.trust.tcp_min_rtt_us = 18;
  level.trust.tcp_retransmits = 0;
  return level;
}

distribution numbered(std::uint64_t base) {
  const auto figure = [base](int tenths) { return static_cast<double>(base) + tenths / 10.0; };
  distribution of;
  of.count = base;
  of.mean = figure(1);
  of.std = figure(2);
  of.min = figure(3);
  of.p50 = figure(4);
  of.p90 = figure(5);
  of.p95 = figure(6);
  of.p99 = figure(7);
  of.p99_9 = figure(8);
  of.max = figure(9);
  of.thin_p99 = true;
  of.thin_p99_9 = true;
  return of;
}

level_summary numbered_level() {
  level_summary level;
  level.info.concurrency = 32;
  level.info.trial = 2;
  level.complete = true;

  metrics::request_counts& counts = level.requests;
  counts.planned = 101;
  counts.issued = 102;
  counts.completed = 103;
  counts.failed = 104;
  counts.cancelled = 105;
  counts.dropped = 106;
  counts.empty = 107;
  counts.stale_reconnects = 108;
  counts.retries = 109;
  counts.dropped_cap = 110;
  counts.dropped_conversation = 112;
  counts.dropped_not_reached = 111;
  for (std::size_t i = 1; i < metrics::cause_count; ++i) counts.causes[i] = 500 + i;
  counts.http_statuses = {{429, 201}, {503, 202}};
  counts.first_messages[static_cast<std::size_t>(metrics::cause::http_status)] = "overloaded";

  level.window_s = 61.5;
  level.rates = {.requests_per_s = 1.5, .output_tokens_per_s = 2.5, .total_tokens_per_s = 3.5, .goodput_per_s = 4.5};
  level.tokens = {
      .input = 301, .cached_input = 302, .output = 303, .asked_output = 304, .source = "usage", .per_chunk = 1.25};
  for (std::size_t i = 0; i < metrics::metric_count; ++i) level.metrics[i] = numbered(1'000 * (i + 1));
  level.server_reported = {{"prompt_ms", numbered(20'000)}, {"predicted_ms", numbered(21'000)}};

  level.trust.judgement = metrics::verdict::client_bound;
  level.trust.reasons = {"send lag", "stall"};
  level.trust.kernel_timestamps = false;
  level.trust.coalesced_fraction = 0.51;
  level.trust.coalesced_behind_fraction = 0.52;
  level.trust.send_lag_ms = numbered(30'000);
  level.trust.receive_lag_ms = numbered(31'000);
  level.trust.client_cpu_fraction = 0.53;
  level.trust.busy_fraction = 0.54;
  level.trust.longest_stall_ms = 55.5;
  level.trust.tcp_min_rtt_us = 56.5;
  level.trust.tcp_retransmits = 57;
  level.trust.longest_flush_gap_ms = 57.5;
  return level;
}

void set_attainment(level_summary& level, std::uint64_t met, std::uint64_t requests) {
  using namespace std::chrono_literals;
  level.attainment = metrics::slo_attainment{
      .asked = {.limits = {{metric::ttft, 500ms}, {metric::itl, 50ms}}},
      .requests = requests,
      .met_requests = met,
      .missed = {{metric::ttft, requests - met - 1}, {metric::itl, requests - met}},
  };
  level.rates.goodput_per_s = static_cast<double>(met) / *level.window_s;
}

void set_conversations(level_summary& level) {
  metrics::conversation_summary& of = level.conversations.emplace();
  of.planned = 601;
  of.begun = 602;
  of.completed = 603;
  of.failed = 604;
  of.cut_off = 605;
  of.duration_s = numbered(40'000);
  for (std::uint32_t turn = 1; turn <= 2; ++turn) {
    metrics::turn_summary& described = of.turns.emplace_back();
    described.turn = turn;
    described.issued = 610 + turn;
    described.completed = 620 + turn;
    described.failed = 630 + turn;
    described.ttft_ms = numbered(40'000 + 1'000 * turn);
    described.tpot_ms = numbered(50'000 + 1'000 * turn);
    described.e2e_ms = numbered(60'000 + 1'000 * turn);
    described.input_tokens = numbered(70'000 + 1'000 * turn);
    described.output_tokens = numbered(80'000 + 1'000 * turn);
    if (turn > 1) described.cached_input_share = 0.75;
  }
}

void add(analyzed_run& run, level_summary level) {
  level.info.level = static_cast<std::uint32_t>(run.levels.size());
  metrics::recorded_level recorded;
  recorded.info = level.info;
  if (level.complete) recorded.end = metrics::level_end{};
  run.run.levels.push_back(std::move(recorded));
  run.levels.push_back(std::move(level));
}

} // namespace loadgen::report::samples
