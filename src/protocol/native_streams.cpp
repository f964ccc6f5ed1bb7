#include "protocol/native_streams.hpp"

#include <array>

namespace loadgen::protocol {

namespace {

namespace llamacpp {
enum path : std::size_t { content, stop, stop_type, evaluated, predicted, cached, timings, progress, error };

constexpr std::array<std::string_view, 9> paths{
    "content",         "stop", "stop_type", "tokens_evaluated", "tokens_predicted", "timings.cache_n", "timings.*",
    "prompt_progress", "error"};
} // namespace llamacpp

namespace tgi {
enum path : std::size_t { text, special, generated_text, details, reason, generated, input, error };

constexpr std::array<std::string_view, 8> paths{"token.text",
                                                "token.special",
                                                "generated_text",
                                                "details",
                                                "details.finish_reason",
                                                "details.generated_tokens",
                                                "details.input_length",
                                                "error"};
} // namespace tgi

namespace sglang {
enum path : std::size_t { text, reason, reason_type, prompt, completion, cached, reasoning, latency, error };

constexpr std::array<std::string_view, 9> paths{"text",
                                                "meta_info.finish_reason",
                                                "meta_info.finish_reason.type",
                                                "meta_info.prompt_tokens",
                                                "meta_info.completion_tokens",
                                                "meta_info.cached_tokens",
                                                "meta_info.reasoning_tokens",
                                                "meta_info.e2e_latency",
                                                "error"};
} // namespace sglang

namespace summary {
enum path : std::size_t { prompt, completion, cached, all };

constexpr std::array<std::string_view, 4> paths{"prompt_tokens", "completion_tokens", "cached_tokens", "*"};
} // namespace summary

/// An event that carries that text of the answer, or none.
event_facts answer_event(std::string_view text) {
  event_facts facts;
  facts.content = !text.empty();
  facts.answer = facts.content;
  facts.answer_text = text;
  return facts;
}

} // namespace

llamacpp_stream::llamacpp_stream() : scanned_stream(llamacpp::paths, llamacpp::error, end_marks::finish) {}

event_facts llamacpp_stream::read(std::string_view /*type*/) {
  const found_value& content = at(llamacpp::content);
  event_facts facts = answer_event(content.text);
  const bool last = at(llamacpp::stop).truth;
  facts.terminal = last;
  const bool progress = at(llamacpp::progress).is != found_value::kind::absent;
  facts.empty = content.is_text() && content.text.empty() && !progress;
  facts.blank = facts.empty && !last;
  if (last) {
    finish(at(llamacpp::stop_type).text);
    take_count(facts_.input_tokens, llamacpp::evaluated);
    take_count(facts_.output_tokens, llamacpp::predicted);
    take_count(facts_.cached_tokens, llamacpp::cached);
    take_figures();
    if (facts_.cached_tokens) facts_.server_figures.emplace_back("cache_n", *facts_.cached_tokens);
  }
  return facts;
}

tgi_stream::tgi_stream() : scanned_stream(tgi::paths, tgi::error, end_marks::finish) {}

event_facts tgi_stream::read(std::string_view /*type*/) {
  const found_value& token = at(tgi::text);
  const bool special = at(tgi::special).truth;
  event_facts facts = answer_event(special ? std::string_view{} : std::string_view{token.text});
  facts.empty = token.is_text() && !facts.content;
  facts.blank = facts.empty && !special;
  const bool has_details = at(tgi::details).is == found_value::kind::object;
  facts.terminal = has_details || at(tgi::generated_text).is_text();
  if (facts.terminal) finish(at(tgi::reason).text);
  take_count(facts_.input_tokens, tgi::input);
  take_count(facts_.output_tokens, tgi::generated);
  return facts;
}

sglang_stream::sglang_stream() : scanned_stream(sglang::paths, sglang::error, end_marks::finish_or_done) {}

void sglang_stream::reset() {
  stream_base::reset();
  text_so_far_.clear();
  only_new_text_ = false;
}

std::string_view sglang_stream::take_new_text() {
  const std::string& text = at(sglang::text).text;
  if (!only_new_text_ && !text.starts_with(text_so_far_)) only_new_text_ = true;
  const std::size_t known = only_new_text_ ? 0 : text_so_far_.size();
  if (!only_new_text_) text_so_far_ = text;
  return std::string_view{text}.substr(known);
}

event_facts sglang_stream::read(std::string_view /*type*/) {
  event_facts facts = answer_event(at(sglang::text).is_text() ? take_new_text() : std::string_view{});
  const bool last = at(sglang::reason).is_truthy();
  facts.empty = at(sglang::text).is_text() && !facts.content;
  facts.blank = facts.empty && !last;
  facts.terminal = last;
  const std::string& type = at(sglang::reason_type).text;
  if (last) finish(type.empty() ? at(sglang::reason).text : type);
  take_count(facts_.input_tokens, sglang::prompt);
  take_count(facts_.output_tokens, sglang::completion);
  take_count(facts_.cached_tokens, sglang::cached);
  take_count(facts_.reasoning_tokens, sglang::reasoning);
  if (const found_value& latency = at(sglang::latency); last && latency.is == found_value::kind::number)
    facts_.server_figures.assign(1, {"e2e_latency", latency.number});
  return facts;
}

text_piece_stream::text_piece_stream() : summary_(summary::paths) {}

event_facts text_piece_stream::on_event(std::string_view type, std::string_view data) {
  if (type == "error") {
    note_error(data);
    return {};
  }
  const bool piece = type.empty() || type == "message" || type == "token";
  if (type != "done") return piece ? answer_event(data) : event_facts{};
  take_summary(data);
  event_facts done;
  done.terminal = true;
  return done;
}

void text_piece_stream::take_summary(std::string_view data) {
  finish("done");
  if (is_blank(data)) return;
  if (const auto not_json = summary_.scan(data)) return note_not_json(data, not_json);
  facts_.input_tokens = summary_.at(summary::prompt).count();
  facts_.output_tokens = summary_.at(summary::completion).count();
  facts_.cached_tokens = summary_.at(summary::cached).count();
  facts_.server_figures.swap(summary_.collected());
}

} // namespace loadgen::protocol
