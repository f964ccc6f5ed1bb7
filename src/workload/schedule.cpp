#include <loadgen/workload/schedule.hpp>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/gamma_distribution.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace loadgen::workload {

namespace {

constexpr double longest_schedule_s = 1000.0 * 3600;
constexpr std::uint64_t most_arrivals = 1'000'000'000;

bool is_positive(double number) {
  return std::isfinite(number) && number > 0;
}

std::optional<error> fault_of(const arrival_settings& arrivals) {
  if (!is_positive(arrivals.rate))
    return invalid_input(fmt::format("the rate is {}; expected a number of requests/s above 0", arrivals.rate));
  if (arrivals.process == arrival_process::gamma && !is_positive(arrivals.cv))
    return invalid_input(fmt::format("the coefficient of variation is {}; expected a number above 0", arrivals.cv));
  if (arrivals.process == arrival_process::burst && arrivals.burst == 0)
    return invalid_input("bursts of no requests; expected at least 1");
  return std::nullopt;
}

/// The arrival times of one process, one after another, in seconds.
class arrival_sequence {
public:
  arrival_sequence(const arrival_settings& arrivals, random_stream draws)
      : process_(arrivals.process),
        rate_(arrivals.rate),
        burst_(arrivals.burst),
        draws_(draws),
        exponential_(arrivals.rate),
        gamma_(1 / (arrivals.cv * arrivals.cv), arrivals.cv * arrivals.cv / arrivals.rate) {}

  [[nodiscard]] double next() {
    switch (process_) {
    case arrival_process::constant: return moment_of(index_++);
    case arrival_process::burst: return moment_of(index_++ / burst_ * burst_);
    case arrival_process::poisson: return now_ += exponential_(draws_);
    case arrival_process::gamma: return now_ += gamma_(draws_);
    }
    return now_;
  }

private:
  // No sum, whose errors would add up.
  [[nodiscard]] double moment_of(std::uint64_t index) const { return static_cast<double>(index) / rate_; }

  arrival_process process_;
  double rate_;
  std::uint64_t burst_;
  random_stream draws_;
  boost::random::exponential_distribution<double> exponential_;
  boost::random::gamma_distribution<double> gamma_;
  std::uint64_t index_ = 0;
  double now_ = 0;
};

duration to_duration(double seconds) {
  return duration{std::llround(seconds * 1e9)};
}

} // namespace

result<arrival_settings> parse_arrival(std::string_view text) {
  arrival_settings parsed;
  const std::size_t colon = std::min(text.find(':'), text.size());
  const std::string_view name = text.substr(0, colon);
  const auto is_number = [value = text.substr(std::min(colon + 1, text.size()))](auto& number) {
    const auto [rest, failure] = std::from_chars(value.data(), value.data() + value.size(), number);
    return failure == std::errc{} && rest == value.data() + value.size();
  };
  if (text == "poisson") return parsed;
  parsed.process = arrival_process::constant;
  if (text == "constant") return parsed;
  parsed.process = arrival_process::gamma;
  if (name == "gamma" && is_number(parsed.cv) && is_positive(parsed.cv)) return parsed;
  parsed.process = arrival_process::burst;
  if (name == "burst" && is_number(parsed.burst) && parsed.burst > 0) return parsed;
  return invalid_input(fmt::format("'{}' is not valid; expected poisson, constant, gamma:CV with a coefficient of "
                                   "variation above 0, such as gamma:2, or burst:N with a number of requests, such as "
                                   "burst:10",
                                   text));
}

std::string format_arrival(const arrival_settings& arrivals) {
  switch (arrivals.process) {
  case arrival_process::constant: return "constant";
  case arrival_process::poisson: return "poisson";
  case arrival_process::gamma: return fmt::format("gamma:{}", arrivals.cv);
  case arrival_process::burst: return fmt::format("burst:{}", arrivals.burst);
  }
  return {};
}

result<std::vector<duration>> draw_arrivals(const arrival_settings& arrivals, std::uint64_t count,
                                            random_stream draws) {
  if (auto fault = fault_of(arrivals)) return *std::move(fault);
  if (count > most_arrivals)
    return invalid_input(fmt::format("{} requests; expected at most {} in one level", count, most_arrivals));
  arrival_sequence sequence{arrivals, draws};
  std::vector<duration> times;
  times.reserve(count);
  while (times.size() < count) {
    const double due = sequence.next();
    if (due > longest_schedule_s)
      return invalid_input(
          fmt::format("at {}/s, {} requests take more than 1000 hours; expected a higher rate", arrivals.rate, count));
    times.push_back(to_duration(due));
  }
  return times;
}

result<std::vector<duration>> draw_arrivals_until(const arrival_settings& arrivals, duration end, random_stream draws) {
  if (auto fault = fault_of(arrivals)) return *std::move(fault);
  if (arrivals.rate * to_s(end) > static_cast<double>(most_arrivals))
    return invalid_input(fmt::format("{}/s over {} s are more than {} requests; expected fewer in one level",
                                     arrivals.rate, to_s(end), most_arrivals));
  arrival_sequence sequence{arrivals, draws};
  std::vector<duration> times;
  for (duration due = to_duration(sequence.next()); due < end; due = to_duration(sequence.next())) times.push_back(due);
  return times;
}

result<std::vector<duration>> draw_arrivals_over(const rate_shape& shape, arrival_settings arrivals,
                                                 random_stream draws) {
  arrivals.rate = 1; // in the time in which one request is expected each second
  if (auto fault = fault_of(arrivals)) return *std::move(fault);
  arrival_sequence sequence{arrivals, draws};
  std::vector<duration> times;
  for (double expected = sequence.next(); expected < shape.expected_requests(); expected = sequence.next()) {
    const duration due = to_duration(shape.time_of(expected));
    if (due >= shape.length()) break;
    times.push_back(due);
  }
  return times;
}

} // namespace loadgen::workload
