#include "serve/completion_request.hpp"

#include "serve/settings.hpp"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace loadgen::serve {

namespace {

namespace json = boost::json;

/// The member of that name; one that is null counts as absent.
const json::value* member(const json::object& object, std::string_view name) {
  const json::value* found = object.if_contains(name);
  return found != nullptr && !found->is_null() ? found : nullptr;
}

std::uint64_t count_words(std::string_view text) {
  std::uint64_t words = 0;
  bool inside = false;
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    words += static_cast<std::uint64_t>(!space && !inside);
    inside = !space;
  }
  return words;
}

/// Words of a prompt in any of the forms the API takes: text, token ids, content parts, messages, or lists of these.
std::uint64_t count_prompt_tokens(const json::value& prompt) {
  if (const json::string* text = prompt.if_string()) return count_words(*text);
  if (prompt.is_number()) return 1;
  std::uint64_t tokens = 0;
  if (const json::array* parts = prompt.if_array())
    for (const json::value& part : *parts) tokens += count_prompt_tokens(part);
  else if (const json::object* object = prompt.if_object())
    for (const std::string_view name : {"content", "text"})
      if (const json::value* part = member(*object, name)) tokens += count_prompt_tokens(*part);
  return tokens;
}

result<bool> read_flag(const json::object& object, std::string_view name) {
  const json::value* value = member(object, name);
  if (value == nullptr) return false;
  if (!value->is_bool()) return invalid_input(fmt::format("'{}' must be a boolean", name));
  return value->get_bool();
}

result<std::uint32_t> read_tokens(const json::object& body, std::uint32_t default_tokens) {
  for (const std::string_view name : {"max_completion_tokens", "max_tokens"}) {
    const json::value* value = member(body, name);
    if (value == nullptr) continue;
    json::error_code failure;
    const auto tokens = value->is_double() ? 0 : value->to_number<std::int64_t>(failure);
    if (failure || tokens < 1 || tokens > max_answer_tokens)
      return invalid_input(fmt::format("'{}' must be an integer from 1 to {}", name, max_answer_tokens));
    return static_cast<std::uint32_t>(tokens);
  }
  return default_tokens;
}

result<std::uint64_t> read_prompt(endpoint_kind endpoint, const json::object& body) {
  if (endpoint == endpoint_kind::chat) {
    const json::value* messages = member(body, "messages");
    if (messages == nullptr || !messages->is_array()) return invalid_input("'messages' must be an array");
    return count_prompt_tokens(*messages);
  }
  const json::value* prompt = member(body, "prompt");
  if (prompt == nullptr || !(prompt->is_string() || prompt->is_array()))
    return invalid_input("'prompt' must be a string or an array");
  return count_prompt_tokens(*prompt);
}

} // namespace

result<completion_request> read_completion_request(endpoint_kind endpoint, std::string_view body,
                                                   const server_settings& defaults) {
  json::error_code failure;
  const json::value parsed = json::parse(body, failure);
  if (failure) return invalid_input(fmt::format("the body is not JSON: {}", failure.message()));
  const json::object* object = parsed.if_object();
  if (object == nullptr) return invalid_input("the body must be a JSON object");

  completion_request request{.endpoint = endpoint, .model = defaults.model};
  if (const json::value* model = member(*object, "model")) {
    if (!model->is_string()) return invalid_input("'model' must be a string");
    request.model.assign(model->get_string().data(), model->get_string().size());
  }
  const auto prompt_tokens = read_prompt(endpoint, *object);
  if (!prompt_tokens) return prompt_tokens.error();
  const auto tokens = read_tokens(*object, defaults.tokens);
  if (!tokens) return tokens.error();
  const auto stream = read_flag(*object, "stream");
  if (!stream) return stream.error();
  request.prompt_tokens = *prompt_tokens + (endpoint == endpoint_kind::chat ? defaults.chat_overhead : 0);
  request.tokens = *tokens;
  request.stream = *stream;
  if (const json::value* options = member(*object, "stream_options")) {
    if (!options->is_object()) return invalid_input("'stream_options' must be an object");
    const auto include_usage = read_flag(options->get_object(), "include_usage");
    if (!include_usage) return include_usage.error();
    request.include_usage = *include_usage;
  }
  return request;
}

} // namespace loadgen::serve
