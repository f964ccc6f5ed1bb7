#include "protocol/openai_stream.hpp"

#include "protocol/message_text.hpp"

#include <fmt/format.h>

namespace loadgen::protocol {

namespace {

constexpr std::string_view done_marker = "[DONE]";
constexpr std::size_t quoted_limit = 200; // of the data in a fault's message; the parser's reason follows

bool is_blank(std::string_view data) {
  return data.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

std::string in_band_message(std::string_view data) {
  std::string message = error_message(data);
  return message.empty() ? "an error event without a message" : message;
}

} // namespace

event_facts openai_stream::on_event(std::string_view type, std::string_view data) {
  if (type == "error") {
    note_fault(stream_fault::in_band_error, in_band_message(data));
    return {};
  }
  if (data == done_marker) {
    facts_.done_marker = true;
    event_facts done;
    done.terminal = true;
    return done;
  }
  if (is_blank(data)) return {};
  if (const auto not_json = parser_.parse(data)) {
    note_fault(stream_fault::bad_payload,
               one_line(fmt::format("{} (not JSON: {})", one_line(data, quoted_limit), not_json.message())));
    return {};
  }
  payload_facts& payload = parser_.facts();
  if (payload.error) note_fault(stream_fault::in_band_error, in_band_message(data));
  take_usage(payload);
  if (!payload.timings.empty()) facts_.server_figures.swap(payload.timings);
  const bool finish = !payload.finish_reason.empty();
  if (finish && !facts_.finished) facts_.finish_reason = payload.finish_reason;
  facts_.finished = facts_.finished || finish;
  return {.content = payload.answer || payload.reasoning,
          .answer = payload.answer,
          .calls_only = payload.answer && !payload.text && !payload.reasoning,
          .reasoning_content = payload.reasoning && !payload.answer && !payload.named_reasoning && !payload.blank,
          .empty = payload.choices > 0 && !payload.answer && !payload.reasoning,
          .blank = payload.blank,
          .call = payload.call,
          .terminal = finish,
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

void openai_stream::note_fault(stream_fault fault, std::string message) {
  if (fault_ != stream_fault::none) return;
  fault_ = fault;
  fault_message_ = std::move(message);
}

void openai_stream::reset() {
  usage_.reset();
  facts_ = {};
  fault_ = stream_fault::none;
  fault_message_.clear();
}

std::unique_ptr<stream_reader> make_stream_reader(endpoint_kind endpoint) {
  return std::make_unique<openai_stream>(endpoint == endpoint_kind::completions ? prompt_rule::added
                                                                                : prompt_rule::shared);
}

} // namespace loadgen::protocol
