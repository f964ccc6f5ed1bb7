#include <loadgen/workload/lengths.hpp>

#include <boost/random/normal_distribution.hpp>
#include <boost/random/uniform_int_distribution.hpp>
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <optional>

namespace loadgen::workload {

namespace {

constexpr double longest = longest_length;
constexpr double widest_sigma = 5;
constexpr int most_draws = 1000;

struct named_form {
  std::string_view name;
  length_form form;
};

constexpr std::array named_forms{named_form{"uniform", length_form::uniform}, named_form{"normal", length_form::normal},
                                 named_form{"lognormal", length_form::lognormal}};

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with(' ')) text.remove_prefix(1);
  double number = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole_text = failure == std::errc{} && rest == text.data() + text.size();
  return whole_text && std::isfinite(number) ? std::optional{number} : std::nullopt;
}

bool is_whole(double number) {
  return std::floor(number) == number;
}

bool is_valid(const length_distribution& lengths) {
  const auto& [form, first, second] = lengths;
  if (first < 1 || first > longest || second < 0 || second > longest) return false;
  switch (form) {
  case length_form::constant: return is_whole(first);
  case length_form::uniform: return is_whole(first) && is_whole(second) && second >= first;
  case length_form::normal: return true;
  case length_form::lognormal: return second <= widest_sigma;
  }
  return false;
}

std::optional<length_distribution> parse(std::string_view text) {
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) {
    const auto length = parse_number(text);
    return length ? std::optional{length_distribution{length_form::constant, *length, 0}} : std::nullopt;
  }
  const std::size_t comma = text.find(',', open);
  if (!text.ends_with(')') || comma == std::string_view::npos) return std::nullopt;
  const auto first = parse_number(text.substr(open + 1, comma - open - 1));
  const auto second = parse_number(text.substr(comma + 1, text.size() - comma - 2));
  if (!first || !second) return std::nullopt;
  for (const auto& [name, form] : named_forms)
    if (text.substr(0, open) == name) return length_distribution{form, *first, *second};
  return std::nullopt;
}

} // namespace

result<length_distribution> parse_length(std::string_view text) {
  const auto parsed = parse(text);
  if (parsed && is_valid(*parsed)) return *parsed;
  return invalid_input(
      fmt::format("'{}' is not a length; expected tokens from 1 to {} such as 512, or uniform(LEAST,MOST), "
                  "normal(MEAN,DEVIATION) or lognormal(MEDIAN,SIGMA) with a sigma of at most {}",
                  text, longest_length, widest_sigma));
}

std::string format_length(const length_distribution& lengths) {
  for (const auto& [name, form] : named_forms)
    if (form == lengths.form) return fmt::format("{}({:.15g},{:.15g})", name, lengths.first, lengths.second);
  return fmt::format("{:.15g}", lengths.first);
}

std::uint32_t draw_length(const length_distribution& lengths, random_stream draws) {
  const auto median = static_cast<std::uint32_t>(std::lround(lengths.first));
  if (lengths.form == length_form::constant) return median;
  if (lengths.form == length_form::uniform)
    return boost::random::uniform_int_distribution<std::uint32_t>{median,
                                                                  static_cast<std::uint32_t>(lengths.second)}(draws);
  boost::random::normal_distribution<double> standard;
  for (int i = 0; i < most_draws; ++i) {
    const double deviation = lengths.second * standard(draws);
    const double length =
        lengths.form == length_form::normal ? lengths.first + deviation : lengths.first * std::exp(deviation);
    if (length >= 0.5 && length < longest + 0.5) return static_cast<std::uint32_t>(std::lround(length));
  }
  return median;
}

} // namespace loadgen::workload
