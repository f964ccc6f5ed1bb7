#include "serve/answer_form.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <fmt/format.h>

namespace loadgen::serve {

namespace {

constexpr std::string_view done_event = "data: [DONE]\n\n";

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string_view{text.data(), text.size()});
}

std::string_view id_prefix(endpoint_kind endpoint) noexcept {
  switch (endpoint) {
  case endpoint_kind::chat: return "chatcmpl";
  case endpoint_kind::responses: return "resp";
  default: return "cmpl";
  }
}

std::string id_of(const answer_identity& identity) {
  return fmt::format("{}-{:016x}", id_prefix(identity.endpoint), identity.request);
}

/// The members all objects of OpenAI's answers begin with, without the closing brace: `{"id":...,"model":"reference"`.
std::string openai_start(const answer_identity& identity, std::string_view object) {
  return fmt::format(R"({{"id":"{}","object":"{}","created":{},"model":{})", id_of(identity), object, identity.created,
                     quoted(identity.model));
}

std::string openai_event_start(const answer_identity& identity) {
  const bool chat = identity.endpoint == endpoint_kind::chat;
  return "data: " + openai_start(identity, chat ? "chat.completion.chunk" : "text_completion");
}

std::string openai_usage(const usage_counts& usage) {
  const std::string details =
      usage.cached_tokens ? fmt::format(R"(,"prompt_tokens_details":{{"cached_tokens":{}}})", *usage.cached_tokens)
                          : "";
  return fmt::format(R"({{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{}{}}})", usage.prompt_tokens,
                     usage.completion_tokens, usage.prompt_tokens + usage.completion_tokens, details);
}

answer_texts chat_texts(const answer_identity& identity) {
  const std::string start = openai_event_start(identity);
  return {start + R"(,"choices":[{"index":0,"delta":{"content":")",
          "\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n",
          start + ",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},"
                  "\"logprobs\":null,\"finish_reason\":null}]}\n\n"};
}

answer_texts completions_texts(const answer_identity& identity) {
  return {openai_event_start(identity) + R"(,"choices":[{"index":0,"text":")",
          "\",\"logprobs\":null,\"finish_reason\":null}]}\n\n",
          {}};
}

std::vector<std::string> openai_end(const answer_identity& identity, const usage_counts& usage, bool asked_usage) {
  const std::string start = openai_event_start(identity);
  const std::string_view nothing = identity.endpoint == endpoint_kind::chat ? "\"delta\":{}" : "\"text\":\"\"";
  std::vector<std::string> events{fmt::format(
      "{},\"choices\":[{{\"index\":0,{},\"logprobs\":null,\"finish_reason\":\"length\"}}]}}\n\n", start, nothing)};
  if (asked_usage) events.push_back(fmt::format("{},\"choices\":[],\"usage\":{}}}\n\n", start, openai_usage(usage)));
  events.emplace_back(done_event);
  return events;
}

std::string openai_document(const answer_identity& identity, const usage_counts& usage, std::string_view text) {
  const bool chat = identity.endpoint == endpoint_kind::chat;
  const std::string choice = chat ? fmt::format(R"("message":{{"role":"assistant","content":"{}"}})", text)
                                  : fmt::format(R"("text":"{}")", text);
  return fmt::format(R"({},"choices":[{{"index":0,{},"logprobs":null,"finish_reason":"length"}}],"usage":{}}})",
                     openai_start(identity, chat ? "chat.completion" : "text_completion"), choice, openai_usage(usage));
}

std::string response_object(const answer_identity& identity, std::string_view status, std::string_view more) {
  return fmt::format(R"({{"id":"{}","object":"response","created_at":{},"status":"{}","model":{}{}}})", id_of(identity),
                     identity.created, status, quoted(identity.model), more);
}

std::string response_event(std::string_view type, std::string_view response) {
  return fmt::format("event: {0}\ndata: {{\"type\":\"{0}\",\"response\":{1}}}\n\n", type, response);
}

answer_texts responses_texts(const answer_identity& identity) {
  return {fmt::format("event: response.output_text.delta\ndata: {{\"type\":\"response.output_text.delta\",\"item_id\":"
                      "\"msg-{:016x}\",\"output_index\":0,\"content_index\":0,\"delta\":\"",
                      identity.request),
          "\"}\n\n", response_event("response.created", response_object(identity, "in_progress", R"(,"output":[])"))};
}

/// An answer has as many tokens as were asked for: it always ends for that limit.
std::string finished_response(const answer_identity& identity, const usage_counts& usage, std::string_view text) {
  return response_object(
      identity, "incomplete",
      fmt::format(
          R"(,"incomplete_details":{{"reason":"max_output_tokens"}},"output":[{{"type":"message","id":"msg-{:016x}",)"
          R"("role":"assistant","content":[{{"type":"output_text","text":"{}"}}]}}],"usage":{{"input_tokens":{},)"
          R"("input_tokens_details":{{"cached_tokens":{}}},"output_tokens":{},"total_tokens":{}}})",
          identity.request, text, usage.prompt_tokens, usage.cached_tokens.value_or(0), usage.completion_tokens,
          usage.prompt_tokens + usage.completion_tokens));
}

