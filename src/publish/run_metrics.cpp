#include "metrics/request_figures.hpp"
#include "metrics/request_samples.hpp"
#include "publish/bucket_counts.hpp"

#include <loadgen/publish/level_families.hpp>
#include <loadgen/publish/run_metrics.hpp>

#include <algorithm>
#include <array>
#include <iterator>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace loadgen::publish {

namespace {

using metrics::cause;
using metrics::metric;
using metrics::outcome;
using metrics::request_record;

constexpr std::array outcomes{outcome::completed, outcome::failed, outcome::cancelled};

/// What the records of one level and trial have added up to.
struct level_counts {
  explicit level_counts(const metrics::level_info& level) : info(level) {}

  metrics::level_info info;
  bool ended = false;
  std::uint64_t dropped = 0; // once it has ended
  std::array<std::uint64_t, outcomes.size()> by_outcome{};
  std::array<std::uint64_t, metrics::cause_count> causes{};
  std::uint64_t retries = 0, input_tokens = 0, cached_tokens = 0, output_tokens = 0;
  bucket_counts ttft{first_token_bounds_ms()};
  bucket_counts itl{gap_bounds_ms()};
  bucket_counts tpot{gap_bounds_ms()};
  bucket_counts e2e{whole_bounds_ms()};
  std::optional<metrics::verdict> trust; // once its figures are known

  [[nodiscard]] std::uint64_t all_ended() const { return by_outcome[0] + by_outcome[1] + by_outcome[2]; }

  void add(const request_record& record) {
    ++by_outcome[static_cast<std::size_t>(record.end)];
    ++causes[static_cast<std::size_t>(record.why)];
    retries += record.retries;
    metrics::for_each_sample(record, [this](metric which, double sample) {
      if (which == metric::ttft) ttft.add(sample);
      if (which == metric::itl) itl.add(sample);
      if (which == metric::tpot) tpot.add(sample);
      if (which == metric::e2e) e2e.add(sample);
    });
    if (record.end != outcome::completed) return;
    input_tokens += record.usage.input.value_or(0);
    cached_tokens += record.usage.cached.value_or(0);
    output_tokens += metrics::output_tokens(record);
  }
};

} // namespace

struct run_metrics::state {
  run_labels run;
  std::uint64_t planned_levels = 0;
  mutable std::mutex mutex; // of all below
  std::vector<level_counts> levels;
  std::vector<metrics::level_summary> summaries;
  bool ended = false, complete = false;
};

namespace {

/// Draws up the families of a run from a copy of its counts.
class family_writer {
public:
  family_writer(const run_labels& run, const std::vector<level_counts>& levels, const live_state& now)
      : run_(run),
        levels_(levels),
        now_(now) {
    for (const level_counts& level : levels) labels_.push_back(level_labels(run.run_id, level.info));
  }

  /// One sample of the run.
  void of_run(std::string_view name, family_type type, std::string_view help, double value) {
    begin(name, type, help).samples.push_back({.labels = {{"run_id", run_.run_id}}, .value = value});
  }

  /// One sample a level; none where `of` gives nothing.
  template<class Figure>
  void of_levels(std::string_view name, family_type type, std::string_view help, Figure&& of) {
    metric_family& family = begin(name, type, help);
    for (std::size_t i = 0; i < levels_.size(); ++i)
      if (const std::optional<double> value = of(levels_[i]))
        family.samples.push_back({.labels = labels_[i], .value = *value});
  }

  /// One sample a level and value of a further label: `of` is given the level and the value's place.
  template<class Name, class Figure>
  void by_label(std::string_view name, family_type type, std::string_view help, std::string_view label,
                std::size_t first, std::size_t end, Name&& value_name, Figure&& of) {
    metric_family& family = begin(name, type, help);
    for (std::size_t i = 0; i < levels_.size(); ++i)
      for (std::size_t place = first; place < end; ++place) {
        const std::optional<double> value = of(levels_[i], place);
        if (!value) continue;
        label_list labels = labels_[i];
        labels.emplace_back(label, value_name(place));
        family.samples.push_back({.labels = std::move(labels), .value = *value});
      }
  }

