#include "serve/completion_request.hpp"

#include "serve/settings.hpp"

#include <loadgen/base/random.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

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

/// Where an endpoint has what the reference server looks at.
struct request_layout {
  endpoint_kind endpoint;
  std::string_view prompt;
  std::string_view options; ///< the object with the token count; "": the body itself
  std::array<std::string_view, 2> tokens;
};

constexpr std::array layouts{
    request_layout{endpoint_kind::chat, "messages", "", {"max_completion_tokens", "max_tokens"}},
    request_layout{endpoint_kind::completions, "prompt", "", {"max_completion_tokens", "max_tokens"}},
    request_layout{endpoint_kind::responses, "input", "", {"max_output_tokens"}},
    request_layout{endpoint_kind::llamacpp, "prompt", "", {"n_predict", "max_tokens"}},
    request_layout{endpoint_kind::tgi, "inputs", "parameters", {"max_new_tokens"}},
    request_layout{endpoint_kind::sglang, "text", "sampling_params", {"max_new_tokens"}},
    request_layout{endpoint_kind::generate, "prompt", "", {"max_tokens"}},
};

const request_layout& layout_of(endpoint_kind endpoint) {
  return *std::find_if(layouts.begin(), layouts.end(),
                       [endpoint](const request_layout& layout) { return layout.endpoint == endpoint; });
}

result<std::uint32_t> read_tokens(const request_layout& layout, const json::object& body,
                                  std::uint32_t default_tokens) {
  const json::object* options = &body;
  if (!layout.options.empty()) {
    const json::value* inner = member(body, layout.options);
    if (inner == nullptr) return default_tokens;
    options = inner->if_object();
    if (options == nullptr) return invalid_input(fmt::format("'{}' must be an object", layout.options));
  }
  for (const std::string_view name : layout.tokens) {
    const json::value* value = name.empty() ? nullptr : member(*options, name);
    if (value == nullptr) continue;
    json::error_code failure;
    const auto tokens = value->is_double() ? 0 : value->to_number<std::int64_t>(failure);
    if (failure || tokens < 1 || tokens > max_answer_tokens)
      return invalid_input(fmt::format("'{}' must be an integer from 1 to {}", name, max_answer_tokens));
    return static_cast<std::uint32_t>(tokens);
  }
  return default_tokens;
}

/// A number for what is asked, whatever the request's other members: so that answers can be told apart.
std::uint32_t first_token_of(const json::value& prompt, std::uint32_t tokens) {
  const std::uint64_t number = random_stream{0, json::serialize(prompt)}();
  return static_cast<std::uint32_t>(number % (max_answer_tokens - tokens + 1));
}

result<std::uint64_t> read_prompt(const request_layout& layout, const json::object& body) {
  const json::value* prompt = member(body, layout.prompt);
  if (layout.endpoint == endpoint_kind::chat) {
    if (prompt == nullptr || !prompt->is_array()) return invalid_input("'messages' must be an array");
  } else if (prompt == nullptr || !(prompt->is_string() || prompt->is_array())) {
    return invalid_input(fmt::format("'{}' must be a string or an array", layout.prompt));
  }
  return count_prompt_tokens(*prompt);
}

/// The three that share a path are told by what they call their prompt.
answer_form resolve(answer_form asked, const json::object& body) {
  if (endpoint_path(asked) != endpoint_path(endpoint_kind::generate)) return asked;
  if (body.contains(layout_of(endpoint_kind::sglang).prompt)) return endpoint_kind::sglang;
  if (body.contains(layout_of(endpoint_kind::tgi).prompt)) return {endpoint_kind::tgi, false};
  return endpoint_kind::generate;
}

/// Whether a stream is asked for: most endpoints have a flag for it, the others are streams or not by their path.
result<bool> read_stream(answer_form asked, const json::object& body) {
  if (asked.endpoint == endpoint_kind::tgi || asked.endpoint == endpoint_kind::generate) return asked.stream;
  return read_flag(body, "stream");
}

} // namespace

result<completion_request> read_completion_request(answer_form asked, std::string_view body,
                                                   const server_settings& defaults) {
  json::error_code failure;
  const json::value parsed = json::parse(body, failure);
  if (failure) return invalid_input(fmt::format("the body is not JSON: {}", failure.message()));
  const json::object* object = parsed.if_object();
  if (object == nullptr) return invalid_input("the body must be a JSON object");

  const answer_form form = resolve(asked, *object);
  const request_layout& layout = layout_of(form.endpoint);
  completion_request request{.endpoint = form.endpoint, .model = defaults.model};
  if (const json::value* model = member(*object, "model")) {
    if (!model->is_string()) return invalid_input("'model' must be a string");
    request.model.assign(model->get_string().data(), model->get_string().size());
  }
  const auto prompt_tokens = read_prompt(layout, *object);
  if (!prompt_tokens) return prompt_tokens.error();
  const auto tokens = read_tokens(layout, *object, defaults.tokens);
  if (!tokens) return tokens.error();
  const auto stream = read_stream(form, *object);
  if (!stream) return stream.error();
  request.prompt_tokens = *prompt_tokens;
  request.tokens = *tokens;
  if (defaults.distinct_answers) request.first_token = first_token_of(object->at(layout.prompt), *tokens);
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
