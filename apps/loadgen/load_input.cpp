#include "load_input.hpp"

#include "level_planning.hpp"
#include "search_input.hpp"
#include "trace_input.hpp"

#include <loadgen/workload/schedule.hpp>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>

namespace loadgen::cli {

namespace {

constexpr std::uint64_t most_threads = 1024;
constexpr std::uint64_t most_trials = 10'000;

void read_warmup(const settings& from, value_reader& read, run_input& input) {
  const std::string_view text = from.text("warmup");
  const bool only_digits = text.find_first_not_of("0123456789") == std::string_view::npos;
  if (only_digits)
    input.run.warmup.requests = read.count("warmup", 0);
  else
    input.run.warmup.time = read.span("warmup");
}

/// With --ab both servers have the same conversations, and each to its last turn.
void read_conversations(settings& from, value_reader& read, const run_input& input, load_terms& terms) {
  const std::uint64_t conversations = read.count("conversations", 1);
  if (!terms.order) return; // which is said of all options of conversations
  if (input.ab && conversations % 2 != 0)
    read.fail("conversations", fmt::format("{} is odd; with --ab expected an even number, half for each side",
                                           from.text("conversations")));
  terms.requests = terms.order->requests_before(conversations);
  from.set_effective("requests", *terms.requests);
}

load_terms read_terms(settings& from, value_reader& read, const run_input& input) {
  load_terms terms;
  if (input.prompts.has_conversations) {
    auto order = workload::conversation_order::make(input.prompts, input.ab ? 2U : 1U);
    if (order.has_error())
      read.fail("dataset", order.error());
    else
      terms.order = *std::move(order);
  }
  constexpr std::array<std::string_view, 3> stop_rules{"requests", "duration", "conversations"};
  const std::string_view rule = read.strongest(stop_rules);
  if (rule == "conversations") {
    read_conversations(from, read, input, terms);
  } else if (rule == "duration") {
    terms.time = read.span("duration");
    if (*terms.time == duration::zero()) read.fail("duration", "is zero; expected a time above it, such as 30s");
    from.set_effective("requests", nullptr);
  } else if (from.at("requests").is_set()) {
    terms.requests = read.count("requests", 1);
    if (terms.order && input.ab)
      read.fail("requests", "would cut conversations off, and not alike for both sides; expected --conversations");
  }
  terms.trials = static_cast<std::uint32_t>(read.count("trials", 1, most_trials));
  return terms;
}

void read_closed_loop(settings& from, value_reader& read, const load_terms& terms, run_input& input) {
  const std::vector<std::uint32_t> concurrencies = read.counts("concurrency", 1);
  engine::level_load load = read_closed_load(from, read);
  boost::json::array defaults;
  for (std::uint32_t level = 0; level < concurrencies.size(); ++level) {
    const std::uint32_t concurrency = concurrencies[level];
    const std::uint64_t by_default = requests_by_default(terms, concurrency);
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

result<workload::level_settings> draw_stages(const run_input& input, const workload::rate_shape& shape,
                                             const workload::arrival_settings& arrivals, const load_terms& terms,
                                             std::uint32_t trial) {
  auto offsets = workload::draw_arrivals_over(shape, arrivals, arrival_draws(input, "arrivals", 0, trial));
  if (offsets.has_value() && offsets->empty())
    return invalid_input("nothing arrives within the stages; expected longer ones or higher rates");
  auto planned = make_level(input, arrivals, terms, std::move(offsets), 0, trial);
  if (planned.has_value()) planned->time = shape.length();
  return planned;
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
  if (!terms.requests && !terms.time) from.set_effective("requests", requests_by_default(terms, 1));
}

void read_stages(settings& from, value_reader& read, const load_terms& terms, run_input& input) {
  refuse_beside("stages", {"requests", "duration", "conversations"}, from, read);
  workload::arrival_settings arrivals = read_arrival(from, read);
  const auto shape = workload::parse_stages(from.text("stages"));
  if (shape.has_error()) return read.fail("stages", shape.error());
  engine::level_load load = read_open_load(from, read);
  if (read.failure()) return;
  arrivals.rate = shape->mean_rate();
  load.rate = arrivals.rate;
  for (std::uint32_t trial = 1; trial <= terms.trials; ++trial) {
    auto planned = draw_stages(input, *shape, arrivals, terms, trial);
    if (planned.has_error()) return read.fail("stages", planned.error());
    input.levels.push_back(std::move(*planned));
    input.run.loads.push_back(load);
  }
  for (const std::string_view option : {"concurrency", "requests"}) from.set_effective(option, nullptr);
}

void read_trace(settings& from, value_reader& read, const load_terms& terms, run_input& input) {
  refuse_beside("trace", {"requests", "duration", "conversations", "arrival", "ab"}, from, read);
  if (terms.order) return read.fail("trace", "has single requests, and the dataset conversations; expected prompts");
  const engine::level_load given = read_open_load(from, read);
  if (read.failure()) return;
  const workload::replay replayed = read_replay(from, read, input);
  if (read.failure()) return;
  engine::level_load load = given;
  load.rate = replayed.mean_rate();
  for (std::uint32_t trial = 1; trial <= terms.trials; ++trial) {
    auto planned = make_level(input, {.rate = *load.rate}, terms, replayed.offsets, 0, trial);
    if (planned.has_error()) return read.fail("trace", planned.error());
    planned->requests = planned->offsets.size();
    planned->outputs = replayed.outputs;
    input.levels.push_back(std::move(*planned));
    input.run.loads.push_back(load);
  }
  from.set_effective("requests", replayed.offsets.size());
  for (const std::string_view option : {"concurrency", "arrival"}) from.set_effective(option, nullptr);
}

} // namespace

void read_load(settings& from, value_reader& read, run_input& input) {
  input.run.threads = static_cast<std::uint32_t>(read.count("threads", 1, most_threads));
  read_warmup(from, read, input);
  input.run.settle = read.span("settle");
  const load_terms terms = read_terms(from, read, input);
  if (read.failure()) return; // what follows needs the dataset's conversations
  constexpr std::array<std::string_view, 5> loads{"concurrency", "rate", "stages", "trace", "find-max"};
  const std::string_view load = read.strongest(loads);
  if (load == "find-max")
    read_search(from, read, terms, input);
  else if (load == "rate")
    read_rates(from, read, terms, input);
  else if (load == "stages")
    read_stages(from, read, terms, input);
  else if (load == "trace")
    read_trace(from, read, terms, input);
  else
    read_closed_loop(from, read, terms, input);
  if (load != "trace")
    for (const std::string_view option : {"trace-speed", "trace-window"})
      if (from.at(option).is_given()) read.fail(option, "is for a trace; expected --trace beside it");
  if (load != "find-max") refuse_search_options(from, read);
}

} // namespace loadgen::cli
