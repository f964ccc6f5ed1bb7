#include "workload/entry_parser.hpp"

#include "workload/json_text.hpp"
#include "workload/turns_parser.hpp"

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include <charconv>
#include <limits>

namespace loadgen::workload {

namespace json = boost::json;

namespace {

std::string described(const json::value& value) {
  switch (value.kind()) {
  case json::kind::null: return "null";
  case json::kind::bool_: return "a boolean";
  case json::kind::string: return "a string";
  case json::kind::array: return "an array";
  case json::kind::object: return "an object";
  default: break;
  }
  std::string number;
  append_json(number, value);
  return number;
}

std::string expected_entry(const entry_fields& fields) {
  return fmt::format("an object with `{}`, `{}` or `turns`", fields.of("prompt"), fields.of("messages"));
}

result<std::string> prompt_from(const json::value& value, std::string_view name) {
  const json::string* const text = value.if_string();
  if (text == nullptr) return invalid_input(fmt::format("`{}` is {}; expected a string", name, described(value)));
  if (text->empty()) return invalid_input(fmt::format("`{}` is empty; expected text", name));
  return std::string{text->data(), text->size()};
}

// What is wrong with the message for a chat server, or nothing.
std::optional<std::string> fault_of_message(const json::value& value, std::size_t number) {
  const json::object* const message = value.if_object();
  if (message == nullptr)
    return fmt::format("message {} is {}; expected an object with `role` and `content`", number, described(value));
  const json::value* const role = message->if_contains("role");
  if (role == nullptr || !role->is_string())
    return fmt::format("`role` of message {} is {}; expected a string", number, describe(role));
  const json::value* const content = message->if_contains("content");
  // A past answer that only called tools has no content of its own.
  if (role->get_string() == "assistant" && (content == nullptr || content->is_null())) return std::nullopt;
  if (content == nullptr || !(content->is_string() || content->is_array()))
    return fmt::format("`content` of message {} is {}; expected a string or an array of parts", number,
                       describe(content));
  return std::nullopt;
}

/// A label of the entry. One that was not asked for may be of any kind: it is only read where it is text.
result<std::string> label_from(const json::value& in, const entry_fields& fields, std::string_view part) {
  const json::value* const value = find_field(in, fields.of(part));
  std::string text = text_of_scalar(value);
  if (text.empty() && value != nullptr && !value->is_null() && !value->is_string() && fields.is_chosen(part))
    return invalid_input(fmt::format("`{}` is {}; expected text", fields.of(part), describe(value)));
  return text;
}

const json::value* find_step(const json::value& in, std::string_view key) {
  if (const json::object* const object = in.if_object()) return object->if_contains(key);
  const json::array* const array = in.if_array();
  std::size_t index = 0;
  const auto [rest, failure] = std::from_chars(key.data(), key.data() + key.size(), index);
  if (array == nullptr || failure != std::errc{} || rest != key.data() + key.size()) return nullptr;
  return index < array->size() ? &(*array)[index] : nullptr;
}

} // namespace

std::string_view entry_fields::of(std::string_view part) const {
  const auto found = chosen_.find(part);
  return found == chosen_.end() ? part : found->second;
}

const json::value* find_field(const json::value& in, std::string_view path) {
  if (const json::value* const whole = find_step(in, path)) return whole;
  const std::size_t point = path.find('.');
  if (point == std::string_view::npos) return nullptr;
  const json::value* const first = find_step(in, path.substr(0, point));
  return first == nullptr ? nullptr : find_field(*first, path.substr(point + 1));
}

std::string text_of_scalar(const json::value* value) {
  if (value == nullptr || value->is_null() || value->is_object() || value->is_array()) return {};
  if (const json::string* const text = value->if_string()) return {text->data(), text->size()};
  std::string text;
  append_json(text, *value);
  return text;
}

std::string describe(const json::value* value) {
  return value == nullptr ? "missing" : described(*value);
}

result<std::string> messages_from(const json::value& value, std::string_view name) {
  const json::array* const messages = value.if_array();
  if (messages == nullptr || messages->empty())
    return invalid_input(fmt::format("`{}` is {}; expected an array of objects with `role` and `content`", name,
                                     messages == nullptr ? described(value) : "empty"));
  for (std::size_t i = 0; i < messages->size(); ++i)
    if (auto fault = fault_of_message((*messages)[i], i + 1)) return invalid_input(*std::move(fault));
  std::string text;
  append_json(text, value);
  return text;
}

result<std::uint32_t> budget_from(const json::value& value, std::string_view name) {
  constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
  const bool whole = value.is_int64() || value.is_uint64();
  json::error_code not_representable;
  const auto number = whole ? value.to_number<std::uint32_t>(not_representable) : 0;
  if (number == 0 || not_representable)
    return invalid_input(fmt::format("`{}` is {}; expected an integer from 1 to {}", name, described(value), most));
  return number;
}

result<dataset_entry> entry_from_object(const json::value& value, const entry_fields& fields) {
  if (!value.is_object())
    return invalid_input(fmt::format("{}; expected {}", described(value), expected_entry(fields)));
  const std::string_view prompt_name = fields.of("prompt");
  const std::string_view messages_name = fields.of("messages");
  const json::value* const prompt = find_field(value, prompt_name);
  const json::value* const messages = find_field(value, messages_name);
  const json::value* const turns = value.get_object().if_contains("turns");
  if (prompt != nullptr && messages != nullptr)
    return invalid_input(fmt::format("both `{}` and `{}`; expected one of them", prompt_name, messages_name));
  if (turns != nullptr && (prompt != nullptr || messages != nullptr))
    return invalid_input(
        fmt::format("both `{}` and `turns`; expected one of them", prompt != nullptr ? prompt_name : messages_name));
  if (prompt == nullptr && messages == nullptr && turns == nullptr)
    return invalid_input(
        fmt::format("neither `{}` nor `{}` nor `turns`; expected one of them", prompt_name, messages_name));

  dataset_entry entry;
  if (turns != nullptr) {
    if (const auto read = read_turns(value.get_object(), *turns, entry); read.has_error()) return read.error();
  } else {
    auto text = prompt != nullptr ? prompt_from(*prompt, prompt_name) : messages_from(*messages, messages_name);
    if (text.has_error()) return text.error();
    (prompt != nullptr ? entry.prompt : entry.messages) = *std::move(text);
  }
  if (const json::value* const limit = find_field(value, fields.of("max_tokens"))) {
    const auto max_tokens = budget_from(*limit, fields.of("max_tokens"));
    if (max_tokens.has_error()) return max_tokens.error();
    entry.max_tokens = *max_tokens;
  }
  auto id = label_from(value, fields, "id");
  if (id.has_error()) return id.error();
  auto category = label_from(value, fields, "category");
  if (category.has_error()) return category.error();
  entry.id = *std::move(id);
  entry.category = *std::move(category);
  return entry;
}

result<dataset_entry> entry_from_object_or_string(const json::value& value, const entry_fields& fields) {
  if (value.is_object()) return entry_from_object(value, fields);
  if (!value.is_string())
    return invalid_input(fmt::format("{}; expected a string or {}", described(value), expected_entry(fields)));
  auto text = prompt_from(value, "prompt");
  if (text.has_error()) return text.error();
  dataset_entry entry;
  entry.prompt = *std::move(text);
  return entry;
}

} // namespace loadgen::workload
