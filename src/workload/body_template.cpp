#include "workload/body_template.hpp"

#include "workload/body_layout.hpp"
#include "workload/json_text.hpp"
#include "workload/utf8.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include <limits>

namespace loadgen::workload {

namespace json = boost::json;

namespace {

json::object message(std::string_view role, std::string_view content) {
  return {{"role", role}, {"content", content}};
}

json::value first_messages(const dataset_entry& conversation) {
  json::array messages;
  if (!conversation.system.empty()) messages.push_back(message("system", conversation.system));
  messages.push_back(message("user", conversation.turns.front().user));
  return messages;
}

result<json::value> content_of(const dataset_entry& entry, endpoint_kind endpoint) {
  if (!entry.turns.empty()) {
    if (endpoint == endpoint_kind::chat) return first_messages(entry);
    return invalid_input(fmt::format("a conversation cannot go to the {} endpoint; expected a prompt, or the chat "
                                     "endpoint",
                                     to_string(endpoint)));
  }
  if (entry.prompt.empty() && entry.messages.empty() && entry.input_tokens)
    return invalid_input("lengths and no text; expected prompts, or the file as --trace FILE or as synthetic:trace=FILE");
  if (entry.prompt.empty() && entry.messages.empty())
    return invalid_input("neither prompt nor messages; expected one of them");
  if (!entry.prompt.empty() && !entry.messages.empty())
    return invalid_input("both prompt and messages; expected one of them");
  if (entry.messages.empty()) {
    if (endpoint != endpoint_kind::chat) return json::value(entry.prompt);
    return json::value(json::array{message("user", entry.prompt)});
  }
  if (!takes_messages(endpoint))
    return invalid_input(fmt::format("messages cannot go to the {} endpoint; expected a prompt, or the chat endpoint",
                                     to_string(endpoint)));
  json::error_code failure;
  json::value messages = json::parse(entry.messages, failure);
  if (failure || !messages.is_array()) return invalid_input("the messages are not a JSON array; expected one");
  return messages;
}

// Text Generation Inference refuses a temperature of 0: it has another word for always taking the likeliest token.
void set_temperature(json::object& options, double temperature, endpoint_kind endpoint) {
  if (endpoint == endpoint_kind::tgi) options["do_sample"] = temperature > 0;
  if (endpoint != endpoint_kind::tgi || temperature > 0) options["temperature"] = temperature;
}

// What the run asks of every request, and its extra_body.
void add_run_settings(json::object& body, const request_settings& settings) {
  const body_layout& layout = layout_of(settings.endpoint);
  if (layout.has_stream_flag) body["stream"] = settings.stream;
  if (settings.ask_usage && layout.has_stream_options && settings.stream)
    merge_patch(body, json::object{{"stream_options", json::object{{"include_usage", true}}}});
  json::object& options = options_of(body, layout);
  if (settings.endpoint == endpoint_kind::tgi) options["details"] = true; // the counts are among them
  if (settings.temperature) set_temperature(options, *settings.temperature, settings.endpoint);
  if (settings.ignore_eos) options[layout.ignore_eos] = true;
  merge_patch(body, settings.extra_body);
}

std::uint32_t budget_of(const dataset_entry& entry, std::size_t turn, const request_settings& settings) {
  std::optional<std::uint32_t> own = entry.max_tokens;
  if (turn < entry.turns.size() && entry.turns[turn].max_tokens) own = entry.turns[turn].max_tokens;
  return settings.max_tokens.value_or(own.value_or(settings.default_max_tokens));
}

result<json::object> body_of_prompt(const dataset_entry& entry, const request_settings& settings) {
  auto content = content_of(entry, settings.endpoint);
  if (content.has_error()) return content.error();
  const body_layout& layout = layout_of(settings.endpoint);
  json::object body;
  body[layout.content] = *std::move(content);
  options_of(body, layout)[layout.max_tokens] = budget_of(entry, 0, settings);
  add_run_settings(body, settings);
  return body;
}

// A body that the dataset has whole keeps its members, and has no default budget.
result<json::object> body_as_written(const dataset_entry& entry, const request_settings& settings) {
  const std::string_view path = endpoint_path(settings.answers());
  if (!entry.path.empty() && entry.path != path)
    return invalid_input(
        fmt::format("a request to {} cannot go to {}; expected the --endpoint that it is for", entry.path, path));
  json::error_code failure;
  json::value parsed = json::parse(entry.body, failure);
  if (failure || !parsed.is_object()) return invalid_input("the body is not a JSON object; expected one");
  json::object body = std::move(parsed.get_object());
  const body_layout& layout = layout_of(settings.endpoint);
  const json::value* const content = body.if_contains(layout.content);
  const bool takes_text = settings.endpoint != endpoint_kind::chat;
  if (content == nullptr || !(content->is_array() || (takes_text && content->is_string())))
    return invalid_input(fmt::format("the body has no `{}`; expected what the endpoint takes", layout.content));
  if (settings.max_tokens) {
    body.stable_erase("max_completion_tokens");
    options_of(body, layout)[layout.max_tokens] = *settings.max_tokens;
  }
  add_run_settings(body, settings);
  return body;
}

/// `"model":"name"`, or nothing; `own` is that of a line which keeps it.
std::string model_member(const request_settings& settings, const json::value* own = nullptr) {
  json::object named;
  if (!settings.model.empty() && names_model(settings.endpoint)) named["model"] = settings.model;
  if (own != nullptr) named["model"] = *own;
  if (const json::value* const extra = settings.extra_body.if_contains("model"))
    merge_patch(named, json::object{{"model", *extra}});
  if (named.empty()) return {};
  std::string text = R"("model":)";
  append_json(text, named["model"]);
  return text;
}

result<std::uint32_t> max_tokens_of(const json::object& body, const body_layout& layout, bool as_written) {
  const json::value* limit = find_max_tokens(body, layout);
  if (limit == nullptr && as_written) limit = body.if_contains("max_completion_tokens");
  if (limit == nullptr || (as_written && limit->is_null())) return 0U;
  json::error_code not_representable;
  const bool whole = limit->is_int64() || limit->is_uint64();
  const auto number = whole ? limit->to_number<std::uint32_t>(not_representable) : 0U;
  if (number != 0 && !not_representable) return number;
  std::string text;
  append_json(text, *limit);
  return invalid_input(fmt::format("the body's {} is {}; expected an integer from 1 to {}", layout.max_tokens, text,
                                   std::numeric_limits<std::uint32_t>::max()));
}

// The string that the salt goes before: that of the first user message; where none has one, the first there is.
const json::string* salted_text(const json::value& content) {
  if (const json::string* const prompt = content.if_string()) return prompt;
  const json::string* first = nullptr;
  for (const json::value& message : content.get_array()) {
    const json::object* const members = message.if_object();
    const json::value* const text = members != nullptr ? members->if_contains("content") : nullptr;
    if (text == nullptr || !text->is_string()) continue;
    const json::value* const role = members->if_contains("role");
    if (role != nullptr && *role == "user") return &text->get_string();
    if (first == nullptr) first = &text->get_string();
  }
  return first;
}

// What cannot be in the bodies of conversations, or nothing.
std::optional<error> fault_of_conversation(const request_settings& settings) {
  if (settings.extra_body.contains("messages"))
    return invalid_input("an extra body with messages would replace a conversation's; expected none");
  if (settings.conversations.replies == reply_source::scripted) return std::nullopt;
  const json::value* const choices = settings.extra_body.if_contains("n");
  if (choices == nullptr || choices->is_null() || *choices == 1) return std::nullopt;
  return invalid_input("with several choices a conversation has no one reply to go on with; expected an `n` of 1, or "
                       "scripted replies");
}

} // namespace

std::array<std::string_view, 7> prepared_body::without_model(const body_terms& terms) const {
  const std::string_view whole = text;
  const std::size_t salted_at = salt_at.value_or(1);
  const std::string_view salt = salt_at ? terms.salt : std::string_view{};
  const std::size_t further_at = turns.empty() ? salted_at : messages_end;
  const std::string_view to_salt = whole.substr(0, salted_at);
  const std::string_view to_further = whole.substr(salted_at, further_at - salted_at);
  if (!max_tokens_at || terms.max_tokens.empty())
    return {to_salt, salt, to_further, terms.further_messages, whole.substr(further_at)};
  const std::size_t digits = fmt::formatted_size("{}", max_tokens);
  if (*max_tokens_at < salted_at) // a body as it was written may have its budget first
    return {whole.substr(0, *max_tokens_at), terms.max_tokens,
            whole.substr(*max_tokens_at + digits, salted_at - *max_tokens_at - digits), salt, whole.substr(salted_at)};
  return {to_salt,
          salt,
          to_further,
          terms.further_messages,
          whole.substr(further_at, *max_tokens_at - further_at),
          terms.max_tokens,
          whole.substr(*max_tokens_at + digits)};
}

void prepared_body::append_turn(std::string& messages, std::size_t turn, std::optional<std::string_view> reply) const {
  messages += R"(,{"role":"assistant","content":)";
  if (reply)
    append_json(messages, json::value(*reply));
  else
    messages += "null";
  messages += "},";
  messages += turns[turn].user;
}

std::size_t prepared_body::size() const noexcept {
  std::size_t bytes = text.size() + model.size() + sizeof(prepared_body);
  for (const prepared_turn& turn : turns) bytes += turn.user.size() + turn.reply.size() + sizeof(prepared_turn);
  return bytes;
}

body_template::body_template(const dataset& prompts, const request_settings& settings)
    : prompts_(&prompts),
      settings_(settings),
      model_(model_member(settings)) {}

// Messages come first in a body, behind its brace and their key.
result<void> body_template::prepare_turns(const dataset_entry& entry, prepared_body& made) const {
  if (auto fault = fault_of_conversation(settings_)) return *std::move(fault);
  std::string messages;
  append_json(messages, first_messages(entry));
  made.messages_end = std::string_view{R"({"messages":)"}.size() + messages.size() - 1;
  for (const conversation_turn& turn : entry.turns) {
    const std::size_t number = made.turns.size();
    prepared_turn& said = made.turns.emplace_back();
    append_json(said.user, message("user", turn.user));
    if (invalid_utf8_at(said.user)) return invalid_input("bytes that are not UTF-8; expected UTF-8 text");
    said.think_time = turn.think_time.value_or(duration::zero());
    said.max_tokens = made.takes_max_tokens() ? budget_of(entry, number, settings_) : made.max_tokens;
    if (settings_.conversations.replies != reply_source::scripted || number + 1 == entry.turns.size()) continue;
    if (!turn.assistant)
      return invalid_input(fmt::format("turn {} has no `assistant`; expected its scripted reply", number + 1));
    said.reply = *turn.assistant;
    if (invalid_utf8_at(said.reply)) return invalid_input("bytes that are not UTF-8; expected UTF-8 text");
  }
  return {};
}

result<prepared_body> body_template::prepare(const dataset_entry& entry) const {
  const bool as_written = !entry.body.empty();
  auto made_body = as_written ? body_as_written(entry, settings_) : body_of_prompt(entry, settings_);
  if (made_body.has_error()) return made_body.error();
  prepared_body made;
  if (const json::value* const own = as_written ? made_body->if_contains("model") : nullptr)
    if (settings_.keep_line_models || settings_.model.empty()) made.model = model_member(settings_, own);
  made_body->stable_erase("model");
  const json::value body = *std::move(made_body);
  const json::object& members = body.get_object();
  const body_layout& layout = layout_of(settings_.endpoint);
  const auto max_tokens = max_tokens_of(members, layout, as_written);
  if (max_tokens.has_error()) return max_tokens.error();

  made.max_tokens = *max_tokens;
  const bool replaced = settings_.extra_body.contains(layout.content);
  const json::string* const salted = replaced ? nullptr : salted_text(members.at(layout.content));
  if (salted == nullptr && !replaced && settings_.salt != prompt_salt::none)
    return invalid_input("no message has a string as its content; expected one to put the prompt salt in");
  const json::value* const budget = find_max_tokens(members, layout);
  const json_places places = append_json_and_find(made.text, body, {.text = salted, .number = budget});
  if (salted != nullptr) made.salt_at = places.text;
  const bool same_for_all = settings_.max_tokens || find_max_tokens(settings_.extra_body, layout) != nullptr;
  if (budget != nullptr && made.max_tokens > 0 && !same_for_all) made.max_tokens_at = places.number;
  if (!entry.turns.empty())
    if (const auto turns = prepare_turns(entry, made); turns.has_error()) return turns.error();
  if (invalid_utf8_at(made.text)) return invalid_input("bytes that are not UTF-8; expected UTF-8 text");
  return made;
}

result<body_template> body_template::make(const dataset& prompts, const request_settings& settings,
                                          std::size_t kept_bytes) {
  body_template made{prompts, settings};
  if (invalid_utf8_at(made.model_)) return invalid_input("the model's name is not UTF-8; expected UTF-8 text");
  bool keeping = true;
  for (std::size_t i = 0; i < prompts.entries.size(); ++i) {
    const auto entry = prompts.entries.at(i);
    if (entry.has_error()) return entry.error();
    auto body = made.prepare(*entry);
    if (body.has_error()) return invalid_input(fmt::format("dataset line {}: {}", entry->line, body.error().message));
    const std::size_t size = body->size();
    keeping = keeping && size <= kept_bytes;
    if (!keeping) continue;
    kept_bytes -= size;
    made.kept_.push_back(*std::move(body));
  }
  return made;
}

result<std::shared_ptr<const prepared_body>> body_template::prepared(std::size_t entry) const {
  if (entry < kept_.size()) return std::shared_ptr<const prepared_body>{std::shared_ptr<void>{}, &kept_[entry]};
  const auto read = prompts_->entries.at(entry);
  if (read.has_error()) return read.error();
  auto body = prepare(*read);
  if (body.has_error()) return body.error();
  return std::make_shared<const prepared_body>(*std::move(body));
}

std::string body_template::body(const prepared_body& prepared, const body_terms& terms) const {
  const std::string& model = prepared.model.empty() ? model_ : prepared.model;
  auto pieces = prepared.without_model(terms);
  std::size_t size = model.size() + 2;
  for (const std::string_view piece : pieces) size += piece.size();
  std::string whole;
  whole.reserve(size);
  whole += '{';
  whole += model;
  if (!model.empty() && prepared.text != "{}") whole += ',';
  pieces.front().remove_prefix(1);
  for (const std::string_view piece : pieces) whole += piece;
  return whole;
}

} // namespace loadgen::workload
