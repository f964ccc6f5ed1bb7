#include "definitions/samples.hpp"

#include <loadgen/definitions/observations.hpp>

#include <algorithm>
#include <utility>

namespace loadgen::definitions {

namespace {

using metrics::metric;
using metrics::outcome;
using metrics::recorded_level;
using metrics::request_record;

/// The stretch of time that rates are taken over.
struct span {
  std::optional<instant> begin;
  std::optional<instant> end;

  void begins(const std::optional<instant>& when) {
    if (when && (!begin || *when < *begin)) begin = when;
  }

  void ends(const std::optional<instant>& when) {
    if (when && (!end || *when > *end)) end = when;
  }

  [[nodiscard]] std::optional<double> seconds() const {
    if (!begin || !end || *end <= *begin) return std::nullopt;
    return to_s(*end - *begin);
  }
};

/// The run's objectives, as one tool would hold a request to them.
class objectives {
public:
  objectives(const rules& by, const metrics::slo& asked) : by_(by), asked_(asked) {}

  [[nodiscard]] bool are_known() const {
    return !asked_.empty() && std::all_of(asked_.limits.begin(), asked_.limits.end(), [this](const auto& objective) {
      return (by_.objectives & kind_of(objective.first)) != 0;
    });
  }

  [[nodiscard]] bool are_met_by(const observed_request& request) const {
    return std::all_of(asked_.limits.begin(), asked_.limits.end(), [&](const auto& objective) {
      const auto figure = limited_figure(request, objective.first);
      return figure ? *figure <= to_ms(objective.second) : by_.missing == missing_figure::meets;
    });
  }

private:
  [[nodiscard]] static std::uint8_t kind_of(metric which) noexcept {
    switch (which) {
    case metric::ttft: return ttft_objective;
    case metric::itl: return itl_objective;
    case metric::tpot: return tpot_objective;
    case metric::e2e: return e2e_objective;
    default: return no_objectives;
    }
  }

  [[nodiscard]] std::optional<double> limited_figure(const observed_request& request, metric which) const {
    switch (which) {
    case metric::ttft: return ttft_ms(request, by_);
    case metric::itl: return mean_itl_ms(request, by_);
    case metric::tpot:
      if (by_.itl != itl_rule::mean_of_request) return tpot_ms(request, by_);
      return request.empty() ? std::nullopt : mean_itl_ms(request, by_);
    default: return e2e_ms(request);
    }
  }

  const rules& by_;
  const metrics::slo& asked_;
};

/// Reads one level's requests in plan order, by one tool's rules.
class level_reader {
public:
  level_reader(const rules& by, const run_facts& facts) : by_(by), facts_(facts), objectives_(by, facts.asked) {}

  void read(const request_record& record) {
    const auto request = observe(record, by_, facts_.completions);
    if (request) {
      ++figures_.completed;
      figures_.output_tokens += request->tokens;
      input_ += record.usage.input.value_or(0);
      input_known_ = input_known_ && record.usage.input;
      if (objectives_.are_met_by(*request)) ++good_;
      add_samples(*request, by_, samples_);
    } else {
      ++figures_.failed;
    }
    measure(record, request);
  }

  [[nodiscard]] tool_figures take() {
    if (input_known_ && figures_.completed > 0) figures_.input_tokens = input_;
    figures_.duration_s = measured_.seconds();
    if (figures_.duration_s) set_rates(*figures_.duration_s);
    const auto set = [this](latency which) {
      const auto i = static_cast<std::size_t>(which);
      figures_.latencies[i] = summarize(samples_[i], by_);
    };
    set(latency::ttft);
    set(latency::e2e);
    if (by_.itl != itl_rule::none) set(latency::itl);
    if (by_.tpot != tpot_rule::none) set(latency::tpot);
    return figures_;
  }

private:
  void measure(const request_record& record, const std::optional<observed_request>& request) {
    switch (by_.span) {
    case span_rule::all_requests:
      measured_.begins(started(record, start_point::call));
      measured_.ends(record.done ? record.done : record.ended);
      break;
    case span_rule::completed_requests:
      if (!request) break;
      measured_.begins(request->start);
      measured_.ends(request->end);
      break;
    case span_rule::until_last_issued: // in plan order the last one read
      measured_.begins(started(record, by_.start));
      if (request) measured_.end = request->end;
      break;
    }
  }

  void set_rates(double seconds) {
    const auto rate = [seconds](std::uint64_t count) { return static_cast<double>(count) / seconds; };
    const std::uint64_t uncounted = by_.first_request_uncounted && figures_.completed > 0 ? 1 : 0;
    figures_.requests_per_s = rate(figures_.completed - uncounted);
    figures_.output_tokens_per_s = rate(figures_.output_tokens);
    if (by_.has_total_rate && figures_.input_tokens)
      figures_.total_tokens_per_s = rate(*figures_.input_tokens + figures_.output_tokens);
    if (objectives_.are_known()) figures_.goodput_per_s = rate(good_);
  }

  const rules& by_;
  const run_facts& facts_;
  objectives objectives_;
  tool_figures figures_;
  latency_samples samples_;
  span measured_;
  std::uint64_t good_ = 0;
  std::uint64_t input_ = 0;
  bool input_known_ = true;
};

observation observation_of(const request_record& record, const rules& by, const run_facts& facts) {
  observation seen;
  seen.record = &record;
  seen.start = started(record, by.start);
  auto request = observe(record, by, facts.completions);
  if (!request) return seen;
  const objectives asked{by, facts.asked};
  seen.succeeded = true;
  seen.start = request->start;
  seen.end = request->end;
  seen.output_tokens = request->tokens;
  seen.ttft_ms = ttft_ms(*request, by);
  seen.tpot_ms = tpot_ms(*request, by);
  seen.mean_itl_ms = mean_itl_ms(*request, by);
  seen.e2e_ms = e2e_ms(*request);
  seen.met_slo = asked.are_known() && asked.are_met_by(*request);
  seen.token_events = std::move(request->token_events);
  return seen;
}

bool is_counted(const request_record& record) {
  return !record.warmup && record.end != outcome::cancelled;
}

} // namespace

tool_figures recompute(tool which, const recorded_level& level, const run_facts& facts) {
  level_reader reader{rules_of(which), facts};
  for (const request_record& record : level.requests)
    if (is_counted(record)) reader.read(record);
  return reader.take();
}

std::vector<observation> observe_level(tool which, const recorded_level& level, const run_facts& facts) {
  std::vector<observation> seen;
  for (const request_record& record : level.requests)
    if (is_counted(record)) seen.push_back(observation_of(record, rules_of(which), facts));
  return seen;
}

} // namespace loadgen::definitions
