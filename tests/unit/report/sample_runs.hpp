#pragma once

#include <loadgen/report/report.hpp>

#include <cstdint>

namespace loadgen::report::samples {

/// A run that nothing is wrong with: started 2026-07-22T13:15:02Z, 95.25 s long, complete, no levels yet.
[[nodiscard]] analyzed_run empty_run();

/// A distribution around `middle` with p99 at `tail`; every figure a different number.
[[nodiscard]] metrics::distribution spread(std::uint64_t count, double middle, double tail);

/// A closed-loop level in which all of `requests` requests completed, on a server of about 40 ms TTFT and 12 ms ITL
/// that slows down as concurrency grows.
[[nodiscard]] metrics::level_summary good_level(std::uint32_t concurrency, std::uint64_t requests);

/// A distribution whose figures tell where they belong: count `base`, mean base + 0.1, then std, min, p50, p90, p95,
/// p99, p99.9 and max, the last base + 0.9. p99 and p99.9 are thin.
[[nodiscard]] metrics::distribution numbered(std::uint64_t base);

/// A level in which every number differs from every other. metrics[i] is numbered(1'000 * (i + 1)), cause i occurred
/// 500 + i times.
[[nodiscard]] metrics::level_summary numbered_level();

/// Sets attainment and goodput of a level of which `met` of `requests` met TTFT 500 ms and ITL 50 ms, one more the
/// former alone. Required: 99 %.
void set_attainment(metrics::level_summary& level, std::uint64_t met, std::uint64_t requests);

/// Gives a level conversations of two turns in which every number differs from every other: 601 to 605, then for turn t
/// 610 + t, 620 + t and 630 + t, and numbered(base + 1'000 * t) with the bases 40'000 to 80'000.
void set_conversations(metrics::level_summary& level);

/// Adds the level to both the figures and the records of the run.
void add(analyzed_run& run, metrics::level_summary level);

} // namespace loadgen::report::samples
