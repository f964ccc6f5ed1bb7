#include <loadgen/base/duration_text.hpp>
#include <loadgen/metrics/slo.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

namespace loadgen::metrics {

namespace {

namespace json = boost::json;

constexpr std::array objective_metrics{metric::ttft, metric::itl, metric::tpot, metric::e2e};

struct objective {
  metric which;
  duration limit;
};

result<objective> parse_objective(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos)
    return invalid_input(fmt::format("'{}' is not an objective; expected one such as ttft=500ms", text));
  const std::string_view named = text.substr(0, equals);
  const auto* const which = std::find_if(objective_metrics.begin(), objective_metrics.end(),
                                         [named](metric candidate) { return name(candidate) == named; });
  if (which == objective_metrics.end())
    return invalid_input(fmt::format("there are no objectives for '{}'; expected ttft, itl, tpot or e2e", named));
  const result<duration> limit = parse_duration(text.substr(equals + 1));
  if (limit.has_error()) return limit.error();
  if (*limit == duration::zero())
    return invalid_input(fmt::format("'{}' can never be met; expected a limit above zero", text));
  return objective{*which, *limit};
}

std::optional<double> share(std::uint64_t part, std::uint64_t all) noexcept {
  if (all == 0) return std::nullopt;
  return static_cast<double>(part) / static_cast<double>(all);
}

} // namespace

result<slo> parse_slo(std::span<const std::string> objectives, double required_attainment) {
  slo asked{.limits = {}, .required_attainment = required_attainment};
  for (const std::string& text : objectives) {
    const result<objective> parsed = parse_objective(text);
    if (parsed.has_error()) return parsed.error();
    if (!asked.limits.emplace(parsed->which, parsed->limit).second)
      return invalid_input(fmt::format("'{}': {} is given twice; expected one limit", text, name(parsed->which)));
  }
  return asked;
}

json::object to_json(const slo& asked) {
  json::object limits;
  for (const auto& [which, limit] : asked.limits) limits[key(which)] = to_ms(limit);
  return {{"objectives", std::move(limits)}, {"required_attainment", asked.required_attainment}};
}

slo slo_from_json(const json::value& value) {
  slo asked;
  const json::object* const object = value.if_object();
  if (!object) return asked;
  const json::value* const objectives = object->if_contains("objectives");
  const json::object* const limits = objectives ? objectives->if_object() : nullptr;
  for (const metric which : objective_metrics) {
    const json::value* const limit = limits ? limits->if_contains(key(which)) : nullptr;
    if (limit && limit->is_number())
      asked.limits.emplace(which, std::chrono::round<duration>(milliseconds_f{limit->to_number<double>()}));
  }
  if (const json::value* const required = object->if_contains("required_attainment"); required && required->is_number())
    asked.required_attainment = required->to_number<double>();
  return asked;
}

std::optional<double> slo_attainment::attainment() const noexcept {
  return share(met_requests, requests);
}

std::optional<double> slo_attainment::attainment_of(metric which) const {
  return share(requests - missed.at(which), requests);
}

bool slo_attainment::holds() const noexcept {
  const auto attained = attainment();
  return attained && *attained >= asked.required_attainment;
}

} // namespace loadgen::metrics
