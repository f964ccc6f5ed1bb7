// The SAX reader against the plain way: parse into a document, then look things up in it.
#include "protocol/payload_parser.hpp"
#include "recorded_events.hpp"

#include <loadgen/base/random.hpp>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

namespace loadgen::protocol {
namespace {

namespace json = boost::json;

// The plain way

const json::value* at(const json::value* value, std::string_view key) {
  const json::object* const object = value ? value->if_object() : nullptr;
  return object ? object->if_contains(json::string_view{key.data(), key.size()}) : nullptr;
}

bool has_text(const json::value* value) {
  return value && value->is_string() && !value->get_string().empty();
}

std::optional<std::uint32_t> count(const json::value* value) {
  if (!value || !value->is_number()) return std::nullopt;
  const double number = value->to_number<double>();
  if (number < 0 || number > 4294967295.0 || std::trunc(number) != number) return std::nullopt;
  return static_cast<std::uint32_t>(number);
}

bool is_error(const json::value* value) {
  if (!value || value->is_null()) return false;
  if (value->is_bool()) return value->get_bool();
  if (value->is_string()) return !value->get_string().empty();
  if (value->is_number()) return value->to_number<double>() != 0;
  return true;
}

bool calls_have_arguments(const json::value* calls) {
  if (!calls || !calls->is_array()) return false;
  return std::any_of(calls->get_array().begin(), calls->get_array().end(),
                     [](const json::value& call) { return has_text(at(at(&call, "function"), "arguments")); });
}

struct looked_up {
  payload_facts facts;
  std::map<std::string, double> timings;
};

looked_up look_up(const json::value& document) {
  looked_up found;
  payload_facts& facts = found.facts;
  facts.error = is_error(at(&document, "error"));
  const json::value* const usage = at(&document, "usage");
  facts.usage = {.prompt = count(at(usage, "prompt_tokens")),
                 .cached = count(at(at(usage, "prompt_tokens_details"), "cached_tokens")),
                 .completion = count(at(usage, "completion_tokens")),
                 .reasoning = count(at(at(usage, "completion_tokens_details"), "reasoning_tokens"))};
  if (const json::value* const timings = at(&document, "timings"); timings && timings->is_object())
    for (const auto& [key, value] : timings->get_object())
      if (value.is_number()) found.timings[std::string{key}] = value.to_number<double>();
  const json::value* const choices = at(&document, "choices");
  if (!choices || !choices->is_array()) return found;
  for (const json::value& choice : choices->get_array()) {
    if (!choice.is_object()) continue;
    const std::uint32_t index = count(at(&choice, "index")).value_or(0);
    if (facts.choices++ == 0) facts.first_choice = index;
    facts.highest_choice = std::max(facts.highest_choice, index);
    const json::value* const delta = at(&choice, "delta");
    facts.answer |= has_text(at(&choice, "text")) || has_text(at(delta, "content")) ||
                    calls_have_arguments(at(delta, "tool_calls")) ||
                    has_text(at(at(delta, "function_call"), "arguments"));
    facts.reasoning |= has_text(at(delta, "reasoning")) || has_text(at(delta, "reasoning_content"));
    const json::value* const reason = at(&choice, "finish_reason");
    if (facts.finish_reason.empty() && has_text(reason)) facts.finish_reason = std::string{reason->get_string()};
  }
  return found;
}

void expect_same(payload_parser& parser, const std::string& text) {
  json::error_code not_json;
  const json::value document = json::parse(text, not_json);
  ASSERT_EQ(static_cast<bool>(parser.parse(text)), static_cast<bool>(not_json)) << text;
  const looked_up expected = not_json ? looked_up{} : look_up(document);
  const payload_facts& facts = parser.facts();
  EXPECT_EQ(facts.answer, expected.facts.answer) << text;
  EXPECT_EQ(facts.reasoning, expected.facts.reasoning) << text;
  EXPECT_EQ(facts.error, expected.facts.error) << text;
  EXPECT_EQ(facts.choices, expected.facts.choices) << text;
  EXPECT_EQ(facts.first_choice, expected.facts.first_choice) << text;
  EXPECT_EQ(facts.highest_choice, expected.facts.highest_choice) << text;
  EXPECT_EQ(facts.finish_reason, expected.facts.finish_reason) << text;
  EXPECT_EQ(facts.usage, expected.facts.usage) << text;
  const std::map<std::string, double> timings{facts.timings.begin(), facts.timings.end()};
  EXPECT_EQ(timings, expected.timings) << text;
  EXPECT_EQ(timings.size(), facts.timings.size()) << text; // no name twice
}

// Random payloads: every known key in its place, most of the time, with a value of the right kind, most of the time

class payload_maker {
public:
  explicit payload_maker(std::uint64_t seed) : random_(seed, "payloads") {}