  void histogram(std::string_view name, std::string_view help, bucket_counts level_counts::*which) {
    metric_family& family = begin(name, family_type::histogram, help);
    for (std::size_t i = 0; i < levels_.size(); ++i) family.samples.push_back((levels_[i].*which).sample(labels_[i]));
  }

  /// Whether `now` tells more of that level than its records.
  [[nodiscard]] bool is_measured_now(const level_counts& level) const {
    return !level.ended && now_.measured_level == static_cast<std::size_t>(&level - levels_.data());
  }

  [[nodiscard]] const live_state& now() const { return now_; }

  [[nodiscard]] std::vector<metric_family> take() { return std::move(families_); }

private:
  metric_family& begin(std::string_view name, family_type type, std::string_view help) {
    return families_.emplace_back(metric_family{"loadgen_" + std::string{name}, std::string{help}, type, {}});
  }

  const run_labels& run_;
  const std::vector<level_counts>& levels_;
  const live_state& now_;
  std::vector<label_list> labels_; // by level
  std::vector<metric_family> families_;
};

std::optional<double> number(std::uint64_t count) {
  return static_cast<double>(count);
}

void write_requests(family_writer& out) {
  using enum family_type;
  out.of_levels("level_running", gauge, "1 for the level that runs, its warm-up included, and 0 for those behind it.",
                [](const level_counts& level) { return number(level.ended ? 0 : 1); });
  out.of_levels(
      "requests_planned", gauge, "Measured requests in the plan of the level; none with --duration.",
      [](const level_counts& level) { return level.info.planned ? number(*level.info.planned) : std::nullopt; });
  out.of_levels("requests_due_total", counter, "Open loop: measured requests whose planned moment has come.",
                [&out](const level_counts& level) -> std::optional<double> {
                  if (level.info.concurrency) return std::nullopt;
                  return number(out.is_measured_now(level) ? out.now().due : level.all_ended() + level.dropped);
                });
  out.of_levels(
      "requests_issued_total", counter, "Measured requests that were begun.", [&out](const level_counts& level) {
        return number(out.is_measured_now(level) ? std::max(out.now().issued, level.all_ended()) : level.all_ended());
      });
  out.by_label(
      "requests_total", counter, "Measured requests that have ended, by how.", "outcome", 0, outcomes.size(),
      [](std::size_t place) { return std::string{to_string(outcomes[place])}; },
      [](const level_counts& level, std::size_t place) { return number(level.by_outcome[place]); });
  out.of_levels("requests_dropped_total", counter, "Measured requests that were never issued.",
                [&out](const level_counts& level) {
                  return number(out.is_measured_now(level) ? out.now().dropped : level.dropped);
                });
  out.by_label(
      "request_failures_total", counter, "Measured requests that failed or were cancelled, by cause.", "cause", 1,
      metrics::cause_count, [](std::size_t place) { return std::string{to_string(static_cast<cause>(place))}; },
      [](const level_counts& level, std::size_t place) { return number(level.causes[place]); });
  out.of_levels("request_retries_total", counter, "Attempts beyond the first, of measured requests that have ended.",
                [](const level_counts& level) { return number(level.retries); });
}

void write_tokens(family_writer& out) {
  using enum family_type;
  out.of_levels("input_tokens_total", counter, "Input tokens of completed requests, where the server counted them.",
                [](const level_counts& level) { return number(level.input_tokens); });
  out.of_levels("cached_input_tokens_total", counter, "Of them, those from the server's prefix cache.",
                [](const level_counts& level) { return number(level.cached_tokens); });
  out.of_levels("output_tokens_total", counter,
                "Output tokens of completed requests, as the server counted them, else content events.",
                [](const level_counts& level) { return number(level.output_tokens); });
}

void write_latencies(family_writer& out) {
  out.histogram("ttft_seconds",
                "Time to the first content event of completed requests, from the moment they were sent.",
                &level_counts::ttft);
  out.histogram("itl_seconds", "Time between two content events that follow each other, of completed requests.",
                &level_counts::itl);
  out.histogram("tpot_seconds", "Time per output token after the first, one figure a completed request.",
                &level_counts::tpot);
  out.histogram("e2e_seconds", "Time to the last content event of completed requests, from the moment they were sent.",
                &level_counts::e2e);
}

void write_verdict(family_writer& out) {
  constexpr std::array verdicts{metrics::verdict::ok, metrics::verdict::degraded, metrics::verdict::client_bound};
  out.by_label(
      "verdict", family_type::gauge,
      "The audit's verdict on the client's part in the figures, so far or at last: 1 for the one that holds.",
      "verdict", 0, verdicts.size(), [&](std::size_t place) { return std::string{to_string(verdicts[place])}; },
      [&](const level_counts& level, std::size_t place) -> std::optional<double> {
        const auto& known = out.is_measured_now(level) ? out.now().trust : level.trust;
        return known ? number(*known == verdicts[place] ? 1 : 0) : std::nullopt;
      });
}

} // namespace

