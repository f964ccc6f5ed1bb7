#include "workload/turns_parser.hpp"

#include "workload/entry_parser.hpp"

#include <loadgen/base/duration_text.hpp>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <array>
#include <chrono>
#include <cmath>

namespace loadgen::workload {

namespace json = boost::json;

namespace {

constexpr double longest_think_time_s = 1000.0 * 3600;
constexpr std::array<std::string_view, 5> turn_keys{"user", "assistant", "max_tokens", "think_time", "think_time_s"};

std::string text_of(const json::string& text) {
  return {text.data(), text.size()};
}

error fault_of_turn(std::size_t number, std::string_view what) {
  return invalid_input(fmt::format("turn {}: {}", number, what));
}

// A key that is not known may be a misspelt one, whose value would go unheeded.
result<void> check_keys(const json::object& turn) {
  for (const json::key_value_pair& member : turn) {
    bool known = false;
    for (const std::string_view key : turn_keys) known = known || member.key() == key;
    if (!known)
      return invalid_input(
          fmt::format("`{}` is not known; expected user, assistant, max_tokens, think_time or think_time_s",
                      std::string_view{member.key().data(), member.key().size()}));
  }
  return {};
}

result<std::optional<duration>> think_time_from(const json::object& turn) {
  const json::value* const text = turn.if_contains("think_time");
  const json::value* const seconds = turn.if_contains("think_time_s");
  if (text != nullptr && seconds != nullptr)
    return invalid_input("both `think_time` and `think_time_s`; expected one of them");
  if (text != nullptr) {
    if (!text->is_string())
      return invalid_input(
          fmt::format("`think_time` is {}; expected a time with its unit, such as \"2s\"", describe(text)));
    const auto span = parse_duration(text_of(text->get_string()));
    if (span.has_error()) return invalid_input("`think_time`: " + span.error().message);
    return std::optional{*span};
  }
  if (seconds == nullptr) return std::optional<duration>{};
  json::error_code failure;
  const double number = seconds->is_number() ? seconds->to_number<double>(failure) : -1;
  if (failure || !(number >= 0 && number <= longest_think_time_s))
    return invalid_input(fmt::format("`think_time_s` is {}; expected a number of seconds from 0 to {:.0f}",
                                     describe(seconds), longest_think_time_s));
  return std::optional{duration{std::llround(number * 1e9)}};
}

result<conversation_turn> turn_from(const json::value& value) {
  conversation_turn turn;
  if (const json::string* const text = value.if_string()) {
    turn.user = text_of(*text);
    if (turn.user.empty()) return invalid_input("empty; expected the user's text");
    return turn;
  }
  const json::object* const object = value.if_object();
  if (object == nullptr)
    return invalid_input(fmt::format("{}; expected the user's text or an object with `user`", describe(&value)));
  if (const auto known = check_keys(*object); known.has_error()) return known.error();
  const json::value* const user = object->if_contains("user");
  if (user == nullptr || !user->is_string())
    return invalid_input(fmt::format("`user` is {}; expected a string", describe(user)));
  if (user->get_string().empty()) return invalid_input("`user` is empty; expected the user's text");
  turn.user = text_of(user->get_string());
  if (const json::value* const reply = object->if_contains("assistant")) {
    if (!reply->is_string()) return invalid_input(fmt::format("`assistant` is {}; expected a string", describe(reply)));
    turn.assistant = text_of(reply->get_string());
  }
  if (const json::value* const limit = object->if_contains("max_tokens")) {
    const auto max_tokens = budget_from(*limit, "max_tokens");
    if (max_tokens.has_error()) return max_tokens.error();
    turn.max_tokens = *max_tokens;
  }
  const auto think_time = think_time_from(*object);
  if (think_time.has_error()) return think_time.error();
  turn.think_time = *think_time;
  return turn;
}

} // namespace

result<void> read_turns(const json::object& of, const json::value& turns, dataset_entry& entry) {
  const json::array* const elements = turns.if_array();
  if (elements == nullptr || elements->empty())
    return invalid_input(fmt::format("`turns` is {}; expected an array of the user's texts, or of objects with `user`",
                                     elements == nullptr ? describe(&turns) : "empty"));
  if (const json::value* const system = of.if_contains("system")) {
    if (!system->is_string()) return invalid_input(fmt::format("`system` is {}; expected a string", describe(system)));
    entry.system = text_of(system->get_string());
  }
  entry.turns.reserve(elements->size());
  for (const json::value& element : *elements) {
    const std::size_t number = entry.turns.size() + 1;
    auto turn = turn_from(element);
    if (turn.has_error()) return fault_of_turn(number, turn.error().message);
    if (number == 1 && turn->think_time)
      return fault_of_turn(number, "a think time; expected none before the first turn, which follows no reply");
    entry.turns.push_back(*std::move(turn));
  }
  return {};
}

} // namespace loadgen::workload
