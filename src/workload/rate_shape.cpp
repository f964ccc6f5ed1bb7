#include <loadgen/base/duration_text.hpp>
#include <loadgen/workload/rate_shape.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace loadgen::workload {

namespace {

constexpr duration longest_shape = std::chrono::hours{1000};
constexpr double most_requests = 1e9;

bool is_rate(double rate) {
  return std::isfinite(rate) && rate >= 0;
}

bool is_held(const rate_stage& stage) {
  return stage.from == stage.to;
}

/// By how much the logarithm of the rate grows in each second.
double growth_of(const rate_stage& stage) {
  return std::log(stage.to / stage.from) / to_s(stage.length);
}

double expected_in(const rate_stage& stage) {
  if (stage.form == ramp_form::exponential && !is_held(stage)) return (stage.to - stage.from) / growth_of(stage);
  return (stage.from + stage.to) / 2 * to_s(stage.length);
}

/// When that many requests are expected to have come in the stage, in seconds from its begin.
double time_in(const rate_stage& stage, double expected) {
  if (is_held(stage)) return expected / stage.from;
  if (stage.form == ramp_form::exponential) {
    const double growth = growth_of(stage);
    return std::log1p(expected * growth / stage.from) / growth;
  }
  if (expected <= 0) return 0;
  // The root of from * t + slope / 2 * t^2 = expected, in the form that subtracts nothing from a number like it.
  const double slope = (stage.to - stage.from) / to_s(stage.length);
  return 2 * expected / (stage.from + std::sqrt(std::max(stage.from * stage.from + 2 * slope * expected, 0.0)));
}

std::optional<error> fault_of(const rate_stage& stage) {
  if (!is_rate(stage.from) || !is_rate(stage.to))
    return invalid_input("a stage's rate is not a number of at least 0; expected requests/s");
  if (stage.length <= duration::zero()) return invalid_input("a stage takes no time; expected a duration above 0");
  if (stage.length > longest_shape) return invalid_input("a stage takes more than 1000 hours; expected a shorter one");
  if (stage.form == ramp_form::exponential && (stage.from == 0 || stage.to == 0))
    return invalid_input("an exponential ramp never gets to or from 0; expected rates above it");
  return std::nullopt;
}

std::optional<double> parse_rate(std::string_view text) {
  double rate = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), rate);
  const bool whole = failure == std::errc{} && rest == text.data() + text.size();
  return whole && is_rate(rate) && !std::signbit(rate) ? std::optional{rate} : std::nullopt;
}

/// What stands before `separator`, which is taken off `text` with it; all of it where there is none.
std::string_view take_until(std::string_view& text, std::string_view separator) {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + separator.size(), text.size()));
  return taken;
}

result<rate_stage> parse_stage(std::string_view text) {
  const error unreadable = invalid_input(
      fmt::format("'{}' is not valid; expected a stage such as 2@30s, 2..20@1m or 2..20@1m:exponential", text));
  rate_stage stage;
  std::string_view rest = text;
  std::string_view rates = take_until(rest, "@");
  const bool ramp = rates.find("..") != std::string_view::npos;
  const auto from = parse_rate(take_until(rates, ".."));
  const auto to = ramp ? parse_rate(rates) : from;
  if (!from || !to) return unreadable;
  stage.from = *from;
  stage.to = *to;
  const auto length = parse_duration(take_until(rest, ":"));
  if (length.has_error()) return unreadable;
  stage.length = *length;
  if (text.ends_with(':') || !(rest.empty() || (ramp && rest == "exponential"))) return unreadable;
  if (!rest.empty()) stage.form = ramp_form::exponential;
  if (const auto fault = fault_of(stage)) return invalid_input(fmt::format("'{}': {}", text, fault->message));
  return stage;
}

} // namespace

result<rate_shape> rate_shape::make(const std::vector<rate_stage>& stages) {
  rate_shape made;
  double expected = 0;
  for (const rate_stage& stage : stages) {
    if (auto fault = fault_of(stage)) return *std::move(fault);
    const double more = expected_in(stage);
    if (more > 0) made.stages_.push_back({stage, to_s(made.length_), expected, expected + more});
    expected += more;
    made.length_ += stage.length;
    if (made.length_ > longest_shape)
      return invalid_input("the stages take more than 1000 hours together; expected fewer or shorter ones");
    if (expected > most_requests)
      return invalid_input(fmt::format("the stages bring more than {} requests; expected fewer in one level",
                                       static_cast<std::uint64_t>(most_requests)));
  }
  if (made.stages_.empty()) return invalid_input("no stage has a rate above 0; expected at least one");
  return made;
}

double rate_shape::expected_requests() const noexcept {
  return stages_.back().expected_behind;
}

double rate_shape::time_of(double expected) const noexcept {
  const auto reached = [expected](const placed_stage& one) { return expected < one.expected_behind; };
  const auto found = std::find_if(stages_.begin(), stages_.end(), reached);
  const placed_stage& stage = found == stages_.end() ? stages_.back() : *found;
  return stage.begin_s + time_in(stage.stage, expected - stage.expected_before);
}

result<rate_shape> parse_stages(std::string_view text) {
  std::vector<rate_stage> stages;
  for (bool more = true; more;) {
    more = text.find(',') != std::string_view::npos;
    const auto stage = parse_stage(take_until(text, ","));
    if (stage.has_error()) return stage.error();
    stages.push_back(*stage);
  }
  return rate_shape::make(stages);
}

} // namespace loadgen::workload
