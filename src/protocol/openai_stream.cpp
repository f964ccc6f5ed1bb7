#include "protocol/openai_stream.hpp"

namespace loadgen::protocol {

event_facts openai_stream::on_event(std::string_view type, std::string_view data) {
  if (type == "error") {
    note_error(data);
    return {};
  }
  if (const auto bare = read_without_payload(data)) return *bare;
  if (const auto not_json = parser_.parse(data)) {
    note_not_json(data, not_json);
    return {};
  }
  payload_facts& payload = parser_.facts();
  if (payload.error) note_error(data);
  take_usage(payload);
  if (!payload.timings.empty()) facts_.server_figures.swap(payload.timings);
  const bool finished = !payload.finish_reason.empty();
  if (finished) finish(payload.finish_reason);
  return {.content = payload.answer || payload.reasoning,
          .answer = payload.answer,
          .calls_only = payload.answer && !payload.text && !payload.reasoning,
          .reasoning_content = payload.reasoning && !payload.answer && !payload.named_reasoning && !payload.blank,
          .empty = payload.choices > 0 && !payload.answer && !payload.reasoning,
          .blank = payload.blank,
          .call = payload.call,
          .terminal = finished,
          .answer_text = payload.answer_text,
          .reasoning_text = payload.reasoning_text};
}

void openai_stream::take_usage(const payload_facts& payload) {
  usage_.saw_choice(payload.highest_choice);
  if (payload.usage.empty()) return;
  if (payload.choices == 0)
    usage_.add_total(payload.usage);
  else
    usage_.add_for_choice(payload.first_choice, payload.usage);
  const usage_figures figures = usage_.request_figures();
  facts_.input_tokens = figures.prompt;
  facts_.cached_tokens = figures.cached;
  facts_.output_tokens = figures.completion;
  facts_.reasoning_tokens = figures.reasoning;
}

void openai_stream::reset() {
  stream_base::reset();
  usage_.reset();
}

} // namespace loadgen::protocol
