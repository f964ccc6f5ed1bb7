#include "workload/entry_decoder.hpp"
#include "workload/entry_parser.hpp"
#include "workload/json_fields.hpp"
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

  [[nodiscard]] bool is_of_model() const {
    return from == "gpt" || from == "assistant" || from == "chatgpt" || from == "bing" || from == "bard";
  }
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

/// A conversation of the form that ShareGPT made known. What comes before its first human turn is left out, but for
/// what the system says.
class conversations final : public entry_decoder {
public:
  explicit conversations(bool whole) : whole_(whole) {}

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
    made.entry.id = text_of_scalar(object->if_contains("id"));
    std::size_t number = 0;
    for (const json::value& one : turns->get_array()) {
      const auto said = turn_from(one, ++number);
      if (said.has_error()) return said.error();
      take(*said, made.entry);
    }
    made.asks_something = !made.entry.turns.empty();
    if (!whole_ && made.asks_something) keep_first(made.entry);
    return made;
  }

private:
  static void take(const turn& said, dataset_entry& into) {
    std::vector<conversation_turn>& turns = into.turns;
    if (said.from == "system" && turns.empty()) {
      if (!into.system.empty()) into.system += '\n';
      into.system += said.text;
    } else if (said.is_of_human() && !said.text.empty()) {
      turns.emplace_back().user = said.text;
    } else if (said.is_of_model() && !turns.empty() && !turns.back().assistant) {
      turns.back().assistant = said.text;
    }
  }

  static void keep_first(dataset_entry& entry) {
    if (entry.system.empty()) {
      entry.prompt = entry.turns.front().user;
    } else {
      append_json(entry.messages, json::array{json::object{{"role", "system"}, {"content", entry.system}},
                                              json::object{{"role", "user"}, {"content", entry.turns.front().user}}});
    }
    entry.system.clear();
    entry.turns.clear();
  }

  bool whole_;
};

} // namespace

std::unique_ptr<entry_decoder> sharegpt_decoder(bool whole_conversations) {
  return std::make_unique<conversations>(whole_conversations);
}

} // namespace loadgen::workload
