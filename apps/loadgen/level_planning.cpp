#include "level_planning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace loadgen::cli {

namespace {

constexpr std::uint64_t least_requests = 100;
constexpr std::uint64_t requests_per_connection = 4;

/// How many arrivals bring so many requests.
std::uint64_t arrivals_for(const std::optional<workload::conversation_order>& order, std::uint64_t requests) {
  return order ? order->conversations_for(requests) : requests;
}

result<std::vector<duration>> draw_warmup(const run_input& input, const workload::arrival_settings& arrivals,
                                          const std::optional<workload::conversation_order>& order,
                                          const random_stream& draws) {
  const engine::warmup_settings& warmup = input.run.warmup;
  if (warmup.time > duration::zero()) return workload::draw_arrivals_until(arrivals, warmup.time, draws);
  return workload::draw_arrivals(arrivals, arrivals_for(order, warmup.requests), draws);
}

} // namespace

std::uint64_t requests_by_default(const load_terms& terms, std::uint32_t concurrency) {
  const std::uint64_t per_connection = requests_per_connection * concurrency;
  if (!terms.order) return std::max(least_requests, per_connection);
  std::uint64_t conversations = std::max(terms.order->conversations_for(least_requests), per_connection);
  conversations += conversations % 2; // for both sides of --ab
  return terms.order->requests_before(conversations);
}

void refuse_beside(std::string_view option, std::initializer_list<std::string_view> options, const settings& from,
                   value_reader& read) {
  for (const std::string_view other : options)
    if (from.at(other).is_given()) read.fail(other, fmt::format("excludes {}; expected one of them", option));
}

engine::level_load read_closed_load(const settings& from, value_reader& read) {
  for (const std::string_view option : {"arrival", "max-concurrency", "on-cap"})
    if (from.at(option).is_given())
      read.fail(option, "is for an open loop; expected --rate, --stages or --trace beside it");
  engine::level_load load;
  load.drain = read.span("drain");
  load.stagger = read.span("stagger");
  return load;
}

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

random_stream arrival_draws(const run_input& input, std::string_view dimension, std::uint32_t level,
                            std::uint32_t trial) {
  return random_stream{input.requests.seed, dimension, std::uint64_t{level} << 32U | trial};
}

result<workload::level_settings> make_level(const run_input& input, const workload::arrival_settings& arrivals,
                                            const load_terms& terms, result<std::vector<duration>> offsets,
                                            std::uint32_t level, std::uint32_t trial) {
  if (offsets.has_error()) return offsets.error();
  auto warmup = draw_warmup(input, arrivals, terms.order, arrival_draws(input, "warmup-arrivals", level, trial));
  if (warmup.has_error()) return warmup.error();
  workload::level_settings planned{.level = level, .trial = trial, .offsets = std::move(*offsets)};
  planned.warmup_offsets = std::move(*warmup);
  return planned;
}

result<workload::level_settings> draw_level(const run_input& input, const workload::arrival_settings& arrivals,
                                            const load_terms& terms, std::uint32_t level, std::uint32_t trial) {
  const random_stream draws = arrival_draws(input, "arrivals", level, trial);
  const std::uint64_t requests = terms.requests.value_or(requests_by_default(terms));
  auto offsets = terms.time ? workload::draw_arrivals_until(arrivals, *terms.time, draws)
                            : workload::draw_arrivals(arrivals, arrivals_for(terms.order, requests), draws);
  if (offsets.has_value() && offsets->empty())
    return invalid_input(fmt::format("at {}/s, nothing arrives within the --duration; expected a longer one or a "
                                     "higher rate",
                                     arrivals.rate));
  auto planned = make_level(input, arrivals, terms, std::move(offsets), level, trial);
  if (planned.has_error()) return planned;
  planned->time = terms.time;
  if (!terms.time) planned->requests = requests;
  return planned;
}

} // namespace loadgen::cli
