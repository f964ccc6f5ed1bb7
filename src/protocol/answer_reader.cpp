#include "protocol/answer_reader.hpp"

#include "protocol/message_text.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <initializer_list>
#include <limits>
#include <optional>
#include <utility>

namespace loadgen::protocol {

namespace {

namespace json = boost::json;

constexpr std::size_t quoted_limit = 200;

/// What stands at that way through objects; null where nothing does.
const json::value* find(const json::value& from, std::initializer_list<std::string_view> keys) {
  const json::value* at = &from;
  for (const std::string_view key : keys) {
    const json::object* const object = at->if_object();
    at = object != nullptr ? object->if_contains(key) : nullptr;
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string_view text_at(const json::value& from, std::initializer_list<std::string_view> keys) {
  const json::value* const value = find(from, keys);
  if (value == nullptr || !value->is_string()) return {};
  return {value->get_string().data(), value->get_string().size()};
}

std::optional<std::uint32_t> count_at(const json::value& from, std::initializer_list<std::string_view> keys) {
  const json::value* const value = find(from, keys);
  if (value == nullptr || value->is_double()) return std::nullopt;
  json::error_code not_representable;
  const auto count = value->to_number<std::uint32_t>(not_representable);
  if (not_representable) return std::nullopt;
  return count;
}

const json::array& elements_at(const json::value& from, std::initializer_list<std::string_view> keys) {
  static const json::array none;
  const json::value* const value = find(from, keys);
  return value != nullptr && value->is_array() ? value->get_array() : none;
}

bool is_error(const json::value& value) {
  if (value.is_null()) return false;
  if (value.is_bool()) return value.get_bool();
  if (value.is_string()) return !value.get_string().empty();
  return true;
}

void take_numbers(const json::value& from, std::initializer_list<std::string_view> keys, stream_facts& facts) {
  const json::value* const object = find(from, keys);
  if (object == nullptr || !object->is_object()) return;
  for (const json::key_value_pair& member : object->get_object()) {
    json::error_code no_number;
    const double value = member.value().to_number<double>(no_number);
    if (!no_number) facts.server_figures.emplace_back(std::string{member.key()}, value);
  }
}

void add_answer(whole_answer& to, std::string_view text) {
  to.answer = to.answer || !text.empty();
  to.answer_text += text;
}

void add_reasoning(whole_answer& to, std::string_view text) {
  to.reasoning = to.reasoning || !text.empty();
  to.reasoning_text += text;
}

void finish(stream_facts& facts, std::string_view reason) {
  if (!facts.finished) facts.finish_reason = reason;
  facts.finished = true;
}

/// A text, or an array of parts with a text each.
void add_content(whole_answer& to, const json::value& content) {
  if (content.is_string()) return add_answer(to, {content.get_string().data(), content.get_string().size()});
  if (!content.is_array()) return;
  for (const json::value& part : content.get_array()) {
    add_answer(to, text_at(part, {"text"}));
    add_answer(to, text_at(part, {"refusal"}));
  }
}

void add_calls(whole_answer& to, bool any) {
  to.answer = to.answer || any;
  to.calls = to.calls || any;
}

bool read_openai(const json::value& document, whole_answer& to) {
  const json::array& choices = elements_at(document, {"choices"});
  for (const json::value& choice : choices) {
    add_answer(to, text_at(choice, {"text"}));
    if (const json::value* const content = find(choice, {"message", "content"})) add_content(to, *content);
    for (const std::string_view name : {"reasoning", "reasoning_content"})
      add_reasoning(to, text_at(choice, {"message", name}));
    add_calls(to, !elements_at(choice, {"message", "tool_calls"}).empty());
    add_calls(to, !text_at(choice, {"message", "function_call", "arguments"}).empty());
    if (const std::string_view reason = text_at(choice, {"finish_reason"}); !reason.empty()) finish(to.facts, reason);
  }
  to.facts.input_tokens = count_at(document, {"usage", "prompt_tokens"});
  to.facts.output_tokens = count_at(document, {"usage", "completion_tokens"});
  to.facts.cached_tokens = count_at(document, {"usage", "prompt_tokens_details", "cached_tokens"});
  to.facts.reasoning_tokens = count_at(document, {"usage", "completion_tokens_details", "reasoning_tokens"});
  take_numbers(document, {"timings"}, to.facts);
  return !choices.empty();
}

bool read_responses(const json::value& document, whole_answer& to) {
  for (const json::value& item : elements_at(document, {"output"})) {
    const std::string_view type = text_at(item, {"type"});
    if (type == "reasoning") {
      for (const std::string_view part : {"summary", "content"})
        for (const json::value& piece : elements_at(item, {part})) add_reasoning(to, text_at(piece, {"text"}));
    } else if (const json::value* const content = find(item, {"content"})) {
      add_content(to, *content);
    }
    add_calls(to, type.ends_with("_call"));
  }
  const std::string_view status = text_at(document, {"status"});
  if (status == "completed") finish(to.facts, status);
  if (status == "incomplete") finish(to.facts, text_at(document, {"incomplete_details", "reason"}));
  to.facts.input_tokens = count_at(document, {"usage", "input_tokens"});
  to.facts.output_tokens = count_at(document, {"usage", "output_tokens"});
  to.facts.cached_tokens = count_at(document, {"usage", "input_tokens_details", "cached_tokens"});
  to.facts.reasoning_tokens = count_at(document, {"usage", "output_tokens_details", "reasoning_tokens"});
  return find(document, {"output"}) != nullptr;
}

bool read_llamacpp(const json::value& document, whole_answer& to) {
  add_answer(to, text_at(document, {"content"}));
  finish(to.facts, text_at(document, {"stop_type"}));
  to.facts.input_tokens = count_at(document, {"tokens_evaluated"});
  to.facts.output_tokens = count_at(document, {"tokens_predicted"});
  to.facts.cached_tokens = count_at(document, {"timings", "cache_n"});
  take_numbers(document, {"timings"}, to.facts);
  return find(document, {"content"}) != nullptr;
}

bool read_tgi(const json::value& document, whole_answer& to) {
  const json::array* const answers = document.if_array(); // of the root path: one answer in an array
  const json::value& answer = answers != nullptr && !answers->empty() ? answers->front() : document;
  add_answer(to, text_at(answer, {"generated_text"}));
  finish(to.facts, text_at(answer, {"details", "finish_reason"}));
  to.facts.output_tokens = count_at(answer, {"details", "generated_tokens"});
  to.facts.input_tokens = count_at(answer, {"details", "input_length"});
  if (!to.facts.input_tokens && find(answer, {"details", "prefill"}) != nullptr &&
      !elements_at(answer, {"details", "prefill"}).empty())
    to.facts.input_tokens = static_cast<std::uint32_t>(elements_at(answer, {"details", "prefill"}).size());
  return find(answer, {"generated_text"}) != nullptr;
}

bool read_sglang(const json::value& document, whole_answer& to) {
  add_answer(to, text_at(document, {"text"}));
  const std::string_view type = text_at(document, {"meta_info", "finish_reason", "type"});
  finish(to.facts, type.empty() ? text_at(document, {"meta_info", "finish_reason"}) : type);
  to.facts.input_tokens = count_at(document, {"meta_info", "prompt_tokens"});
  to.facts.output_tokens = count_at(document, {"meta_info", "completion_tokens"});
  to.facts.cached_tokens = count_at(document, {"meta_info", "cached_tokens"});
  if (const json::value* const latency = find(document, {"meta_info", "e2e_latency"}); latency && latency->is_number())
    to.facts.server_figures.emplace_back("e2e_latency", latency->to_number<double>());
  return find(document, {"text"}) != nullptr;
}

bool read_by(endpoint_kind endpoint, const json::value& document, whole_answer& to) {
  switch (endpoint) {
  case endpoint_kind::chat:
  case endpoint_kind::completions: return read_openai(document, to);
  case endpoint_kind::responses: return read_responses(document, to);
  case endpoint_kind::llamacpp: return read_llamacpp(document, to);
  case endpoint_kind::tgi: return read_tgi(document, to);
  case endpoint_kind::sglang: return read_sglang(document, to);
  case endpoint_kind::generate: return false; // has no whole answers
  }
  return false;
}

whole_answer faulty(stream_fault fault, std::string message) {
  whole_answer failed;
  failed.fault = fault;
  failed.fault_message = std::move(message);
  return failed;
}

} // namespace

whole_answer read_whole_answer(endpoint_kind endpoint, std::string_view body) {
  json::error_code failure;
  const json::value document = json::parse(body, failure);
  if (failure)
    return faulty(stream_fault::bad_payload,
                  one_line(fmt::format("{} (not JSON: {})", one_line(body, quoted_limit), failure.message())));
  if (const json::value* const error = find(document, {"error"}); error != nullptr && is_error(*error)) {
    std::string message = error_message(body);
    return faulty(stream_fault::in_band_error, message.empty() ? "an error without a message" : std::move(message));
  }
  whole_answer read;
  if (read_by(endpoint, document, read)) return read;
  return faulty(stream_fault::bad_payload,
                one_line(fmt::format("{} (no answer of {})", one_line(body, quoted_limit), to_string(endpoint))));
}

} // namespace loadgen::protocol
