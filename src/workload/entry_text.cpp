#include <loadgen/workload/dataset.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>

namespace loadgen::workload {

namespace {

namespace json = boost::json;

void add_text(std::string& text, std::string_view more) {
  if (!text.empty()) text += '\n';
  text += more;
}

// A content is a string, or parts of which some have a text; a prompt may be an array of strings.
void add_texts(std::string& text, const json::value& of) {
  if (const json::string* const whole = of.if_string()) return add_text(text, {whole->data(), whole->size()});
  const json::array* const parts = of.if_array();
  if (parts == nullptr) return;
  for (const json::value& part : *parts) {
    if (const json::string* const plain = part.if_string()) add_text(text, {plain->data(), plain->size()});
    const json::object* const members = part.if_object();
    if (members == nullptr) continue;
    for (const char* name : {"content", "text"})
      if (const json::value* const inner = members->if_contains(name)) add_texts(text, *inner);
  }
}

json::value parsed(const std::string& text) {
  json::error_code failure;
  json::value value = json::parse(text, failure);
  return failure ? json::value{} : value;
}

} // namespace

std::string text_of(const dataset_entry& entry) {
  if (!entry.prompt.empty()) return entry.prompt;
  std::string text;
  if (!entry.turns.empty()) {
    text = entry.system;
    for (const conversation_turn& turn : entry.turns) add_text(text, turn.user);
  }
  if (!entry.messages.empty()) add_texts(text, parsed(entry.messages));
  if (entry.body.empty()) return text;
  const json::value body = parsed(entry.body);
  if (const json::object* const members = body.if_object())
    for (const char* name : {"messages", "prompt"})
      if (const json::value* const asked = members->if_contains(name)) add_texts(text, *asked);
  return text;
}

std::uint64_t characters_in(std::string_view text) noexcept {
  // Of each character of UTF-8 one byte is no continuation.
  return static_cast<std::uint64_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

} // namespace loadgen::workload
