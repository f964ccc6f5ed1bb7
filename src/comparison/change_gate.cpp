#include <loadgen/comparison/change_gate.hpp>
#include <loadgen/comparison/compare.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

namespace loadgen::comparison {

result<double> parse_percent(std::string_view text) {
  std::string_view number = text;
  if (number.starts_with('+')) number.remove_prefix(1);
  double percent = 0;
  const auto [rest, failure] = std::from_chars(number.data(), number.data() + number.size(), percent);
  const bool whole = failure == std::errc{} && std::string_view{rest, number.data() + number.size()} == "%";
  const bool two_signs = text.starts_with("+-");
  if (!whole || two_signs || !std::isfinite(percent))
    return invalid_input(fmt::format("'{}' is not a change; expected percent, such as +5%", text));
  return percent / 100;
}

result<change_gate> parse_change_gate(std::string_view text) {
  const result<metrics::gate_terms> terms = metrics::split_gate(text);
  if (terms.has_error()) return terms.error();
  const std::string& figure = terms->of.name();
  const std::vector<std::string>& known = all_figures();
  if (std::find(known.begin(), known.end(), figure) == known.end())
    return invalid_input(
        fmt::format("'{}': no interval is known for its change; expected a mean, a percentile or a rate", figure));
  const result<double> limit = parse_percent(terms->value);
  if (limit.has_error()) return limit.error();
  return change_gate{figure, terms->relation, *limit,
                     fmt::format("{} {} {}", figure, to_string(terms->relation), terms->value)};
}

std::string_view to_string(gate_outcome outcome) noexcept {
  switch (outcome) {
  case gate_outcome::holds: return "holds";
  case gate_outcome::cannot_tell: return "cannot_tell";
  case gate_outcome::fails: return "fails";
  }
  return "";
}

gate_outcome judge(const change_gate& gate, const change& of) noexcept {
  if (!of.relative) return gate_outcome::fails;
  if (!of.interval) return gate_outcome::cannot_tell;
  if (of.instrument && *of.instrument > 0 && std::abs(*of.relative - gate.limit) <= *of.instrument)
    return gate_outcome::cannot_tell;
  const bool low = metrics::compares(of.interval->low, gate.relation, gate.limit);
  const bool high = metrics::compares(of.interval->high, gate.relation, gate.limit);
  if (low != high) return gate_outcome::cannot_tell;
  return low ? gate_outcome::holds : gate_outcome::fails;
}

} // namespace loadgen::comparison