  std::string make() {
    text_.clear();
    if (one_in(20))
      value(place::junk);
    else
      object(place::root);
    return text_;
  }

  /// Bytes replaced, removed or cut off.
  std::string damage(std::string text) {
    constexpr std::string_view bytes = "\"\\{}[]:,0u\xC3 ";
    for (std::size_t i = 0, n = 1 + below(2); i < n && !text.empty(); ++i) {
      const std::size_t where = below(text.size());
      switch (below(3)) {
      case 0: text.resize(where); break;
      case 1: text.erase(where, 1); break;
      default: text[where] = bytes[below(bytes.size())];
      }
    }
    return text;
  }

private:
  enum class place { root, choice, delta, tool_call, function, usage, details, timings, junk };

  std::size_t below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }

  bool one_in(std::size_t n) { return below(n) == 0; }

  template<std::size_t N>
  std::string_view any_of(const std::array<std::string_view, N>& choices) {
    return choices[below(N)];
  }

  std::string_view key_in(place where) {
    switch (where) {
    case place::root: return any_of<6>({"choices", "usage", "error", "timings", "id", "choices"});
    case place::choice: return any_of<5>({"delta", "text", "finish_reason", "index", "logprobs"});
    case place::delta:
      return any_of<6>({"content", "reasoning", "reasoning_content", "tool_calls", "function_call", "role"});
    case place::tool_call: return any_of<3>({"function", "index", "function"});
    case place::function: return any_of<2>({"arguments", "name"});
    case place::usage:
      return any_of<4>({"prompt_tokens", "completion_tokens", "prompt_tokens_details", "completion_tokens_details"});
    case place::details: return any_of<2>({"cached_tokens", "reasoning_tokens"});
    case place::timings: return any_of<4>({"prompt_ms", "predicted_n", "", "choices"});
    case place::junk: break;
    }
    return any_of<6>({"choices", "delta", "content", "usage", "x", "arguments"});
  }

  void blanks() {
    while (one_in(8)) text_ += " \t\r\n"[below(4)];
  }

  /// Any character may be written as an escape.
  void quoted(std::string_view plain) {
    constexpr std::string_view digits = "0123456789abcdef";
    text_ += '"';
    for (const char c : plain) {
      if (one_in(12)) {
        text_ += "\\u00";
        text_ += digits[static_cast<unsigned char>(c) >> 4U];
        text_ += digits[static_cast<unsigned char>(c) & 0xFU];
      } else {
        text_ += c;
      }
    }
    text_ += '"';
  }

