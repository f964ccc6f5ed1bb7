#include <loadgen/calibrate/sweep.hpp>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace loadgen::calibrate {

namespace {

using namespace std::chrono_literals;

constexpr duration ttft = 20ms;

constexpr std::array token_rates{2'000.0,   10'000.0,  20'000.0,  40'000.0,  60'000.0,  80'000.0,  100'000.0, 120'000.0,
                                 140'000.0, 160'000.0, 200'000.0, 250'000.0, 300'000.0, 400'000.0, 600'000.0, 1e6};
constexpr std::uint32_t streams_of_token_rates = 200;
constexpr int rounds_of_token_rates = 4;

constexpr std::array<std::uint32_t, 12> stream_counts{50,   100,  200,  500,  1000,   1500,
                                                      2000, 3000, 4000, 6000, 10'000, 16'000};
constexpr double token_rate_of_streams = 20'000;
constexpr int rounds_of_streams = 2;

/// The steps below `most`, and `most`.
template<class Number, std::size_t Count>
std::vector<Number> steps_up_to(Number most, const std::array<Number, Count>& steps) {
  std::vector<Number> taken;
  std::copy_if(steps.begin(), steps.end(), std::back_inserter(taken), [most](Number step) { return step < most; });
  taken.push_back(most);
  return taken;
}

offered_load load_of(std::uint32_t streams, double tokens_per_s, int rounds, duration level_time) {
  const duration answer_time = std::max<duration>(level_time / rounds, 2 * ttft);
  offered_load load;
  load.streams = streams;
  load.requests = std::uint64_t{streams} * static_cast<unsigned>(rounds);
  load.tokens = static_cast<std::uint32_t>(std::max(2.0, std::round(tokens_per_s * to_s(answer_time) / streams)));
  load.ttft = ttft;
  load.itl = (answer_time - ttft) / (load.tokens - 1);
  return load;
}

/// How many of the error limits a level holds.
std::size_t limits_held(const level_reading& level) {
  return static_cast<std::size_t>(std::count_if(error_limits_ms.begin(), error_limits_ms.end(),
                                                [&level](double error_ms) { return level.holds(error_ms); }));
}

bool is_better(const level_reading& left, const level_reading& right) {
  if (limits_held(left) != limits_held(right)) return limits_held(left) > limits_held(right);
  if (left.server_late != right.server_late) return right.server_late;
  return left.worst_error_ms() < right.worst_error_ms();
}

/// Why not to go on after a level; nothing where it may.
std::optional<sweep_end> end_after(const level_reading& level) {
  if (!level.complete || level.verdict == metrics::verdict::client_bound) return sweep_end::client;
  if (limits_held(level) == 0) return sweep_end::error;
  if (level.server_late) return sweep_end::server;
  return std::nullopt;
}

std::span<const level_reading> held_from_the_first(std::span<const level_reading> levels, double error_ms) {
  const auto broken = std::find_if(levels.begin(), levels.end(),
                                   [error_ms](const level_reading& level) { return !level.holds(error_ms); });
  return levels.first(static_cast<std::size_t>(broken - levels.begin()));
}

} // namespace

std::vector<offered_load> rising_token_rates(double most, duration level_time) {
  std::vector<offered_load> loads;
  for (const double rate : steps_up_to(most, token_rates))
    loads.push_back(load_of(streams_of_token_rates, rate, rounds_of_token_rates, level_time));
  return loads;
}

std::vector<offered_load> rising_streams(std::uint32_t most, duration level_time) {
  std::vector<offered_load> loads;
  for (const std::uint32_t streams : steps_up_to(most, stream_counts))
    loads.push_back(load_of(streams, token_rate_of_streams, rounds_of_streams, level_time));
  return loads;
}

std::string_view to_string(sweep_end why) noexcept {
  switch (why) {
  case sweep_end::all_measured: return "all_measured";
  case sweep_end::error: return "error";
  case sweep_end::client: return "client";
  case sweep_end::server: return "server";
  case sweep_end::descriptors: return "descriptors";
  case sweep_end::time: return "time";
  }
  return "";
}

result<sweep_reading> sweep(std::span<const offered_load> loads, const level_meter& measure,
                            const std::function<bool()>& has_time) {
  sweep_reading reading;
  std::size_t held = error_limits_ms.size(); // by all levels so far
  for (const offered_load& load : loads) {
    if (!has_time()) {
      reading.ended_by = sweep_end::time;
      break;
    }
    auto level = measure(load);
    if (level.has_error() && level.error().code == errc::resource_limit) {
      reading.ended_by = sweep_end::descriptors;
      break;
    }
    if (level.has_error()) return level.error();
    if ((limits_held(*level) < held || level->server_late) && has_time()) {
      auto again = measure(load);
      if (again.has_error()) return again.error();
      if (is_better(*again, *level)) level = std::move(again);
      level->repeated = true;
    }
    held = std::min(held, limits_held(*level));
    reading.levels.push_back(*level);
    if (const auto why = end_after(*level)) {
      reading.ended_by = *why;
      break;
    }
  }
  return reading;
}

std::vector<metrics::calibrated_range> ranges_of(std::span<const level_reading> by_token_rate,
                                                 std::span<const level_reading> by_streams) {
  std::vector<metrics::calibrated_range> ranges;
  for (const double error_ms : error_limits_ms) {
    metrics::calibrated_range& range = ranges.emplace_back();
    range.error_ms = error_ms;
    for (const level_reading& level : held_from_the_first(by_token_rate, error_ms))
      range.tokens_per_s = std::max(range.tokens_per_s.value_or(0), level.tokens_per_s);
    for (const level_reading& level : held_from_the_first(by_streams, error_ms))
      range.streams = std::max(range.streams.value_or(0), level.offered.streams);
  }
  return ranges;
}

} // namespace loadgen::calibrate
