#include "workload/entry_decoder.hpp"
#include "workload/entry_parser.hpp"
#include "workload/json_text.hpp"
#include "workload/parsed_json.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include <string>

namespace loadgen::workload {

namespace {

namespace json = boost::json;

/// One thing that was said: {"from":"human","value":"…"}, or as chat servers have it {"role":"user","content":"…"}.
struct turn {
  std::string_view from, text;

  [[nodiscard]] bool is_of_human() const { return from == "human" || from == "user"; }

  [[nodiscard]] bool is_reply() const { return from == "gpt" || from == "assistant" || from == "chatgpt"; }
};

boost::system::result<turn, element_fault> turn_from(const json::value& value, std::size_t number) {
  const json::object* const said = value.if_object();
  if (said == nullptr)
    return element_fault{
        fmt::format("turn {} is {}; expected an object with `from` and `value`", number, describe(&value))};
  const bool chat = !said->contains("from") && said->contains("role");
  turn made;
  for (const auto& [name, into] :
       {std::pair{chat ? "role" : "from", &made.from}, {chat ? "content" : "value", &made.text}}) {
    const json::value* const text = said->if_contains(name);
    if (text == nullptr || !text->is_string())
      return element_fault{fmt::format("`{}` of turn {} is {}; expected a string", name, number, describe(text))};
    *into = {text->get_string().data(), text->get_string().size()};
  }
  return made;
}

/// A conversation of the form that ShareGPT made known. What is asked is its first human turn, after what the system
/// said before it, or all of them, one after another.
class conversations final : public entry_decoder {
public:
  explicit conversations(bool all_turns) : all_turns_(all_turns) {}

  [[nodiscard]] decoded decode(std::string_view text) const override {
    const auto value = parse_json(text, "an array of conversations, or one a line");
    if (value.has_error()) return value.error();
    const json::object* const object = value->if_object();
    if (object == nullptr) return element_fault{describe(&*value) + "; expected an object with `conversations`"};
    const json::value* turns = object->if_contains("conversations");
    if (turns == nullptr) turns = object->if_contains("messages");
    if (turns == nullptr || !turns->is_array())
      return element_fault{fmt::format("`conversations` is {}; expected an array of turns", describe(turns))};
    decoded_entry made;
    made.asks_something = false;
    made.entry.id = text_of_scalar(object->if_contains("id"));
    json::array before;
    std::size_t number = 0;
    for (const json::value& one : turns->get_array()) {
      const auto said = turn_from(one, ++number);
      if (said.has_error()) return said.error();
      if (all_turns_) {
        add_turn(*said, made);
        continue;
      }
      if (made.asks_something) continue; // the others are only looked at
      if (said->from == "system") before.push_back(json::object{{"role", "system"}, {"content", said->text}});
      if (!said->is_of_human() || said->text.empty()) continue;
      made.asks_something = true;
      ask(said->text, before, made.entry);
    }
    return made;
  }

private:
  static void add_turn(const turn& said, decoded_entry& made) {
    std::vector<conversation_turn>& turns = made.entry.turns;
    if (said.is_of_human() && !said.text.empty()) {
      conversation_turn& asked = turns.emplace_back();
      asked.user = said.text;
      made.asks_something = true;
    } else if (said.is_reply() && !turns.empty() && !turns.back().assistant) {
      turns.back().assistant = said.text;
    } else if (said.from == "system" && turns.empty()) {
      if (!made.entry.system.empty()) made.entry.system += '\n';
      made.entry.system += said.text;
    }
  }

  static void ask(std::string_view text, json::array& before, dataset_entry& into) {
    if (before.empty()) {
      into.prompt = text;
      return;
    }
    before.push_back(json::object{{"role", "user"}, {"content", text}});
    append_json(into.messages, json::value(before));
  }

  bool all_turns_;
};

} // namespace

std::unique_ptr<entry_decoder> sharegpt_decoder(bool all_turns) {
  return std::make_unique<conversations>(all_turns);
}

} // namespace loadgen::workload
