#include <loadgen/publish/level_families.hpp>
#include <loadgen/publish/run_labels.hpp>

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

namespace loadgen::publish {

namespace {

using metrics::cause;
using metrics::distribution;
using metrics::instrument_error;
using metrics::level_summary;
using metrics::metric;

constexpr double seconds_per_ms = 1e-3;

/// Writes the families of several levels, each family once for all of them.
class level_writer {
public:
  level_writer(const std::string& run_id, std::span<const level_summary> levels) : levels_(levels) {
    for (const level_summary& level : levels) labels_.push_back(level_labels(run_id, level.info));
  }

  /// One number a level: what `of` gives, or none where it gives nothing.
  template<class Figure>
  void gauge(std::string_view name, std::string_view help, Figure&& of) {
    begin(name, help, family_type::gauge);
    each_level([&](const level_summary& level) {
      if (const std::optional<double> value = of(level)) add({}, *value);
    });
  }

  /// Several numbers a level: `fill` is given it, and add(label value, number).
  template<class Fill>
  void gauges(std::string_view name, std::string_view help, std::string_view label, Fill&& fill) {
    begin(name, help, family_type::gauge);
    each_level([&](const level_summary& level) {
      fill(level, [&](std::string_view value, double number) {
        add({{std::string{label}, std::string{value}}}, number);
      });
    });
  }

  /// A distribution a level, its values times `scale`.
  template<class Figures>
  void summary(std::string_view name, std::string_view help, double scale, Figures&& of) {
    begin(name, help, family_type::summary);
    each_level([&](const level_summary& level) { add_summary(of(level), scale); });
  }

  void add(label_list further, double value) {
    label_list labels = labels_[place_];
    for (auto& label : further) labels.push_back(std::move(label));
    families_.back().samples.push_back({.labels = std::move(labels), .value = value});
  }

  void begin(std::string_view name, std::string_view help, family_type type) {
    families_.push_back({fmt::format("loadgen_level_{}", name), std::string{help}, type, {}});
  }

  template<class Visit>
  void each_level(Visit&& visit) {
    for (place_ = 0; place_ < levels_.size(); ++place_) visit(levels_[place_]);
  }

  [[nodiscard]] std::vector<metric_family> take() { return std::move(families_); }

private:
  void add_summary(const distribution& from, double scale) {
    if (from.count == 0 || !from.mean) return;
    metric_sample sample{
        .labels = labels_[place_], .count = from.count, .sum = *from.mean * static_cast<double>(from.count) * scale};
    const std::pair<double, std::optional<double>> quantiles[] = {
        {0, from.min},    {0.5, from.p50},     {0.9, from.p90}, {0.95, from.p95},
        {0.99, from.p99}, {0.999, from.p99_9}, {1, from.max}};
    for (const auto& [quantile, value] : quantiles)
      if (value) sample.quantiles.emplace_back(quantile, *value * scale);
    families_.back().samples.push_back(std::move(sample));
  }

