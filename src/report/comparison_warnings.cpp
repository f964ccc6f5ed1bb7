#include "report/comparison_warnings.hpp"

#include "report/comparison_text.hpp"
#include "report/console.hpp"
#include "report/manifest.hpp"
#include "report/text.hpp"

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace loadgen::report {

namespace {

namespace json = boost::json;

constexpr double tolerated_tokens = 0.01; // of the output tokens of a request
constexpr double tolerated_share = 0.01;  // of cached tokens, and of failed requests
constexpr std::size_t longest_value = 40; // of a setting that is shown

/// Of settings: where a run reports, and what it is held to, shape no figure; the server and its model have a line of
/// their own.
const std::set<std::string_view> harmless_settings{"config",   "gate",  "label",  "max-failure-rate", "model", "output",
                                                   "progress", "quiet", "strict", "summary",          "url"};

std::string shown(const json::value& value) {
  std::string text = value.is_null() ? "none" : printable(json::serialize(value));
  if (text.size() > longest_value) text = well_formed(std::string_view{text}.substr(0, longest_value)) + "...";
  return text;
}

/// "key (A's and B's)" for each key in which two objects differ.
std::vector<std::string> differences(const json::value& a, const json::value& b,
                                     const json::value* (*value_of)(const json::value*),
                                     const std::set<std::string_view>& passed_over = {}) {
  static const json::object nothing;
  const json::object& of_a = a.is_object() ? a.get_object() : nothing;
  const json::object& of_b = b.is_object() ? b.get_object() : nothing;
  static const json::value absent;
  std::set<std::string> keys;
  for (const json::object* of : {&of_a, &of_b})
    for (const json::key_value_pair& member : *of)
      if (!passed_over.contains(std::string_view{member.key()})) keys.emplace(member.key());
  std::vector<std::string> found;
  for (const std::string& key : keys) {
    const json::value* in_a = value_of(of_a.if_contains(key));
    const json::value* in_b = value_of(of_b.if_contains(key));
    const json::value& value_a = in_a ? *in_a : absent;
    const json::value& value_b = in_b ? *in_b : absent;
    if (value_a != value_b) found.push_back(fmt::format("{} ({} and {})", key, shown(value_a), shown(value_b)));
  }
  return found;
}

const json::value* itself(const json::value* value) {
  return value;
}

/// Without where it came from.
const json::value* value_of_setting(const json::value* setting) {
  const json::object* object = setting ? setting->if_object() : nullptr;
  return object ? object->if_contains("value") : setting;
}

void add_list(std::vector<std::string>& warnings, std::string_view what, const std::vector<std::string>& list) {
  if (!list.empty()) warnings.push_back(fmt::format("{}: {}", what, fmt::join(list, ", ")));
}

void add_pair(std::vector<std::string>& warnings, std::string_view what, const std::string& a, const std::string& b) {
  if (a != b)
    warnings.push_back(
        fmt::format("{}: {} and {}", what, a.empty() ? "none" : printable(a), b.empty() ? "none" : printable(b)));
}

std::string name_of(const compared_level& level) {
  return load_name(level);
}

constexpr std::array side_names{"A", "B"};

std::optional<double> difference(const std::optional<double>& a, const std::optional<double>& b) {
  return a && b ? std::optional{*b - *a} : std::nullopt;
}

void add_likeness_warnings(std::vector<std::string>& warnings, const compared_level& level) {
  const auto& [a, b] = level.sides;
  const auto tokens = difference(a.output_tokens_per_request, b.output_tokens_per_request);
  if (tokens && std::abs(*tokens) > tolerated_tokens * *a.output_tokens_per_request)
    warnings.push_back(fmt::format("{}: the answers are not of the same length, {} and {} output tokens a request; "
                                   "latencies of whole requests and rates differ for that alone",
                                   name_of(level), compact(a.output_tokens_per_request),
                                   compact(b.output_tokens_per_request)));
  const auto cached = difference(a.cached_share, b.cached_share);
  if (cached && std::abs(*cached) > tolerated_share)
    warnings.push_back(fmt::format("{}: {} and {} of the input tokens came from the server's prefix cache, which "
                                   "shortens ttft",
                                   name_of(level), percent(a.cached_share), percent(b.cached_share)));
  const auto failed = difference(a.failed_share, b.failed_share);
  if (failed && std::abs(*failed) > tolerated_share)
    warnings.push_back(fmt::format("{}: {} and {} of the requests failed; they are in no latency, and a server that "
                                   "refuses work looks fast",
                                   name_of(level), percent(a.failed_share), percent(b.failed_share)));
}

} // namespace

std::vector<std::string> manifest_warnings(const json::object& a, const json::object& b) {
  std::vector<std::string> warnings;
  add_pair(warnings, "different servers", target_urls(a), target_urls(b));
  add_pair(warnings, "different models", text_at(a, {"target", "model"}), text_at(b, {"target", "model"}));
  add_list(warnings, "settings differ (A and B)",
           differences(at_path(a, {"settings"}), at_path(b, {"settings"}), value_of_setting, harmless_settings));
  add_list(warnings, "the client ran on different machines (A and B)",
           differences(at_path(a, {"system"}), at_path(b, {"system"}), itself));
  add_list(warnings, "the client was built differently (A and B)",
           differences(at_path(a, {"versions"}), at_path(b, {"versions"}), itself));
  return warnings;
}

std::vector<std::string> level_warnings(const std::vector<compared_level>& levels) {
  std::vector<std::string> warnings;
  for (const compared_level& level : levels) {
    for (std::size_t side = 0; side < level.sides.size(); ++side) {
      const level_facts& facts = level.sides[side];
      if (!facts.complete)
        warnings.push_back(fmt::format("{}: {} did not run to its end", name_of(level), side_names[side]));
      if (facts.verdict != metrics::verdict::ok)
        warnings.push_back(fmt::format("{}: the audit of {} says {}: its figures are not the server's alone",
                                       name_of(level), side_names[side], to_string(facts.verdict)));
    }
    add_likeness_warnings(warnings, level);
  }
  return warnings;
}

} // namespace loadgen::report
