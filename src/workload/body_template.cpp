#include "workload/body_template.hpp"

#include "workload/json_text.hpp"
#include "workload/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <limits>

namespace loadgen::workload {

namespace json = boost::json;

namespace {

std::string_view content_key(endpoint_kind endpoint) {
  return endpoint == endpoint_kind::completions ? "prompt" : "messages";
}

result<json::value> content_of(const dataset_entry& entry, endpoint_kind endpoint) {
  const bool completions = endpoint == endpoint_kind::completions;
  if (entry.prompt.empty() && entry.messages.empty())
    return invalid_input("neither prompt nor messages; expected one of them");
  if (!entry.prompt.empty() && !entry.messages.empty())
    return invalid_input("both prompt and messages; expected one of them");
  if (entry.messages.empty()) {
    if (completions) return json::value(entry.prompt);
    return json::value(json::array{json::object{{"role", "user"}, {"content", entry.prompt}}});
  }
  if (completions)
    return invalid_input("messages cannot go to the completions endpoint; expected a prompt, or the chat endpoint");
  json::error_code failure;
  json::value messages = json::parse(entry.messages, failure);
  if (failure || !messages.is_array()) return invalid_input("the messages are not a JSON array; expected one");
  return messages;
}

json::object body_without_model(json::value content, const dataset_entry& entry, const request_settings& settings) {
  json::object body;
  body[content_key(settings.endpoint)] = std::move(content);
  body["max_tokens"] = settings.max_tokens.value_or(entry.max_tokens.value_or(settings.default_max_tokens));
  body["stream"] = true;
  if (settings.ask_usage) body["stream_options"] = json::object{{"include_usage", true}};
  if (settings.temperature) body["temperature"] = *settings.temperature;
  if (settings.ignore_eos) body["ignore_eos"] = true;
  merge_patch(body, settings.extra_body);
  body.stable_erase("model");
  return body;
}

std::string model_member(const request_settings& settings) {
  json::object named;
  if (!settings.model.empty()) named["model"] = settings.model;
  if (const json::value* const extra = settings.extra_body.if_contains("model"))
    merge_patch(named, json::object{{"model", *extra}});
  if (named.empty()) return {};
  std::string text = R"("model":)";
  append_json(text, named["model"]);
  return text;
}

result<std::uint32_t> max_tokens_of(const json::object& body) {
  const json::value* const limit = body.if_contains("max_tokens");
  if (limit == nullptr) return 0U;
  json::error_code not_representable;
  const bool whole = limit->is_int64() || limit->is_uint64();
  const auto number = whole ? limit->to_number<std::uint32_t>(not_representable) : 0U;
  if (number != 0 && !not_representable) return number;
  std::string text;
  append_json(text, *limit);
  return invalid_input(fmt::format("the body's max_tokens is {}; expected an integer from 1 to {}", text,
                                   std::numeric_limits<std::uint32_t>::max()));
}

// Where the digits of max_tokens stand in `text`, which is that of `body`. Told from the end, since the prompt is the
// longest part of most bodies.
std::size_t max_tokens_at(const json::object& body, std::string_view text) {
  constexpr std::string_view key = "max_tokens";
  json::object from_there;
  for (const json::key_value_pair& member : body)
    if (member.key() == key || !from_there.empty()) from_there[member.key()] = member.value();
  std::string tail; // its brace stands for the brace or comma before the key
  append_json(tail, from_there);
  return text.size() - tail.size() + 1 + key.size() + std::string_view{R"("":)"}.size();
}

// The string that the salt goes before: that of the first user message; where none has one, the first there is.
const json::string* salted_text(const json::value& content) {
  if (const json::string* const prompt = content.if_string()) return prompt;
  const json::string* first = nullptr;
  for (const json::value& message : content.get_array()) {
    const json::object* const members = message.if_object();
    const json::value* const text = members != nullptr ? members->if_contains("content") : nullptr;
    if (text == nullptr || !text->is_string()) continue;
    const json::value* const role = members->if_contains("role");
    if (role != nullptr && *role == "user") return &text->get_string();
    if (first == nullptr) first = &text->get_string();
  }
  return first;
}

} // namespace

result<body_template::prepared_body> body_template::prepare(const dataset_entry& entry,
                                                            const request_settings& settings) {
  auto content = content_of(entry, settings.endpoint);
  if (content.has_error()) return content.error();
  const json::value body = body_without_model(*std::move(content), entry, settings);
  const json::object& members = body.get_object();
  const auto max_tokens = max_tokens_of(members);
  if (max_tokens.has_error()) return max_tokens.error();

  prepared_body made;
  made.max_tokens = *max_tokens;
  const std::string_view key = content_key(settings.endpoint);
  const bool replaced = settings.extra_body.contains(key);
  const json::string* const salted = replaced ? nullptr : salted_text(members.at(key));
  if (salted != nullptr)
    made.salt_at = append_json_and_find(made.text, body, *salted);
  else if (replaced || settings.salt == prompt_salt::none)
    append_json(made.text, body);
  else
    return invalid_input("no message has a string as its content; expected one to put the prompt salt in");
  if (!settings.max_tokens && !settings.extra_body.contains("max_tokens"))
    made.max_tokens_at = max_tokens_at(members, made.text);
  if (invalid_utf8_at(made.text)) return invalid_input("bytes that are not UTF-8; expected UTF-8 text");
  return made;
}

// A generated prompt goes to where its stand-in was.
void body_template::remove_prompt(prepared_body& body, std::size_t length) {
  if (!body.salt_at) return;
  body.text.erase(*body.salt_at, length);
  if (body.max_tokens_at && *body.max_tokens_at > *body.salt_at) *body.max_tokens_at -= length;
}

result<body_template> body_template::make(const dataset& prompts, const request_settings& settings) {
  body_template made;
  made.model_ = model_member(settings);
  if (invalid_utf8_at(made.model_)) return invalid_input("the model's name is not UTF-8; expected UTF-8 text");
  made.bodies_.reserve(prompts.entries.size());
  for (const dataset_entry& entry : prompts.entries) {
    auto body = prepare(entry, settings);
    if (body.has_error()) return invalid_input(fmt::format("dataset line {}: {}", entry.line, body.error().message));
    if (prompts.generator) remove_prompt(*body, entry.prompt.size());
    made.bodies_.push_back(*std::move(body));
  }
  return made;
}

std::string body_template::body(std::size_t entry, const body_terms& terms) const {
  auto pieces = without_model(entry, terms);
  std::size_t size = model_.size() + 1;
  for (const std::string_view piece : pieces) size += piece.size();
  std::string whole;
  whole.reserve(size);
  whole += '{';
  whole += model_;
  if (!model_.empty() && bodies_[entry].text != "{}") whole += ',';
  pieces.front().remove_prefix(1);
  for (const std::string_view piece : pieces) whole += piece;
  return whole;
}

std::array<std::string_view, 5> body_template::without_model(std::size_t entry, const body_terms& terms) const {
  const prepared_body& body = bodies_[entry];
  const std::string_view text = body.text;
  const std::size_t salt_at = body.salt_at.value_or(1);
  const std::string_view salt = body.salt_at ? terms.salt : std::string_view{};
  if (!body.max_tokens_at || terms.max_tokens.empty()) return {text.substr(0, salt_at), salt, text.substr(salt_at)};
  const std::size_t digits = fmt::formatted_size("{}", body.max_tokens);
  return {text.substr(0, salt_at), salt, text.substr(salt_at, *body.max_tokens_at - salt_at), terms.max_tokens,
          text.substr(*body.max_tokens_at + digits)};
}

std::uint32_t body_template::max_tokens(std::size_t entry) const {
  return bodies_[entry].max_tokens;
}

bool body_template::takes_max_tokens(std::size_t entry) const {
  return bodies_[entry].max_tokens_at.has_value();
}

} // namespace loadgen::workload
