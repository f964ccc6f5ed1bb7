#include <loadgen/search/capacity_search.hpp>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <cmath>

namespace loadgen::search {

namespace {

namespace json = boost::json;

bool is_whole(double number) noexcept {
  return std::floor(number) == number;
}

std::optional<double> number_at(const json::object& from, std::string_view key) {
  const json::value* const value = from.if_contains(key);
  return value && value->is_number() ? std::optional{value->to_number<double>()} : std::nullopt;
}

} // namespace

std::string_view to_string(load_kind kind) noexcept {
  switch (kind) {
  case load_kind::rate: return "rate";
  case load_kind::concurrency: return "concurrency";
  }
  return "";
}

result<void> validate(const search_settings& settings) {
  const auto& [kind, least, most, precision, confirmations, most_trials, required] = settings;
  if (!std::isfinite(least) || !std::isfinite(most) || least <= 0 || most < least)
    return invalid_input(
        fmt::format("a range from {:g} to {:g}; expected two loads above 0, the lower first", least, most));
  if (kind == load_kind::concurrency && !(is_whole(least) && is_whole(most) && most <= 4'294'967'295.0))
    return invalid_input(
        fmt::format("a range from {:g} to {:g}; expected whole numbers of requests in flight", least, most));
  if (!(precision > 0 && precision <= 1))
    return invalid_input(fmt::format("a precision of {:g}; expected more than 0, at most 1", precision));
  if (most_trials == 0 || most_trials > most_trials_of_a_load)
    return invalid_input(fmt::format("{} trials of a load; expected 1 to {}", most_trials, most_trials_of_a_load));
  if (confirmations == 0 || confirmations > most_trials)
    return invalid_input(
        fmt::format("{} confirmations; expected 1 to {}, the most trials of a load", confirmations, most_trials));
  if (!(required > 0 && required < 1))
    return invalid_input(
        fmt::format("a required attainment of {:g}; expected more than 0 and less than 1: no number of "
                    "requests shows that all do",
                    required));
  return {};
}

json::object to_json(const search_settings& settings) {
  return {
      {"kind", to_string(settings.kind)},    {"range", json::array{settings.least, settings.most}},
      {"precision", settings.precision},     {"confirmations", settings.confirmations},
      {"most_trials", settings.most_trials}, {"required_attainment", settings.required_attainment},
  };
}

std::optional<search_settings> settings_from_json(const json::value& value) {
  const json::object* const object = value.if_object();
  const json::value* const kind = object ? object->if_contains("kind") : nullptr;
  const json::value* const range = object ? object->if_contains("range") : nullptr;
  if (!kind || !range || !range->is_array() || range->get_array().size() != 2) return std::nullopt;
  search_settings settings;
  if (*kind == json::value(to_string(load_kind::concurrency)))
    settings.kind = load_kind::concurrency;
  else if (*kind != json::value(to_string(load_kind::rate)))
    return std::nullopt;
  for (const json::value& end : range->get_array())
    if (!end.is_number()) return std::nullopt;
  settings.least = range->get_array()[0].to_number<double>();
  settings.most = range->get_array()[1].to_number<double>();
  settings.precision = number_at(*object, "precision").value_or(settings.precision);
  settings.required_attainment = number_at(*object, "required_attainment").value_or(settings.required_attainment);
  const auto read_count = [object](std::string_view key, std::uint32_t& into) {
    const double found = number_at(*object, key).value_or(into);
    if (found >= 1 && found <= most_trials_of_a_load) into = static_cast<std::uint32_t>(found);
  };
  read_count("confirmations", settings.confirmations);
  read_count("most_trials", settings.most_trials);
  if (validate(settings).has_error()) return std::nullopt;
  return settings;
}

} // namespace loadgen::search
