#include "workload/entry_decoder.hpp"
#include "workload/entry_parser.hpp"
#include "workload/json_text.hpp"
#include "workload/parsed_json.hpp"

#include <loadgen/workload/lengths.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace loadgen::workload {

namespace {

namespace json = boost::json;

constexpr std::string_view chat_path = "/v1/chat/completions";
constexpr std::string_view completions_path = "/v1/completions";

std::string compact(const json::value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

/// Lines of the OpenAI batch API: {"custom_id":…,"method":"POST","url":"/v1/chat/completions","body":{…}}.
class batch_requests final : public entry_decoder {
public:
  [[nodiscard]] decoded decode(std::string_view text) const override {
    const auto value = parse_json(text, "one request a line");
    if (value.has_error()) return value.error();
    if (!value->is_object()) return element_fault{describe(&*value) + "; expected an object with `body`"};
    const json::object& line = value->get_object();
    const json::value* const body = line.if_contains("body");
    if (body == nullptr || !body->is_object())
      return element_fault{fmt::format("`body` is {}; expected an object, the request", describe(body))};
    const json::value* const method = line.if_contains("method");
    if (method != nullptr && !(method->is_string() && method->get_string() == "POST"))
      return element_fault{fmt::format("`method` is {}; expected \"POST\"", compact(*method))};
    decoded_entry made;
    if (auto wrong = read_url(line.if_contains("url"), made.entry)) return *std::move(wrong);
    if (auto wrong = read_body(body->get_object(), made)) return *std::move(wrong);
    made.entry.body = compact(*body);
    made.entry.id = text_of_scalar(line.if_contains("custom_id"));
    return made;
  }

private:
  using fault = std::optional<element_fault>;

  static fault read_url(const json::value* url, dataset_entry& into) {
    if (url == nullptr) return std::nullopt;
    const bool known = url->is_string() && (url->get_string() == chat_path || url->get_string() == completions_path);
    if (!known)
      return element_fault{
          fmt::format("`url` is {}; expected \"{}\" or \"{}\"", compact(*url), chat_path, completions_path)};
    into.path = text_of_scalar(url);
    return std::nullopt;
  }

  static fault read_body(const json::object& body, decoded_entry& made) {
    const json::value* const messages = body.if_contains("messages");
    const json::value* const prompt = body.if_contains("prompt");
    if (made.entry.path.empty()) made.entry.path = messages != nullptr ? chat_path : completions_path;
    if (made.entry.path == chat_path) {
      const auto read = messages_from(messages != nullptr ? *messages : json::value{}, "body.messages");
      if (read.has_error()) return element_fault{read.error().message};
    } else if (prompt == nullptr || !(prompt->is_string() || prompt->is_array())) {
      return element_fault{fmt::format("`body.prompt` is {}; expected a string or an array", describe(prompt))};
    }
    for (const char* name : {"max_completion_tokens", "max_tokens"}) {
      const json::value* const limit = body.if_contains(name);
      if (limit == nullptr || limit->is_null()) continue;
      const auto budget = budget_from(*limit, fmt::format("body.{}", name));
      if (budget.has_error()) return element_fault{budget.error().message};
      made.entry.max_tokens = *budget;
    }
    const json::value* const model = body.if_contains("model");
    made.names_model = model != nullptr && !model->is_null();
    return std::nullopt;
  }
};

/// Lines of lengths: {"timestamp":…,"input_length":…,"output_length":…,"hash_ids":[…]}.
class request_lengths final : public entry_decoder {
public:
  [[nodiscard]] decoded decode(std::string_view text) const override {
    const auto value = parse_json(text, "one request a line");
    if (value.has_error()) return value.error();
    if (!value->is_object())
      return element_fault{describe(&*value) + "; expected an object with `input_length` and `output_length`"};
    const json::object& line = value->get_object();
    decoded_entry made;
    for (const char* name : {"input_length", "output_length"}) {
      const json::value* const length = line.if_contains(name);
      json::error_code not_representable;
      const bool whole = length != nullptr && (length->is_int64() || length->is_uint64());
      const auto tokens = whole ? length->to_number<std::uint32_t>(not_representable) : 0U;
      if (!whole || not_representable || tokens > longest_length)
        return element_fault{fmt::format("`{}` is {}; expected a number of tokens from 0 to {}", name, describe(length),
                                         longest_length)};
      if (std::string_view{name} == "input_length")
        made.entry.input_tokens = tokens;
      else
        made.entry.max_tokens = std::max(tokens, 1U); // a server can be asked for no fewer
    }
    return made;
  }
};

} // namespace

std::unique_ptr<entry_decoder> openai_batch_decoder() {
  return std::make_unique<batch_requests>();
}

std::unique_ptr<entry_decoder> mooncake_decoder() {
  return std::make_unique<request_lengths>();
}

} // namespace loadgen::workload