std::string llamacpp_end(const answer_identity& identity, const usage_counts& usage, std::string_view text) {
  return fmt::format(
      R"({{"index":0,"content":"{}","tokens":[],"stop":true,"model":{},"tokens_predicted":{},)"
      R"("tokens_evaluated":{},"stop_type":"limit","timings":{{"cache_n":0,"prompt_n":{},"predicted_n":{}}}}})",
      text, quoted(identity.model), usage.completion_tokens, usage.prompt_tokens, usage.prompt_tokens,
      usage.completion_tokens);
}

std::string tgi_details(const usage_counts& usage) {
  return fmt::format(R"({{"finish_reason":"length","generated_tokens":{},"seed":null,"input_length":{}}})",
                     usage.completion_tokens, usage.prompt_tokens);
}

std::string tgi_end(const answer_identity& identity, const usage_counts& usage) {
  return fmt::format(R"(data:{{"index":{},"token":{{"id":2,"text":"</s>","logprob":0.0,"special":true}},)"
                     R"("generated_text":"{}","details":{}}})"
                     "\n\n",
                     usage.completion_tokens + 1, text_of_tokens(usage.completion_tokens, identity.first_token),
                     tgi_details(usage));
}

std::string sglang_object(const answer_identity& identity, const usage_counts& usage, std::string_view text) {
  return fmt::format(R"({{"text":"{}","meta_info":{{"id":"{:016x}","finish_reason":{{"type":"length","length":{}}},)"
                     R"("prompt_tokens":{},"completion_tokens":{},"cached_tokens":{}}}}})",
                     text, identity.request, usage.completion_tokens, usage.prompt_tokens, usage.completion_tokens,
                     usage.cached_tokens.value_or(0));
}

std::string piece_summary(const usage_counts& usage) {
  return fmt::format("event: done\ndata: {{\"prompt_tokens\":{},\"completion_tokens\":{},\"pieces\":{}}}\n\n",
                     usage.prompt_tokens, usage.completion_tokens, usage.completion_tokens);
}

} // namespace

std::string text_of_tokens(std::uint64_t count, std::uint32_t first) {
  std::string text;
  text.reserve(count * token_text_size);
  for (std::uint64_t token = 0; token < count; ++token) text += fmt::format(" {:06}", first + token);
  return text;
}

answer_texts texts_of(const answer_identity& identity) {
  switch (identity.endpoint) {
  case endpoint_kind::chat: return chat_texts(identity);
  case endpoint_kind::completions: return completions_texts(identity);
  case endpoint_kind::responses: return responses_texts(identity);
  case endpoint_kind::llamacpp:
    return {R"(data: {"index":0,"content":")", "\",\"tokens\":[],\"stop\":false,\"id_slot\":0}\n\n", {}};
  case endpoint_kind::tgi:
    return {R"(data:{"token":{"id":0,"text":")",
            "\",\"logprob\":0.0,\"special\":false},\"generated_text\":null,\"details\":null}\n\n",
            {}};
  case endpoint_kind::sglang:
    return {R"(data: {"text":")",
            fmt::format("\",\"meta_info\":{{\"id\":\"{:016x}\",\"finish_reason\":null}}}}\n\n", identity.request),
            {}};
  case endpoint_kind::generate: return {"data: ", "\n\n", {}};
  }
  return {};
}

std::vector<std::string> last_events(const answer_identity& identity, const usage_counts& usage, bool asked_usage) {
  switch (identity.endpoint) {
  case endpoint_kind::chat:
  case endpoint_kind::completions: return openai_end(identity, usage, asked_usage);
  case endpoint_kind::responses:
    return {response_event(
        "response.incomplete",
        finished_response(identity, usage, text_of_tokens(usage.completion_tokens, identity.first_token)))};
  case endpoint_kind::llamacpp: return {"data: " + llamacpp_end(identity, usage, "") + "\n\n"};
  case endpoint_kind::tgi: return {tgi_end(identity, usage)};
  case endpoint_kind::sglang: return {"data: " + sglang_object(identity, usage, "") + "\n\n", std::string{done_event}};
  case endpoint_kind::generate: return {piece_summary(usage)};
  }
  return {};
}

std::string document_of(const answer_identity& identity, const usage_counts& usage, std::string_view text) {
  switch (identity.endpoint) {
  case endpoint_kind::responses: return finished_response(identity, usage, text);
  case endpoint_kind::llamacpp: return llamacpp_end(identity, usage, text);
  case endpoint_kind::tgi: return fmt::format(R"({{"generated_text":"{}","details":{}}})", text, tgi_details(usage));
  case endpoint_kind::sglang: return sglang_object(identity, usage, text);
  default: return openai_document(identity, usage, text);
  }
}

} // namespace loadgen::serve
