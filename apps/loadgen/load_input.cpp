#include "load_input.hpp"

#include "trace_input.hpp"

#include <loadgen/workload/schedule.hpp>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace loadgen::cli {

namespace {

constexpr std::uint64_t least_requests = 100;
constexpr std::uint64_t requests_per_connection = 4;
constexpr std::uint64_t most_threads = 1024;
constexpr std::uint64_t most_trials = 10'000;

/// What all levels share.
struct load_terms {
  std::optional<std::uint64_t> requests; ///< unset: by default
  std::optional<duration> time;          ///< duration mode
  std::uint32_t trials = 1;
};

void read_warmup(const settings& from, value_reader& read, run_input& input) {
  const std::string_view text = from.text("warmup");
  const bool only_digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (only_digits)
    input.run.warmup.requests = read.count("warmup", 0);
  else
    input.run.warmup.time = read.span("warmup");
}

load_terms read_terms(settings& from, value_reader& read) {
  load_terms terms;
  constexpr std::array<std::string_view, 2> stop_rules{"requests", "duration"};
  if (read.strongest(stop_rules) == "duration") {
    terms.time = read.span("duration");
    if (*terms.time == duration::zero()) read.fail("duration", "is zero; expected a time above it, such as 30s");
    from.set_effective("requests", nullptr);
  } else if (from.at("requests").is_set()) {
    terms.requests = read.count("requests", 1);
  }
  terms.trials = static_cast<std::uint32_t>(read.count("trials", 1, most_trials));
  return terms;
}

/// Refuses what is given of `options` beside `option`, which says it itself.
void refuse_beside(std::string_view option, std::initializer_list<std::string_view> options, const settings& from,
                   value_reader& read) {
  for (const std::string_view other : options)
    if (from.at(other).is_given()) read.fail(other, fmt::format("excludes {}; expected one of them", option));
}

void read_closed_loop(settings& from, value_reader& read, const load_terms& terms, run_input& input) {
  for (const std::string_view option : {"arrival", "max-concurrency", "on-cap"})
    if (from.at(option).is_given())
      read.fail(option, "is for an open loop; expected --rate, --stages or --trace beside it");
  const std::vector<std::uint32_t> concurrencies = read.counts("concurrency", 1);
  engine::level_load load;
  load.drain = read.span("drain");
  load.stagger = read.span("stagger");
  boost::json::array defaults;
  for (std::uint32_t level = 0; level < concurrencies.size(); ++level) {
    const std::uint32_t concurrency = concurrencies[level];
    const std::uint64_t by_default = std::max(least_requests, requests_per_connection * concurrency);
    defaults.emplace_back(by_default);
    for (std::uint32_t trial = 1; trial <= terms.trials; ++trial) {
      workload::level_settings planned{.level = level, .trial = trial, .offsets = {}, .time = terms.time};
      if (!terms.time) planned.requests = terms.requests.value_or(by_default);
      input.levels.push_back(std::move(planned));
      load.concurrency = concurrency;
      input.run.loads.push_back(load);
    }
  }
  if (terms.requests || terms.time) return;
  from.set_effective("requests", defaults.size() == 1 ? defaults.front() : defaults);
}

/// Each level and trial has arrivals of its own, and so has its warm-up.
random_stream arrival_draws(const run_input& input, std::string_view dimension, std::uint32_t level,
                            std::uint32_t trial) {
  return random_stream{input.requests.seed, dimension, std::uint64_t{level} << 32U | trial};
}

result<std::vector<duration>> draw_warmup(const run_input& input, const workload::arrival_settings& arrivals,
                                          const random_stream& draws) {
  const engine::warmup_settings& warmup = input.run.warmup;
  if (warmup.time > duration::zero()) return workload::draw_arrivals_until(arrivals, warmup.time, draws);
  return workload::draw_arrivals(arrivals, warmup.requests, draws);
}

/// A level whose arrivals are given: those of its warm-up are of the same process at the same mean rate.
result<workload::level_settings> make_level(const run_input& input, const workload::arrival_settings& arrivals,
                                            result<std::vector<duration>> offsets, std::uint32_t level,
                                            std::uint32_t trial) {
  if (offsets.has_error()) return offsets.error();
  auto warmup = draw_warmup(input, arrivals, arrival_draws(input, "warmup-arrivals", level, trial));
  if (warmup.has_error()) return warmup.error();
  workload::level_settings planned{.level = level, .trial = trial, .offsets = std::move(*offsets)};
  planned.warmup_offsets = std::move(*warmup);
  return planned;
}

result<workload::level_settings> draw_level(const run_input& input, const workload::arrival_settings& arrivals,
                                            const load_terms& terms, std::uint32_t level, std::uint32_t trial) {
  const random_stream draws = arrival_draws(input, "arrivals", level, trial);
  auto offsets = terms.time ? workload::draw_arrivals_until(arrivals, *terms.time, draws)
                            : workload::draw_arrivals(arrivals, terms.requests.value_or(least_requests), draws);
  if (offsets.has_value() && offsets->empty())
    return invalid_input(fmt::format("at {}/s, nothing arrives within the --duration; expected a longer one or a "
                                     "higher rate",
                                     arrivals.rate));
  auto planned = make_level(input, arrivals, std::move(offsets), level, trial);
  if (planned.has_error()) return planned;
  planned->time = terms.time;
  if (!terms.time) planned->requests = planned->offsets.size();
  return planned;
}

result<workload::level_settings> draw_stages(const run_input& input, const workload::rate_shape& shape,
                                             const workload::arrival_settings& arrivals, std::uint32_t trial) {
  auto offsets = workload::draw_arrivals_over(shape, arrivals, arrival_draws(input, "arrivals", 0, trial));
  if (offsets.has_value() && offsets->empty())
    return invalid_input("nothing arrives within the stages; expected longer ones or higher rates");
  auto planned = make_level(input, arrivals, std::move(offsets), 0, trial);
  if (planned.has_value()) planned->time = shape.length();
  return planned;
}

/// What open loops have in common, whatever their arrivals come from.
engine::level_load read_open_load(const settings& from, value_reader& read) {
  if (from.at("stagger").is_given()) read.fail("stagger", "is for a closed loop; expected --concurrency beside it");
  engine::level_load load;
  load.drain = read.span("drain");
  load.on_cap = from.text("on-cap") == "drop" ? engine::cap_policy::drop : engine::cap_policy::wait;
  if (from.at("max-concurrency").is_set())
    load.max_concurrency = read.count32("max-concurrency", 1);
  else if (from.at("on-cap").is_given())
    read.fail("on-cap", "has no cap to act at; expected --max-concurrency beside it");
  return load;
}

workload::arrival_settings read_arrival(const settings& from, value_reader& read) {
  const auto arrival = workload::parse_arrival(from.text("arrival"));
  if (arrival.has_value()) return *arrival;
  read.fail("arrival", arrival.error());
  return {};
}

void read_rates(settings& from, value_reader& read, const load_terms& terms, run_input& input) {
  workload::arrival_settings arrivals = read_arrival(from, read);
  const std::vector<double> rates = read.reals("rate");
  engine::level_load load = read_open_load(from, read);
  if (read.failure()) return;
  for (std::uint32_t level = 0; level < rates.size(); ++level)
    for (std::uint32_t trial = 1; trial <= terms.trials; ++trial) {
      arrivals.rate = rates[level];
      auto planned = draw_level(input, arrivals, terms, level, trial);
      if (planned.has_error()) return read.fail("rate", planned.error());
      input.levels.push_back(std::move(*planned));
      load.rate = rates[level];
      input.run.loads.push_back(load);
    }
  from.set_effective("concurrency", nullptr);
  if (!terms.requests && !terms.time) from.set_effective("requests", least_requests);
}

void read_stages(settings& from, value_reader& read, const load_terms& terms, run_input& input) {
  refuse_beside("stages", {"requests", "duration"}, from, read);
  workload::arrival_settings arrivals = read_arrival(from, read);
  const auto shape = workload::parse_stages(from.text("stages"));
  if (shape.has_error()) return read.fail("stages", shape.error());
  engine::level_load load = read_open_load(from, read);
  if (read.failure()) return;
  arrivals.rate = shape->mean_rate();
  load.rate = arrivals.rate;
  for (std::uint32_t trial = 1; trial <= terms.trials; ++trial) {
    auto planned = draw_stages(input, *shape, arrivals, trial);
    if (planned.has_error()) return read.fail("stages", planned.error());
    input.levels.push_back(std::move(*planned));
    input.run.loads.push_back(load);
  }
  for (const std::string_view option : {"concurrency", "requests"}) from.set_effective(option, nullptr);
}

void read_trace(settings& from, value_reader& read, const load_terms& terms, run_input& input) {
  refuse_beside("trace", {"requests", "duration", "arrival", "ab"}, from, read);
  const engine::level_load given = read_open_load(from, read);
  if (read.failure()) return;
  const workload::replay replayed = read_replay(from, read, input);
  if (read.failure()) return;
  engine::level_load load = given;
  load.rate = replayed.mean_rate();
  std::shared_ptr<const std::vector<std::vector<std::uint64_t>>> blocks;
  if (!replayed.blocks.empty())
    blocks = std::make_shared<const std::vector<std::vector<std::uint64_t>>>(replayed.blocks);
  for (std::uint32_t trial = 1; trial <= terms.trials; ++trial) {
    auto planned = make_level(input, {.rate = *load.rate}, replayed.offsets, 0, trial);
    if (planned.has_error()) return read.fail("trace", planned.error());
    planned->requests = planned->offsets.size();
    planned->outputs = replayed.outputs;
    planned->inputs = replayed.inputs;
    planned->blocks = blocks;
    input.levels.push_back(std::move(*planned));
    input.run.loads.push_back(load);
  }
  from.set_effective("requests", replayed.offsets.size());
  for (const std::string_view option : {"concurrency", "arrival"}) from.set_effective(option, nullptr);
}

} // namespace

void read_load(settings& from, value_reader& read, run_input& input) {
  input.requests.seed = read.count("seed", 0);
  input.run.threads = static_cast<std::uint32_t>(read.count("threads", 1, most_threads));
  read_warmup(from, read, input);
  input.run.settle = read.span("settle");
  const load_terms terms = read_terms(from, read);
  constexpr std::array<std::string_view, 4> loads{"concurrency", "rate", "stages", "trace"};
  const std::string_view load = read.strongest(loads);
  if (load == "rate")
    read_rates(from, read, terms, input);
  else if (load == "stages")
    read_stages(from, read, terms, input);
  else if (load == "trace")
    read_trace(from, read, terms, input);
  else
    read_closed_loop(from, read, terms, input);
  if (load == "trace") return;
  for (const std::string_view option : {"trace-speed", "trace-window"})
    if (from.at(option).is_given()) read.fail(option, "is for a trace; expected --trace beside it");
}

} // namespace loadgen::cli