run_metrics::run_metrics(run_labels run, std::uint64_t levels) : state_(std::make_unique<state>()) {
  state_->run = std::move(run);
  state_->planned_levels = levels;
}

run_metrics::~run_metrics() = default;

void run_metrics::begin_level(const metrics::level_info& level) {
  const std::lock_guard lock{state_->mutex};
  state_->levels.emplace_back(level);
}

void run_metrics::add(const request_record& record) {
  if (record.warmup) return;
  const std::lock_guard lock{state_->mutex};
  if (!state_->levels.empty()) state_->levels.back().add(record);
}

void run_metrics::end_level(const metrics::level_end& end) {
  const std::lock_guard lock{state_->mutex};
  if (state_->levels.empty()) return;
  state_->levels.back().ended = true;
  state_->levels.back().dropped = end.dropped_cap + end.dropped_not_reached;
}

void run_metrics::add_summary(const metrics::level_summary& level) {
  const std::lock_guard lock{state_->mutex};
  for (level_counts& counts : state_->levels)
    if (counts.info.level == level.info.level && counts.info.trial == level.info.trial)
      counts.trust = level.trust.judgement;
  state_->summaries.push_back(level);
}

void run_metrics::end_run(bool complete) {
  const std::lock_guard lock{state_->mutex};
  state_->ended = true;
  state_->complete = complete;
}

std::vector<metric_family> run_metrics::families(const live_state& now) const {
  std::unique_lock lock{state_->mutex};
  const std::vector<level_counts> levels = state_->levels; // drawn up without the lock: records need not wait for it
  const std::vector<metrics::level_summary> summaries = state_->summaries;
  const bool ended = state_->ended, complete = state_->complete;
  lock.unlock();

  using enum family_type;
  family_writer out{state_->run, levels, now};
  out.of_run("run_levels", gauge, "Levels and trials of the run.", static_cast<double>(state_->planned_levels));
  out.of_run("run_ended", gauge, "1 once the run has ended: nothing changes any more.", ended ? 1 : 0);
  out.of_run("run_complete", gauge, "1 once the run has ended and all of the plan was issued.", complete ? 1 : 0);
  out.of_run("requests_in_flight", gauge, "Requests under way, of warm-ups too.", static_cast<double>(now.in_flight));
  out.of_run("content_events_total", counter,
             "Events with generated content received since the run began, as they come, of warm-ups too.",
             static_cast<double>(now.content_events));
  write_requests(out);
  write_tokens(out);
  write_latencies(out);
  write_verdict(out);

  std::vector<metric_family> families = out.take();
  families.insert(families.begin(), run_info_family(state_->run));
  auto figures = level_families(state_->run.run_id, summaries);
  std::move(figures.begin(), figures.end(), std::back_inserter(families));
  return families;
}

} // namespace loadgen::publish
