#include "workload/entry_parser.hpp"

#include "workload/json_fields.hpp"
#include "workload/json_text.hpp"
#include "workload/turns_parser.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <limits>

namespace loadgen::workload {

namespace json = boost::json;

namespace {

constexpr std::string_view expected_entry = "an object with `prompt`, `messages` or `turns`";

result<std::string> prompt_from(const json::value& value) {
  const json::string* const text = value.if_string();
  if (text == nullptr) return invalid_input(fmt::format("`prompt` is {}; expected a string", describe(value)));
  if (text->empty()) return invalid_input("`prompt` is empty; expected text");
  return std::string{text->data(), text->size()};
}

// What is wrong with the message for a chat server, or nothing.
std::optional<std::string> fault_of_message(const json::value& value, std::size_t number) {
  const json::object* const message = value.if_object();
  if (message == nullptr)
    return fmt::format("message {} is {}; expected an object with `role` and `content`", number, describe(value));
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

result<std::string> messages_from(const json::value& value) {
  const json::array* const messages = value.if_array();
  if (messages == nullptr || messages->empty())
    return invalid_input(fmt::format("`messages` is {}; expected an array of objects with `role` and `content`",
                                     messages == nullptr ? describe(value) : "empty"));
  for (std::size_t i = 0; i < messages->size(); ++i)
    if (auto fault = fault_of_message((*messages)[i], i + 1)) return invalid_input(*std::move(fault));
  std::string text;
  append_json(text, value);
  return text;
}

} // namespace

result<dataset_entry> entry_from_object(const json::value& value) {
  const json::object* const object = value.if_object();
  if (object == nullptr) return invalid_input(fmt::format("{}; expected {}", describe(value), expected_entry));
  const json::value* const prompt = object->if_contains("prompt");
  const json::value* const messages = object->if_contains("messages");
  const json::value* const turns = object->if_contains("turns");
  if (prompt != nullptr && messages != nullptr)
    return invalid_input("both `prompt` and `messages`; expected one of them");
  if (turns != nullptr && (prompt != nullptr || messages != nullptr))
    return invalid_input(
        fmt::format("both `{}` and `turns`; expected one of them", prompt != nullptr ? "prompt" : "messages"));
  if (prompt == nullptr && messages == nullptr && turns == nullptr)
    return invalid_input("neither `prompt` nor `messages` nor `turns`; expected one of them");

  dataset_entry entry;
  if (turns != nullptr) {
    if (const auto read = read_turns(*object, *turns, entry); read.has_error()) return read.error();
  } else {
    auto text = prompt != nullptr ? prompt_from(*prompt) : messages_from(*messages);
    if (text.has_error()) return text.error();
    (prompt != nullptr ? entry.prompt : entry.messages) = *std::move(text);
  }
  if (const json::value* const limit = object->if_contains("max_tokens")) {
    const auto max_tokens = max_tokens_from(*limit);
    if (max_tokens.has_error()) return max_tokens.error();
    entry.max_tokens = *max_tokens;
  }
  return entry;
}

result<dataset_entry> entry_from_object_or_string(const json::value& value) {
  if (value.is_object()) return entry_from_object(value);
  if (!value.is_string())
    return invalid_input(fmt::format("{}; expected a string or {}", describe(value), expected_entry));
  auto text = prompt_from(value);
  if (text.has_error()) return text.error();
  dataset_entry entry;
  entry.prompt = *std::move(text);
  return entry;
}

} // namespace loadgen::workload