  std::span<const level_summary> levels_;
  std::vector<label_list> labels_; // by level
  std::size_t place_ = 0;          // of the level that is written
  std::vector<metric_family> families_;
};

std::optional<double> as_number(std::optional<std::uint64_t> count) {
  return count ? std::optional{static_cast<double>(*count)} : std::nullopt;
}

void write_requests(level_writer& out) {
  out.gauge("requests_planned", "Measured requests in the plan; none with --duration.",
            [](const level_summary& level) { return as_number(level.requests.planned); });
  out.gauge("requests_issued", "Measured requests that were begun.",
            [](const level_summary& level) { return as_number(level.requests.issued); });
  out.gauges("requests", "Measured requests by what became of them; dropped ones were never issued.", "outcome",
             [](const level_summary& level, auto&& add) {
               add("completed", static_cast<double>(level.requests.completed));
               add("failed", static_cast<double>(level.requests.failed));
               add("cancelled", static_cast<double>(level.requests.cancelled));
               add("dropped", static_cast<double>(level.requests.dropped));
             });
  out.gauges("request_failures", "Measured requests that failed or were cancelled, by cause; causes that occurred.",
             "cause", [](const level_summary& level, auto&& add) {
               for (std::size_t i = 1; i < metrics::cause_count; ++i)
                 if (level.requests.causes[i] > 0)
                   add(to_string(static_cast<cause>(i)), static_cast<double>(level.requests.causes[i]));
             });
  out.gauge("request_retries", "Attempts beyond the first.",
            [](const level_summary& level) { return as_number(level.requests.retries); });
}

void write_rates(level_writer& out) {
  out.gauge("duration_seconds", "Length of the measured window.",
            [](const level_summary& level) { return level.window_s; });
  out.gauge("requests_per_second", "Completed requests per second of the window.",
            [](const level_summary& level) { return level.rates.requests_per_s; });
  out.gauge("output_tokens_per_second", "Output tokens per second of the window.",
            [](const level_summary& level) { return level.rates.output_tokens_per_s; });
  out.gauge("total_tokens_per_second", "Input and output tokens per second of the window.",
            [](const level_summary& level) { return level.rates.total_tokens_per_s; });
  out.gauge("goodput_requests_per_second", "Completed requests that met every objective, per second of the window.",
            [](const level_summary& level) { return level.rates.goodput_per_s; });
  out.gauge("input_tokens", "Input tokens that the server counted.",
            [](const level_summary& level) { return as_number(level.tokens.input); });
  out.gauge("cached_input_tokens", "Of them, those from the server's prefix cache.",
            [](const level_summary& level) { return as_number(level.tokens.cached_input); });
  out.gauge("output_tokens", "Output tokens, as the server counted them, else content events.",
            [](const level_summary& level) { return as_number(level.tokens.output); });
}

/// What a metric is, for people; the names of the families are those of the metrics.
constexpr std::array<std::pair<metric, std::string_view>, metrics::metric_count - 1> latencies{{
    {metric::ttft, "Time to the first content event, from the moment the request was sent."},
    {metric::ttfo, "Time to the first content event of the answer itself, reasoning passed over."},
    {metric::ttfb, "Time to the first byte of the response."},
    {metric::ttfe, "Time to the first event of any kind."},
    {metric::ttft_planned, "Open loop: time to the first content event, from the planned moment."},
    {metric::itl, "Time between two content events of a request that follow each other."},
    {metric::tpot, "Time per output token after the first, one figure a request."},
    {metric::e2e, "Time to the last content event, from the moment the request was sent."},
    {metric::e2e_done, "Time to the end of the stream, from the moment the request was sent."},
    {metric::e2e_planned, "Open loop: time to the last content event, from the planned moment."},
}};

void write_latencies(level_writer& out) {
  for (const auto& described : latencies)
    out.summary(
        fmt::format("{}_seconds", name(described.first)), described.second, seconds_per_ms,
        [which = described.first](const level_summary& level) -> const distribution& { return level.of(which); });
  out.summary("request_tokens_per_second",
              "Output tokens per second of a request after its first, one figure a request.", 1,
              [](const level_summary& level) -> const distribution& { return level.of(metric::tokens_per_s); });

  out.begin("instrument_error_seconds",
            "How far the instrument itself can have moved a figure at most, either way, by metric and quantile.",
            family_type::gauge);
  out.each_level([&out](const level_summary& level) {
    for (const auto& [which, help] : latencies) {
      const instrument_error& bound = level.error_of(which);
      const std::pair<std::string_view, std::optional<double>> figures[] = {
          {"0.5", bound.p50}, {"0.9", bound.p90}, {"0.95", bound.p95}, {"0.99", bound.p99}, {"0.999", bound.p99_9}};
      for (const auto& [quantile, ms] : figures)
        if (ms)
          out.add({{"metric", std::string{name(which)}}, {"quantile", std::string{quantile}}}, *ms * seconds_per_ms);
    }
  });
}

void write_trust(level_writer& out) {
  out.gauge("complete", "1 where the level ran to its end.",
            [](const level_summary& level) { return std::optional{level.complete ? 1.0 : 0.0}; });
  out.gauges("verdict", "The audit's verdict on the client's part in the figures: 1 for the one that holds.", "verdict",
             [](const level_summary& level, auto&& add) {
               for (const auto one : {metrics::verdict::ok, metrics::verdict::degraded, metrics::verdict::client_bound})
                 add(to_string(one), one == level.trust.judgement ? 1 : 0);
             });
  out.gauge("coalesced_behind_ratio",
            "Share of the content events that came in one read with a later one while the "
            "client was behind.",
            [](const level_summary& level) { return level.trust.coalesced_behind_fraction; });
  out.gauge("client_cpu_cores", "CPU time of the client per time: 1 is one core.",
            [](const level_summary& level) { return level.trust.client_cpu_fraction; });
  out.summary("send_lag_seconds", "The client's own lateness in sending.", seconds_per_ms,
              [](const level_summary& level) -> const distribution& { return level.trust.send_lag_ms; });
  out.summary("receive_lag_seconds", "From the kernel's stamp of a content event to its decoding.", seconds_per_ms,
              [](const level_summary& level) -> const distribution& { return level.trust.receive_lag_ms; });
  out.gauge("slo_attainment_ratio", "Share of the requests that met every objective.", [](const level_summary& level) {
    return level.attainment ? level.attainment->attainment() : std::optional<double>{};
  });
  out.gauge("saturated", "Open loop: 1 where requests piled up through the level.", [](const level_summary& level) {
    return level.queue ? std::optional{level.queue->saturated ? 1.0 : 0.0} : std::nullopt;
  });
}

} // namespace

std::vector<metric_family> level_families(const std::string& run_id, std::span<const level_summary> levels) {
  level_writer out{run_id, levels};
  write_requests(out);
  write_rates(out);
  write_latencies(out);
  write_trust(out);
  return out.take();
}

} // namespace loadgen::publish
