#include <loadgen/base/duration_text.hpp>
#include <loadgen/workload/think_time.hpp>

#include <boost/random/exponential_distribution.hpp>
#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_real_distribution.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <optional>

namespace loadgen::workload {

namespace {

constexpr double longest_s = 1000.0 * 3600;
constexpr double widest_sigma = 5;

struct named_form {
  std::string_view name;
  think_form form;
  bool has_second;
};

constexpr std::array named_forms{
    named_form{"uniform", think_form::uniform, true},
    named_form{"normal", think_form::normal, true},
    named_form{"lognormal", think_form::lognormal, true},
    named_form{"exponential", think_form::exponential, false},
};

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  return text;
}

std::optional<double> parse_number(std::string_view text, double most) {
  double number = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = failure == std::errc{} && rest == text.data() + text.size();
  return whole && number >= 0 && number <= most ? std::optional{number} : std::nullopt;
}

duration from_seconds(double seconds) {
  return duration{std::llround(std::clamp(seconds, 0.0, longest_s) * 1e9)};
}

std::optional<duration> parse_time(std::string_view text) {
  if (const auto seconds = parse_number(text, longest_s)) return from_seconds(*seconds);
  const auto span = parse_duration(text);
  return span.has_value() ? std::optional{*span} : std::nullopt;
}

std::optional<think_time> parse_second(think_time of, std::string_view text) {
  if (of.form == think_form::lognormal) {
    const auto sigma = parse_number(text, widest_sigma);
    if (!sigma) return std::nullopt;
    of.sigma = *sigma;
    return of;
  }
  const auto second = parse_time(text);
  if (!second || (of.form == think_form::uniform && *second < of.first)) return std::nullopt;
  of.second = *second;
  return of;
}

std::optional<think_time> parse_named(std::string_view name, std::string_view inside) {
  const std::size_t comma = inside.find(',');
  for (const named_form& known : named_forms) {
    if (known.name != name || known.has_second != (comma != std::string_view::npos)) continue;
    const auto first = parse_time(trimmed(inside.substr(0, comma)));
    const bool positive = known.form == think_form::lognormal || known.form == think_form::exponential;
    if (!first || (positive && *first == duration::zero())) return std::nullopt;
    const think_time read{.form = known.form, .first = *first};
    return known.has_second ? parse_second(read, trimmed(inside.substr(comma + 1))) : read;
  }
  return std::nullopt;
}

std::optional<think_time> parse(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open != std::string_view::npos)
    return text.ends_with(')') ? parse_named(text.substr(0, open), text.substr(open + 1, text.size() - open - 2))
                               : std::nullopt;
  const auto span = parse_duration(text);
  return span.has_value() ? std::optional{think_time{.first = *span}} : std::nullopt;
}

} // namespace

result<think_time> parse_think_time(std::string_view text) {
  if (const auto read = parse(text)) return *read;
  return invalid_input(fmt::format("'{}' is not valid; expected a time such as 2s, or in seconds uniform(MIN,MAX), "
                                   "normal(MEAN,DEVIATION), lognormal(MEDIAN,SIGMA) with a sigma of at most {}, or "
                                   "exponential(MEAN)",
                                   text, widest_sigma));
}

duration draw_think_time(const think_time& from, random_stream bits) {
  const double first = to_s(from.first), second = to_s(from.second);
  switch (from.form) {
  case think_form::constant: break;
  case think_form::uniform:
    if (from.first == from.second) break;
    return from_seconds(boost::random::uniform_real_distribution{first, second}(bits));
  case think_form::normal: return from_seconds(boost::random::normal_distribution{first, second}(bits));
  case think_form::lognormal:
    return from_seconds(first * std::exp(boost::random::normal_distribution{0.0, from.sigma}(bits)));
  case think_form::exponential: return from_seconds(boost::random::exponential_distribution{1 / first}(bits));
  }
  return from.first;
}

} // namespace loadgen::workload
