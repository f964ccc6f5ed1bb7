#pragma once

#include <loadgen/calibrate/level.hpp>

#include <vector>

namespace loadgen::calibrate::samples {

using namespace std::chrono_literals;

/// A stream that the server did not finish late: received at `received`, its first token written after `ttft`, the
/// others after `gaps`.
inline serve::truth_record answered(duration received, duration ttft, const std::vector<duration>& gaps) {
  serve::truth_record record;
  record.stream = true;
  record.received = instant{received};
  record.started = record.received;
  record.written.push_back(record.received + ttft);
  for (const duration gap : gaps) record.written.push_back(record.written.back() + gap);
  record.done = true;
  return record;
}

/// A level of 2 streams and 4 requests of 3 tokens, TTFT 20 ms, ITL 10 ms.
inline offered_load small_load() {
  return {.streams = 2, .requests = 4, .tokens = 3, .ttft = 20ms, .itl = 10ms};
}

/// What the server writes of small_load() when it is on time.
inline std::vector<serve::truth_record> punctual_truth() {
  std::vector<serve::truth_record> truth;
  for (int i = 0; i < 4; ++i) truth.push_back(answered(i * 30ms, 20ms, {10ms, 10ms}));
  return truth;
}

/// What a client reports of it whose figures are all too large by `error_ms`.
inline metrics::level_summary reported_with(double error_ms) {
  using metrics::metric;
  metrics::level_summary level;
  level.requests.issued = level.requests.completed = 4;
  level.rates.output_tokens_per_s = 98;
  const auto set = [&level](metric which, std::uint64_t count, double value) {
    metrics::distribution& of = level.metrics[static_cast<std::size_t>(which)];
    of.count = count;
    of.p50 = of.p99 = value;
  };
  set(metric::ttft, 4, 20 + error_ms);
  set(metric::itl, 8, 10 + error_ms);
  level.trust.coalesced_fraction = 0.25;
  level.trust.client_cpu_fraction = 0.5;
  return level;
}

/// A level that was measured with this error, at so many streams and tokens/s.
inline level_reading measured(double error_ms, std::uint32_t streams = 10, double tokens_per_s = 100) {
  level_reading level;
  level.offered = small_load();
  level.offered.streams = streams;
  level.complete = true;
  level.tokens_per_s = tokens_per_s;
  level.figures[0].error_ms = -error_ms;
  level.kernel_stamps = true;
  return level;
}

} // namespace loadgen::calibrate::samples
