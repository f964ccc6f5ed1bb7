#include "engine/token_questions.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

namespace loadgen::engine {

namespace json = boost::json;

namespace {

using namespace std::chrono_literals;

constexpr duration answer_limit = 30s;
constexpr duration unlimited_connect = 75s; // about what TCP itself takes to give up

json::value parsed(std::string_view text) {
  json::error_code failure;
  json::value value = json::parse({text.data(), text.size()}, failure);
  return failure ? json::value() : value;
}

std::optional<std::uint32_t> count_at(const json::value& value, std::string_view key) {
  const json::object* const object = value.if_object();
  const json::value* const count = object ? object->if_contains(key) : nullptr;
  if (count == nullptr || !count->is_number()) return std::nullopt;
  json::error_code failure;
  const auto number = count->to_number<std::uint32_t>(failure);
  return failure ? std::nullopt : std::optional{number};
}

} // namespace

std::string_view to_string(tokenize_form form) noexcept {
  switch (form) {
  case tokenize_form::vllm_messages: return "vllm-messages";
  case tokenize_form::prompt: return "prompt";
  case tokenize_form::llamacpp: return "llamacpp";
  }
  return "";
}

// What a chat's template puts in front is no part of a prompt alone: without it, none of its special tokens either.
std::string tokenize_body(tokenize_form form, const workload::request_settings& requests, const std::string& text) {
  const bool chat = takes_messages(requests.endpoint);
  if (form == tokenize_form::llamacpp) return json::serialize(json::value{{"content", text}, {"add_special", !chat}});
  json::object body;
  if (!requests.model.empty()) body["model"] = requests.model;
  if (form == tokenize_form::prompt) {
    body["prompt"] = text;
    body["add_special_tokens"] = !chat;
    return json::serialize(body);
  }
  body["messages"] = json::array{json::object{{"role", "user"}, {"content", text}}};
  body["add_generation_prompt"] = true;
  if (const json::value* const shaping = requests.extra_body.if_contains("chat_template_kwargs"))
    body["chat_template_kwargs"] = *shaping;
  return json::serialize(body);
}

std::optional<std::uint32_t> tokens_in(tokenize_form form, std::string_view answer) {
  const json::value value = parsed(answer);
  if (form != tokenize_form::llamacpp) return count_at(value, "count");
  const json::object* const object = value.if_object();
  const json::value* const tokens = object ? object->if_contains("tokens") : nullptr;
  const json::array* const list = tokens ? tokens->if_array() : nullptr;
  // An empty list is what it says to a body whose text it did not find.
  return list && !list->empty() ? std::optional{static_cast<std::uint32_t>(list->size())} : std::nullopt;
}

std::optional<std::uint32_t> prompt_tokens_in(endpoint_kind endpoint, std::string_view answer) {
  const json::value value = parsed(answer);
  const auto count_in = [&value](std::string_view member, std::string_view key) -> std::optional<std::uint32_t> {
    const json::object* const object = value.if_object();
    const json::value* const counts = object ? object->if_contains(member) : nullptr;
    return counts ? count_at(*counts, key) : std::nullopt;
  };
  switch (endpoint) {
  case endpoint_kind::chat:
  case endpoint_kind::completions: return count_in("usage", "prompt_tokens");
  case endpoint_kind::responses: return count_in("usage", "input_tokens");
  case endpoint_kind::llamacpp: return count_at(value, "tokens_evaluated");
  case endpoint_kind::tgi: return count_in("details", "input_length");
  case endpoint_kind::sglang: return count_in("meta_info", "prompt_tokens");
  case endpoint_kind::generate: break;
  }
  return std::nullopt;
}

result<std::string> probe_body(const workload::request_settings& requests, const std::string& text) {
  if (!answers_whole(requests.endpoint))
    return invalid_input(fmt::format("the {} endpoint has no whole answers to a probe; expected --calibrate tokenize",
                                     to_string(requests.endpoint)));
  workload::request_settings one_token = requests;
  one_token.max_tokens = 1;
  one_token.ask_usage = false;
  one_token.salt = workload::prompt_salt::none;
  one_token.copies = 1;
  one_token.stream = false;
  workload::level_settings once;
  once.requests = 1;
  const auto plan = workload::plan::make(workload::single_prompt(text), std::move(one_token), {once});
  if (plan.has_error()) return plan.error();
  return plan->at(0, 0).body;
}

result<token_desk> token_desk::open(const client_settings& settings) {
  token_desk made;
  made.where_ = settings.targets.front();
  auto tls = tls_of(made.where_, settings);
  if (tls.has_error()) return tls.error();
  auto addresses = addresses_of(made.where_);
  if (addresses.has_error()) return addresses.error();
  made.tls_ = std::move(*tls);
  made.addresses_ = std::move(*addresses);
  made.headers_ = request_headers(settings, {endpoint_kind::chat, false}); // JSON, whatever is asked
  made.connect_limit_ = settings.connect_timeout > duration::zero() ? settings.connect_timeout : unlimited_connect;
  return made;
}

result<client::http_reply> token_desk::post(const std::string& path, const std::string& body) const {
  const client::http_server server{addresses_, tls_.get(), where_.authority, headers_};
  auto contact = client::http_ask(server, {.method = "POST", .path = path, .body = body}, connect_limit_, answer_limit);
  if (contact.has_error()) return contact.error();
  return std::move(contact->reply);
}

} // namespace loadgen::engine
