#include "workload/json_text.hpp"

#include <loadgen/base/duration_text.hpp>
#include <loadgen/workload/dataset_summary.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

namespace loadgen::workload {

namespace {

namespace json = boost::json;

void add_turns(json::object& line, const dataset_entry& entry) {
  if (!entry.system.empty()) line["system"] = entry.system;
  json::array turns;
  for (const conversation_turn& turn : entry.turns) {
    json::object said{{"user", turn.user}};
    if (turn.assistant) said["assistant"] = *turn.assistant;
    if (turn.max_tokens) said["max_tokens"] = *turn.max_tokens;
    if (turn.think_time) said["think_time"] = format_duration(*turn.think_time);
    turns.push_back(std::move(said));
  }
  line["turns"] = std::move(turns);
}

result<void> add_content(json::object& line, const dataset_entry& entry) {
  if (!entry.turns.empty()) {
    add_turns(line, entry);
    return {};
  }
  if (!entry.prompt.empty()) {
    line["prompt"] = entry.prompt;
    return {};
  }
  json::error_code failure;
  if (!entry.messages.empty()) {
    line["messages"] = json::parse(entry.messages, failure);
    return {};
  }
  const json::value body = json::parse(entry.body, failure);
  const json::object* const members = body.if_object();
  for (const char* name : {"messages", "prompt"})
    if (const json::value* const asked = members != nullptr ? members->if_contains(name) : nullptr) {
      if (std::string_view{name} == "prompt" && !asked->is_string())
        return invalid_input("the body's prompt is no string; expected one");
      line[name] = *asked;
      return {};
    }
  return invalid_input("lengths and no text; expected prompts");
}

} // namespace

result<std::string> jsonl_line(const dataset_entry& entry) {
  json::object line;
  if (!entry.id.empty()) line["id"] = entry.id;
  if (!entry.category.empty()) line["category"] = entry.category;
  if (const auto added = add_content(line, entry); added.has_error()) return added.error();
  if (entry.max_tokens) line["max_tokens"] = *entry.max_tokens;
  std::string text;
  append_json(text, line);
  return text;
}

} // namespace loadgen::workload