  void string_value() {
    if (one_in(10)) {
      text_ += any_of<4>({R"("\ud83d\ude00")", "\"\xE4\xBD\xA0\"", R"("\n")", R"("\"\\")"});
      return;
    }
    quoted(any_of<5>({"", "", "x", "stop", "a longer piece of text that goes on"}));
  }

  void number_value() { text_ += any_of<8>({"0", "1", "2", "17", "-1", "1.5", "12.0", "18446744073709551615"}); }

  void array(place elements) {
    text_ += '[';
    for (std::size_t i = 0, n = below(4); i < n; ++i) {
      if (i) text_ += ',';
      blanks();
      one_in(6) ? value(place::junk) : object(elements);
    }
    text_ += ']';
  }

  void object(place where) {
    ++depth_;
    text_ += '{';
    for (std::size_t i = 0, n = depth_ > 12 ? 0 : below(5); i < n; ++i) {
      if (i) text_ += ',';
      blanks();
      const std::string_view key = key_in(where);
      quoted(key);
      blanks();
      text_ += ':';
      blanks();
      one_in(8) ? value(place::junk) : value_of(where, key);
      blanks();
    }
    text_ += '}';
    --depth_;
  }

  void value_of(place where, std::string_view key) {
    if (where == place::timings) return number_value();
    if (where == place::junk) return value(place::junk);
    if (key == "choices") return array(place::choice);
    if (key == "tool_calls") return array(place::tool_call);
    if (key == "delta") return object(place::delta);
    if (key == "function" || key == "function_call") return object(place::function);
    if (key == "usage") return object(place::usage);
    if (key == "timings") return object(place::timings);
    if (key.ends_with("_details")) return object(place::details);
    if (key == "index" || key.ends_with("_tokens")) return number_value();
    string_value();
  }

  void value(place inside) {
    switch (depth_ > 12 ? below(5) : below(7)) {
    case 0: text_ += "null"; break;
    case 1: text_ += "true"; break;
    case 2: text_ += "false"; break;
    case 3: number_value(); break;
    case 4: string_value(); break;
    case 5: object(inside); break;
    default: array(inside);
    }
  }

  random_stream random_;
  std::string text_;
  std::size_t depth_ = 0;
};

TEST(payload_oracle, random_payloads_are_read_as_their_documents) {
  payload_maker maker{1};
  payload_parser parser;
  int answers = 0;
  int reasonings = 0;
  int usages = 0;
  for (int i = 0; i < 20000 && !HasFailure(); ++i) {
    expect_same(parser, maker.make());
    answers += parser.facts().answer ? 1 : 0;
    reasonings += parser.facts().reasoning ? 1 : 0;
    usages += parser.facts().usage.empty() ? 0 : 1;
  }
  // The payloads are not trivial: each kind occurs often.
  EXPECT_GT(answers, 500);
  EXPECT_GT(reasonings, 500);
  EXPECT_GT(usages, 500);
}

TEST(payload_oracle, damaged_payloads_are_refused_or_read_as_their_documents) {
  payload_maker maker{2};
  payload_parser parser;
  int refused = 0;
  for (int i = 0; i < 20000 && !HasFailure(); ++i) {
    const std::string text = maker.damage(maker.make());
    expect_same(parser, text);
    refused += parser.parse(text) ? 1 : 0;
  }
  EXPECT_GT(refused, 5000);
  EXPECT_LT(refused, 20000);
}

TEST(payload_oracle, every_prefix_of_a_payload_is_refused) {
  payload_maker maker{3};
  payload_parser parser;
  for (int i = 0; i < 200 && !HasFailure(); ++i) {
    const std::string text = maker.make();
    if (!text.starts_with('{')) continue;
    const std::size_t end = text.find_last_of('}');
    for (std::size_t size = 0; size <= end; ++size)
      ASSERT_TRUE(parser.parse(std::string_view{text}.substr(0, size))) << text.substr(0, size);
  }
}

TEST(payload_oracle, recorded_payloads_are_read_as_their_documents) {
  payload_parser parser;
  std::size_t payloads = 0;
  for (const std::string& name : test::recorded_stream_names()) {
    for (const auto& event : test::read_recorded_response(name).events) {
      expect_same(parser, event.data);
      ++payloads;
    }
  }
  EXPECT_GT(payloads, 500U);
}

} // namespace
} // namespace loadgen::protocol
