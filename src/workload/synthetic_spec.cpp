#include "base/number_text.hpp"

#include <loadgen/workload/synthetic.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace loadgen::workload {

namespace {

/// Up to the next comma that is in no parentheses.
std::string_view take_part(std::string_view& text) {
  int depth = 0;
  std::size_t end = 0;
  for (; end < text.size() && (text[end] != ',' || depth > 0); ++end) {
    if (text[end] == '(') ++depth;
    if (text[end] == ')') --depth;
  }
  const std::string_view part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

std::optional<error> read_lengths(std::string_view value, std::optional<length_distribution>& lengths) {
  const auto parsed = parse_length(value);
  if (parsed.has_error()) return parsed.error();
  lengths = *parsed;
  return std::nullopt;
}

std::optional<error> read_member(std::string_view key, std::string_view value, synthetic_spec& spec) {
  if (key == "in") return read_lengths(value, spec.input);
  if (key == "out") return read_lengths(value, spec.output);
  if (key == "trace") {
    spec.trace_file = value;
    return value.empty() ? std::optional{invalid_input("'trace=' names no file")} : std::nullopt;
  }
  if (key == "prefix") {
    const auto tokens = parse_number<std::uint32_t>(value);
    if (!tokens || *tokens == 0 || *tokens > longest_length)
      return invalid_input(
          fmt::format("'prefix={}' is not valid; expected tokens from 1 to {}", value, longest_length));
    spec.prefix = *tokens;
    return std::nullopt;
  }
  if (key == "hit") {
    const auto share = parse_number<double>(value);
    if (!share || !(*share >= 0 && *share <= 1))
      return invalid_input(fmt::format("'hit={}' is not valid; expected a share from 0 to 1", value));
    spec.hit = *share;
    return std::nullopt;
  }
  return invalid_input(fmt::format("'{}' is no part of a synthetic workload; expected in=LENGTH, out=LENGTH, "
                                   "prefix=N, hit=R or trace=FILE",
                                   key));
}

} // namespace

result<synthetic_spec> parse_synthetic(std::string_view text) {
  synthetic_spec spec;
  std::set<std::string_view> seen;
  while (!text.empty()) {
    const std::string_view part = take_part(text);
    const std::size_t equals = part.find('=');
    const std::string_view key = part.substr(0, equals);
    if (equals == std::string_view::npos)
      return invalid_input(fmt::format("'{}' has no value; expected parts such as in=512,out=64", part));
    if (!seen.insert(key).second) return invalid_input(fmt::format("'{}' is given twice", key));
    if (auto fault = read_member(key, part.substr(equals + 1), spec)) return *std::move(fault);
  }
  if (seen.contains("in") && seen.contains("trace"))
    return invalid_input("'in' excludes 'trace'; expected one of them");
  if (seen.contains("hit") && !seen.contains("prefix"))
    return invalid_input("'hit' has no prefix to share; expected prefix=N beside it");
  if (seen.contains("prefix") && !seen.contains("hit")) spec.hit = 1;
  return spec;
}

std::string format_synthetic(const synthetic_spec& spec) {
  std::string text;
  const auto add = [&text](std::string_view key, const auto& value) {
    text += fmt::format("{}{}={}", text.empty() ? "" : ",", key, value);
  };
  if (spec.input) add("in", format_length(*spec.input));
  if (!spec.trace_file.empty()) add("trace", spec.trace_file.string());
  if (spec.output) add("out", format_length(*spec.output));
  if (spec.prefix == 0) return text;
  add("prefix", spec.prefix);
  add("hit", spec.hit);
  return text;
}

} // namespace loadgen::workload
