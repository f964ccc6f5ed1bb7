#include "report/benchmark_summary.hpp"

#include "report/columns_csv.hpp"
#include "report/files.hpp"
#include "report/manifest.hpp"

#include <array>

namespace loadgen::report {

namespace {

using metrics::distribution;
using metrics::metric;
using row = const benchmark_row&;

template<auto Get>
constexpr table_column<benchmark_row> of_level(std::string_view name, std::string_view unit = {}) {
  return column<benchmark_row, Get>(name, unit);
}

template<auto Member>
constexpr table_column<benchmark_row> of_run(std::string_view name) {
  return of_level<[](row of) { return std::string_view{of.run.*Member}; }>(name);
}

template<metric Which, auto Figure>
constexpr table_column<benchmark_row> figure(std::string_view name) {
  return of_level<[](row of) { return of.level.of(Which).*Figure; }>(name, "ms");
}

constexpr std::array columns_of_benchmarks{
    of_run<&benchmark_run::run_id>("run_id"),
    of_run<&benchmark_run::started>("started"),
    of_run<&benchmark_run::label>("label"),
    of_run<&benchmark_run::variant>("variant"),
    of_run<&benchmark_run::url>("url"),
    of_run<&benchmark_run::model>("model"),
    of_run<&benchmark_run::endpoint>("endpoint"),
    of_level<[](row of) { return of.level.info.concurrency; }>("concurrency", "requests"),
    of_level<[](row of) { return of.level.info.rate; }>("rate", "requests/s"),
    of_level<[](row of) { return of.level.info.trial; }>("trial"),
    of_level<[](row of) { return of.level.complete; }>("complete"),
    of_level<[](row of) { return of.level.requests.issued; }>("requests", "requests"),
    of_level<[](row of) { return of.level.requests.completed; }>("completed", "requests"),
    of_level<[](row of) { return of.level.requests.failed; }>("failed", "requests"),
    of_level<[](row of) { return of.level.window_s; }>("duration_s", "s"),
    of_level<[](row of) { return of.level.rates.requests_per_s; }>("requests_per_s", "requests/s"),
    of_level<[](row of) { return of.level.rates.output_tokens_per_s; }>("output_tokens_per_s", "tokens/s"),
    figure<metric::ttft, &distribution::mean>("ttft_ms_mean"),
    figure<metric::ttft, &distribution::p50>("ttft_ms_p50"),
    figure<metric::ttft, &distribution::p99>("ttft_ms_p99"),
    figure<metric::e2e, &distribution::mean>("e2e_ms_mean"),
    figure<metric::e2e, &distribution::p50>("e2e_ms_p50"),
    figure<metric::e2e, &distribution::p99>("e2e_ms_p99"),
    figure<metric::tpot, &distribution::mean>("tpot_ms_mean"),
    figure<metric::itl, &distribution::mean>("itl_ms_mean"),
    figure<metric::itl, &distribution::p50>("itl_ms_p50"),
    figure<metric::itl, &distribution::p99>("itl_ms_p99"),
    of_level<[](row of) { return to_string(of.level.trust.judgement); }>("verdict"),
};

} // namespace

std::span<const table_column<benchmark_row>> benchmark_columns() noexcept {
  return columns_of_benchmarks;
}

result<void> append_benchmark_summary(const std::filesystem::path& results, const analyzed_run& run) {
  const boost::json::object manifest = merged_manifest(run.run);
  const benchmark_run shared{.run_id = run.run.info.run_id,
                             .started = utc_text(run.run.info.epoch_unix_ns),
                             .label = text_at(manifest, {"label"}),
                             .variant = text_at(manifest, {"variant"}),
                             .url = target_urls(manifest),
                             .model = text_at(manifest, {"target", "model"}),
                             .endpoint = text_at(manifest, {"target", "endpoint"})};
  std::string header, lines;
  csv_row names{header, csv_row::kind::names};
  write_names(names, benchmark_columns());
  names.end();
  for (const metrics::level_summary& level : run.levels) {
    csv_row values{lines, csv_row::kind::values};
    write_values(values, benchmark_columns(), benchmark_row{shared, level});
    values.end();
  }
  return append_lines(results / "benchmark_summary.csv", header, lines);
}

} // namespace loadgen::report
