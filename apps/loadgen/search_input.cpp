#include "search_input.hpp"

#include "level_planning.hpp"

#include <loadgen/search/evidence.hpp>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace loadgen::cli {

namespace {

using search::load_kind;

constexpr std::array search_options{"search-range", "search-precision", "search-confirmations", "search-trials"};

/// Of a rate, so many requests a first trial has at least where nothing else was asked: with fewer the answer is too
/// high more often than one time in ten (docs/search.md).
constexpr std::uint64_t least_requests_of_rate = 600;
/// And it lasts no longer for the sake of seeing a slow queue.
constexpr duration longest_by_default = std::chrono::seconds{60};

std::optional<double> parse_number(std::string_view text) {
  double number = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

void read_range(settings& from, value_reader& read, search::search_settings& into) {
  into.least = into.kind == load_kind::rate ? 0.05 : 1;
  into.most = 1024;
  const std::string_view text = from.text("search-range");
  if (!from.at("search-range").is_set())
    return from.set_effective("search-range", boost::json::value(fmt::format("{:g}..{:g}", into.least, into.most)));
  const std::size_t dots = text.find("..");
  const auto least = parse_number(text.substr(0, dots));
  const auto most = dots == std::string_view::npos ? std::nullopt : parse_number(text.substr(dots + 2));
  if (!least || !most)
    return read.fail("search-range", fmt::format("'{}' is not valid; expected A..B, such as 2..64", text));
  into.least = *least;
  into.most = *most;
}

double read_precision(const settings& from, value_reader& read) {
  std::string_view text = from.text("search-precision");
  const bool in_percent = text.ends_with('%');
  if (in_percent) text.remove_suffix(1);
  const double number = parse_number(text).value_or(0) / (in_percent ? 100 : 1);
  if (number > 0 && number <= 1) return number;
  read.fail("search-precision",
            fmt::format("'{}' is not valid; expected a share above 0 such as 5% or 0.05, at most 100%",
                        from.text("search-precision")));
  return 1;
}

search::search_settings read_settings(settings& from, value_reader& read, const run_input& input) {
  search::search_settings asked;
  asked.kind = from.text("find-max") == "rate" ? load_kind::rate : load_kind::concurrency;
  asked.precision = read_precision(from, read);
  asked.most_trials = read.count32("search-trials", 1);
  asked.confirmations = read.count32("search-confirmations", 1);
  if (!from.at("search-confirmations").is_given()) {
    asked.confirmations = std::min(asked.confirmations, asked.most_trials);
    from.set_effective("search-confirmations", asked.confirmations);
  }
  asked.required_attainment = input.slo.required_attainment;
  read_range(from, read, asked);
  return asked;
}

std::uint64_t requests_within(double rate, duration time) {
  return static_cast<std::uint64_t>(std::ceil(rate * to_s(time)));
}

/// How many requests must be due before a load can be shown to hold. The first ones of an open loop are not judged.
std::uint64_t fewest_due(const load_search& asked) {
  const std::uint64_t judged = search::fewest_requests_to_hold(asked.settings.required_attainment);
  return asked.settings.kind == load_kind::rate ? judged + judged / (search::filling_part - 1) + 1 : judged;
}

std::uint64_t requests_by_default_of(const run_input& input, const search::search_step& step) {
  const load_search& asked = *input.search;
  if (asked.settings.kind == load_kind::concurrency)
    return std::max(requests_by_default({}, static_cast<std::uint32_t>(step.load)), fewest_due(asked));
  const duration to_see = search::time_to_see_queue(input.slo, asked.settings.precision).value_or(longest_by_default);
  return std::max(
      {least_requests_of_rate, fewest_due(asked), requests_within(step.load, std::min(to_see, longest_by_default))});
}

std::uint64_t requests_of(const run_input& input, const search::search_step& step) {
  const load_search& asked = *input.search;
  std::uint64_t requests = 0;
  if (asked.terms.requests)
    requests = *asked.terms.requests;
  else if (asked.terms.time)
    requests = requests_within(step.load, *asked.terms.time);
  else
    requests = requests_by_default_of(input, step);
  return std::max<std::uint64_t>(requests, 1) * step.size;
}

/// A closed loop may stop after a time. The steps of a rate send and wait for all that is due in theirs: what is not
/// sent must not be left out.
result<engine::chosen_level> closed_level(const run_input& input, const search::search_step& step) {
  engine::chosen_level chosen{.planned = {.level = step.level, .trial = step.trial, .offsets = {}},
                              .load = input.search->load};
  chosen.load.concurrency = static_cast<std::uint32_t>(step.load);
  if (const auto& time = input.search->terms.time) chosen.planned.time = *time * step.size;
  if (!chosen.planned.time) chosen.planned.requests = requests_of(input, step);
  return chosen;
}

void check_requests(value_reader& read, const load_search& asked) {
  if (!asked.terms.requests) return;
  const std::uint64_t all_trials = (std::uint64_t{1} << asked.settings.most_trials) - 1; // each twice the one before
  const std::uint64_t fewest = (fewest_due(asked) + all_trials - 1) / all_trials;
  if (*asked.terms.requests >= fewest) return;
  read.fail("requests",
            fmt::format("{} in a first trial and {} in all trials of a load cannot show that it holds, even "
                        "where all of them meet the SLO; expected at least {}, or a lower --slo-attainment",
                        *asked.terms.requests, *asked.terms.requests * all_trials, fewest));
}

void plan_first_step(value_reader& read, run_input& input) {
  const auto first = search::capacity_search{input.search->settings}.next();
  search::search_step last = *first; // whether the arrivals of both ends can be drawn must be known before the run
  for (const double end : {input.search->settings.most, input.search->settings.least}) {
    last.load = end;
    if (const auto level = level_of(input, last); level.has_error()) return read.fail("search-range", level.error());
  }
  auto level = level_of(input, *first);
  if (level.has_error()) return read.fail("search-range", level.error());
  input.levels = {std::move(level->planned)};
  input.run.loads = {level->load};
}

} // namespace

void refuse_search_options(const settings& from, value_reader& read) {
  for (const std::string_view option : search_options)
    if (from.at(option).is_given()) read.fail(option, "is for a search; expected --find-max beside it");
}

void read_search(settings& from, value_reader& read, const load_terms& terms, run_input& input) {
  refuse_beside("find-max", {"trials", "ab", "bounded"}, from, read);
  if (terms.order) read.fail("find-max", "is not for conversations; expected a --dataset without turns");
  if (input.slo.empty())
    read.fail("find-max", "has no objective to hold the loads to; expected --slo beside it, such as --slo ttft=500ms");
  load_search asked;
  asked.settings = read_settings(from, read, input);
  asked.terms = terms;
  if (asked.settings.kind == load_kind::rate) {
    asked.arrivals = read_arrival(from, read);
    asked.load = read_open_load(from, read);
    if (from.at("drain").is_given())
      read.fail("drain", "is for steps that are cut off; those of a rate search wait for all requests");
  } else {
    asked.load = read_closed_load(from, read);
    input.run.most_connections = static_cast<std::uint32_t>(std::clamp(asked.settings.most, 0.0, 4'294'967'295.0));
    from.set_effective("arrival", nullptr);
  }
  if (read.failure()) return;
  if (const auto valid = search::validate(asked.settings); valid.has_error())
    return read.fail("find-max", valid.error());
  check_requests(read, asked);
  input.search = asked;
  if (!read.failure()) plan_first_step(read, input);
  for (const std::string_view option : {"concurrency", "trials"}) from.set_effective(option, nullptr);
}

result<engine::chosen_level> level_of(const run_input& input, const search::search_step& step) {
  const load_search& asked = *input.search;
  if (asked.settings.kind == load_kind::concurrency) return closed_level(input, step);
  workload::arrival_settings arrivals = asked.arrivals;
  arrivals.rate = step.load;
  load_terms terms;
  terms.requests = requests_of(input, step);
  auto planned = draw_level(input, arrivals, terms, step.level, step.trial);
  if (planned.has_error()) return planned.error();
  engine::chosen_level chosen{.planned = std::move(*planned), .load = asked.load};
  chosen.load.rate = step.load;
  return chosen;
}

engine::level_chooser chooser_of(const run_input& input, search::capacity_search& searching) {
  return [&input, &searching](const metrics::recorded_level& ended) -> result<std::optional<engine::chosen_level>> {
    const double load = ended.info.rate ? *ended.info.rate : ended.info.concurrency.value_or(0);
    searching.add(load, search::evidence_of(ended, input.slo));
    const auto step = searching.next();
    if (!step) return std::nullopt;
    auto level = level_of(input, *step);
    if (level.has_error()) return level.error();
    return std::move(*level);
  };
}

} // namespace loadgen::cli
