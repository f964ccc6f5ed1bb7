#include <loadgen/base/duration_text.hpp>
#include <loadgen/metrics/gate.hpp>

#include <boost/algorithm/string/trim.hpp>
#include <fmt/format.h>

#include <charconv>
#include <cmath>

namespace loadgen::metrics {

namespace {

error unreadable(std::string_view text) {
  return invalid_input(fmt::format(
      "'{}' is not a gate; expected NAME OP VALUE with one of <= < >= >, such as 'ttft_p99 <= 500ms'", text));
}

comparison read_comparison(char sign, bool or_equal) noexcept {
  if (sign == '<') return or_equal ? comparison::at_most : comparison::below;
  return or_equal ? comparison::at_least : comparison::above;
}

result<double> parse_rate(std::string_view text) {
  double rate = 0;
  const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), rate);
  const bool whole = failure == std::errc{} && rest == text.data() + text.size();
  if (!whole || !std::isfinite(rate) || std::signbit(rate))
    return invalid_input(fmt::format("'{}' is not a rate per second; expected a number without a unit", text));
  return rate;
}

result<double> parse_limit(const gate_terms& terms) {
  if (!terms.of.is_latency()) return parse_rate(terms.value);
  const result<duration> limit = parse_duration(terms.value);
  if (limit.has_error()) return limit.error();
  return to_ms(*limit);
}

} // namespace

std::string_view to_string(comparison relation) noexcept {
  switch (relation) {
  case comparison::at_most: return "<=";
  case comparison::below: return "<";
  case comparison::at_least: return ">=";
  case comparison::above: return ">";
  }
  return "";
}

bool compares(double left, comparison relation, double right) noexcept {
  switch (relation) {
  case comparison::at_most: return left <= right;
  case comparison::below: return left < right;
  case comparison::at_least: return left >= right;
  case comparison::above: return left > right;
  }
  return false;
}

result<gate_terms> split_gate(std::string_view text) {
  const std::size_t sign = text.find_first_of("<>");
  if (sign == std::string_view::npos) return unreadable(text);
  const bool or_equal = text.substr(sign + 1).starts_with('=');
  const std::string name = boost::algorithm::trim_copy(std::string{text.substr(0, sign)});
  std::string value = boost::algorithm::trim_copy(std::string{text.substr(sign + (or_equal ? 2 : 1))});
  if (name.empty() || value.empty()) return unreadable(text);
  result<figure> of = figure::named(name);
  if (of.has_error()) return of.error();
  return gate_terms{std::move(*of), read_comparison(text[sign], or_equal), std::move(value)};
}

result<gate> parse_gate(std::string_view text) {
  result<gate_terms> terms = split_gate(text);
  if (terms.has_error()) return terms.error();
  const result<double> limit = parse_limit(*terms);
  if (limit.has_error()) return limit.error();
  std::string spaced = fmt::format("{} {} {}", terms->of.name(), to_string(terms->relation), terms->value);
  return gate{std::move(terms->of), terms->relation, *limit, std::move(spaced)};
}

bool gate::holds_in(const level_summary& level) const {
  const std::optional<double> value = of.of(level);
  return value && compares(*value, relation, limit);
}

} // namespace loadgen::metrics
