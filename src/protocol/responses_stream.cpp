#include "protocol/responses_stream.hpp"

#include <array>

namespace loadgen::protocol {

namespace {

enum path : std::size_t { kind, delta, incomplete_reason, input, cached, output, reasoning, failure, message, error };

constexpr std::array<std::string_view, 10> paths{"type",
                                                 "delta",
                                                 "response.incomplete_details.reason",
                                                 "response.usage.input_tokens",
                                                 "response.usage.input_tokens_details.cached_tokens",
                                                 "response.usage.output_tokens",
                                                 "response.usage.output_tokens_details.reasoning_tokens",
                                                 "response.error.message",
                                                 "message",
                                                 "error"};

enum class delta_kind { none, text, reasoning, call };

struct named_delta {
  std::string_view type;
  delta_kind kind;
};

constexpr std::array deltas{
    named_delta{"response.output_text.delta", delta_kind::text},
    named_delta{"response.refusal.delta", delta_kind::text},
    named_delta{"response.reasoning_text.delta", delta_kind::reasoning},
    named_delta{"response.reasoning_summary_text.delta", delta_kind::reasoning},
    named_delta{"response.function_call_arguments.delta", delta_kind::call},
    named_delta{"response.custom_tool_call_input.delta", delta_kind::call},
    named_delta{"response.mcp_call_arguments.delta", delta_kind::call},
    named_delta{"response.code_interpreter_call_code.delta", delta_kind::call},
};

delta_kind delta_of(std::string_view type) {
  for (const named_delta& known : deltas)
    if (known.type == type) return known.kind;
  return delta_kind::none;
}

event_facts content_event(delta_kind kind, std::string_view text) {
  event_facts facts;
  facts.content = !text.empty();
  facts.empty = text.empty();
  facts.blank = text.empty() && kind != delta_kind::call;
  facts.call = kind == delta_kind::call;
  facts.answer = facts.content && kind != delta_kind::reasoning;
  facts.calls_only = facts.content && facts.call;
  if (kind == delta_kind::text) facts.answer_text = text;
  if (kind == delta_kind::reasoning) facts.reasoning_text = text;
  return facts;
}

} // namespace

responses_stream::responses_stream() : scanned_stream(paths, error, end_marks::finish) {}

event_facts responses_stream::read(std::string_view event_type) {
  const std::string_view type = at(kind).is_text() ? std::string_view{at(kind).text} : event_type;
  if (type == "error") note_error_message(at(message).text);
  if (type == "response.failed") note_error_message(at(failure).text);
  const delta_kind piece = delta_of(type);
  if (piece != delta_kind::none && at(delta).is_text()) return content_event(piece, at(delta).text);
  event_facts facts;
  facts.terminal = type == "response.completed" || type == "response.incomplete";
  if (!facts.terminal) return facts;
  finish(type == "response.completed" ? std::string_view{"completed"} : std::string_view{at(incomplete_reason).text});
  take_end();
  return facts;
}

void responses_stream::take_end() {
  take_count(facts_.input_tokens, input);
  take_count(facts_.cached_tokens, cached);
  take_count(facts_.output_tokens, output);
  take_count(facts_.reasoning_tokens, reasoning);
}

} // namespace loadgen::protocol
