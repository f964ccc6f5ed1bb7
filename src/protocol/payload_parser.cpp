#include "protocol/payload_parser.hpp"

#include "protocol/json_scan.hpp"
#include "protocol/payload_layout.hpp"

#include <algorithm>
#include <optional>

namespace loadgen::protocol {

namespace {

namespace json = boost::json;
using boost::system::error_code;
using layout::field;
using layout::place;

/// The pieces of generated content that a choice can carry, and those that are there without content, as bits.
enum piece : unsigned {
  text_piece = 1U << 0U,
  content_piece = 1U << 1U,
  reasoning_piece = 1U << 2U,
  reasoning_content_piece = 1U << 3U,
  tool_call_piece = 1U << 4U,
  function_call_piece = 1U << 5U,
  role_piece = 1U << 6U,
  blank_piece = 1U << 7U, // content or text that is the empty string
  call_piece = 1U << 8U,  // a tool or function call, whatever it holds
};

constexpr unsigned reasoning_pieces = reasoning_piece | reasoning_content_piece;
constexpr unsigned answer_pieces = text_piece | content_piece | tool_call_piece | function_call_piece;
constexpr unsigned text_pieces = text_piece | content_piece;
constexpr unsigned delta_pieces =
    content_piece | reasoning_pieces | tool_call_piece | function_call_piece | role_piece | blank_piece | call_piece;

constexpr std::size_t timings_kept = 64;

/// Boost.JSON's handler. A key forgets what an earlier one of its name in the same object told: so the last one holds.
class payload_handler : public scan_handler {
public:
  payload_facts facts;
  bool keep_text = false;

  void begin() {
    forget_choices();
    facts.error = false;
    facts.usage = {};
    facts.timings.clear();
    here_ = place::document;
    key_ = field::other;
    skipped_depth_ = 0;
    key_text_.clear();
  }

  bool on_object_begin(error_code&) {
    if (!enter(layout::object_place(here_, key_))) return true;
    if (here_ == place::choice) {
      pieces_ = 0;
      index_ = 0;
      finish_reason_.clear();
      answer_text_.clear();
      reasoning_text_.clear();
    } else if (here_ == place::tool_call) {
      call_has_arguments_ = false;
      pieces_ |= call_piece;
    } else if (here_ == place::function_call) {
      pieces_ |= call_piece;
    }
    return true;
  }

  bool on_object_end(std::size_t, error_code&) {
    if (skipped_depth_ == 0) {
      if (here_ == place::choice) add_choice();
      if (here_ == place::tool_call && call_has_arguments_) pieces_ |= tool_call_piece;
    }
    return leave();
  }

  bool on_array_begin(error_code&) {
    enter(layout::array_place(key_));
    return true;
  }

  bool on_array_end(std::size_t, error_code&) { return leave(); }

  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    if (skipped_depth_ == 0) key_text_.append(part.data(), part.size());
    return true;
  }

  bool on_key(json::string_view last_part, std::size_t, error_code&) {
    if (skipped_depth_ != 0) return true;
    if (key_text_.empty()) {
      take_key({last_part.data(), last_part.size()});
    } else {
      key_text_.append(last_part.data(), last_part.size());
      take_key(key_text_);
      key_text_.clear();
    }
    return true;
  }

  bool on_string_part(json::string_view part, std::size_t, error_code&) {
    if (skipped_depth_ != 0) return true;
    if (key_ == field::finish_reason) finish_reason_.append(part.data(), part.size());
    if (keep_text) append_text({part.data(), part.size()});
    return true;
  }

  bool on_string(json::string_view last_part, std::size_t size, error_code&) {
    if (skipped_depth_ != 0) return true;
    if (size == 0) {
      if (key_ == field::content || key_ == field::text) pieces_ |= blank_piece;
      return true;
    }
    if (keep_text) append_text({last_part.data(), last_part.size()});
    switch (key_) {
    case field::text: pieces_ |= text_piece; break;
    case field::content: pieces_ |= content_piece; break;
    case field::reasoning: pieces_ |= reasoning_piece; break;
    case field::reasoning_content: pieces_ |= reasoning_content_piece; break;
    case field::legacy_arguments: pieces_ |= function_call_piece; break;
    case field::arguments: call_has_arguments_ = true; break;
    case field::finish_reason: finish_reason_.append(last_part.data(), last_part.size()); break;
    case field::error: facts.error = true; break;
    default: break;
    }
    return true;
  }

  bool on_int64(std::int64_t value, json::string_view, error_code&) { return on_number(static_cast<double>(value)); }

  bool on_uint64(std::uint64_t value, json::string_view, error_code&) { return on_number(static_cast<double>(value)); }

  bool on_double(double value, json::string_view, error_code&) { return on_number(value); }

  bool on_bool(bool value, error_code&) {
    if (skipped_depth_ == 0 && key_ == field::error) facts.error = value;
    return true;
  }

  bool on_null(error_code&) { return true; }

private:
  bool enter(std::optional<place> inner) {
    if (skipped_depth_ == 0 && key_ == field::error) facts.error = true;
    if (skipped_depth_ != 0 || !inner) {
      ++skipped_depth_;
      return false;
    }
    here_ = *inner;
    key_ = field::other;
    return true;
  }

  bool leave() {
    if (skipped_depth_ != 0)
      --skipped_depth_;
    else
      here_ = layout::parent_of(here_);
    if (skipped_depth_ == 0) key_ = field::other; // the elements of an array have no key
    return true;
  }

  void take_key(std::string_view name) {
    key_ = layout::find_field(here_, name);
    switch (key_) {
    case field::choices: forget_choices(); break;
    case field::usage: facts.usage = {}; break;
    case field::error: facts.error = false; break;
    case field::timings: facts.timings.clear(); break;
    case field::timing: name_timing(name); break;
    case field::delta:
      pieces_ &= ~delta_pieces;
      answer_text_.clear();
      reasoning_text_.clear();
      break;
    case field::text:
      pieces_ &= ~(text_piece | blank_piece);
      answer_text_.clear();
      break;
    case field::content:
      pieces_ &= ~(content_piece | blank_piece);
      answer_text_.clear();
      break;
    case field::reasoning:
      pieces_ &= ~reasoning_piece;
      reasoning_text_.clear();
      break;
    case field::reasoning_content:
      pieces_ &= ~reasoning_content_piece;
      reasoning_text_.clear();
      break;
    case field::role: pieces_ |= role_piece; break;
    case field::tool_calls: pieces_ &= ~(tool_call_piece | call_piece); break;
    case field::function_call: pieces_ &= ~(function_call_piece | call_piece); break;
    case field::legacy_arguments: pieces_ &= ~function_call_piece; break;
    case field::function:
    case field::arguments: call_has_arguments_ = false; break;
    case field::finish_reason: finish_reason_.clear(); break;
    case field::index: index_ = 0; break;
    case field::prompt_tokens: facts.usage.prompt.reset(); break;
    case field::completion_tokens: facts.usage.completion.reset(); break;
    case field::prompt_details:
    case field::cached_tokens: facts.usage.cached.reset(); break;
    case field::completion_details:
    case field::reasoning_tokens: facts.usage.reasoning.reset(); break;
    case field::other: break;
    }
  }

  bool on_number(double value) {
    if (skipped_depth_ != 0) return true;
    switch (key_) {
    case field::index: index_ = count_of(value).value_or(0); break;
    case field::prompt_tokens: facts.usage.prompt = count_of(value); break;
    case field::completion_tokens: facts.usage.completion = count_of(value); break;
    case field::cached_tokens: facts.usage.cached = count_of(value); break;
    case field::reasoning_tokens: facts.usage.reasoning = count_of(value); break;
    case field::timing: add_timing(value); break;
    case field::error: facts.error = value != 0; break;
    default: break;
    }
    return true;
  }

  void append_text(std::string_view part) {
    if (key_ == field::text || key_ == field::content) answer_text_ += part;
    if (key_ == field::reasoning || key_ == field::reasoning_content) reasoning_text_ += part;
  }

  void name_timing(std::string_view name) {
    timing_name_ = name;
    std::erase_if(facts.timings, [name](const auto& timing) { return timing.first == name; });
  }

  void add_timing(double value) {
    if (facts.timings.size() < timings_kept) facts.timings.emplace_back(timing_name_, value);
  }

  void add_choice() {
    facts.answer = facts.answer || (pieces_ & answer_pieces) != 0;
    facts.text = facts.text || (pieces_ & text_pieces) != 0;
    facts.reasoning = facts.reasoning || (pieces_ & reasoning_pieces) != 0;
    facts.named_reasoning = facts.named_reasoning || (pieces_ & reasoning_piece) != 0;
    facts.blank = facts.blank || (pieces_ & (blank_piece | role_piece)) == blank_piece;
    facts.call = facts.call || (pieces_ & call_piece) != 0;
    facts.answer_text += answer_text_;
    facts.reasoning_text += reasoning_text_;
    if (facts.choices++ == 0) facts.first_choice = index_;
    facts.highest_choice = std::max(facts.highest_choice, index_);
    if (facts.finish_reason.empty()) facts.finish_reason = finish_reason_;
  }

  void forget_choices() {
    facts.answer = false;
    facts.text = false;
    facts.reasoning = false;
    facts.named_reasoning = false;
    facts.blank = false;
    facts.call = false;
    facts.answer_text.clear();
    facts.reasoning_text.clear();
    facts.choices = 0;
    facts.first_choice = 0;
    facts.highest_choice = 0;
    facts.finish_reason.clear();
  }

  place here_ = place::document;
  field key_ = field::other;
  bool call_has_arguments_ = false; // of the tool call being read
  unsigned pieces_ = 0;             // of the choice being read
  std::uint32_t index_ = 0;         // of the choice being read
  std::size_t skipped_depth_ = 0;   // how many objects and arrays deep in one that is not looked into
  std::string key_text_;            // of a key that comes in parts
  std::string timing_name_;
  // Of the choice being read.
  std::string finish_reason_;
  std::string answer_text_;
  std::string reasoning_text_;
};

} // namespace

struct payload_parser::sax {
  json::basic_parser<payload_handler> parser{json::parse_options{}};
};

payload_parser::payload_parser() : sax_(std::make_unique<sax>()) {}

payload_parser::~payload_parser() = default;

void payload_parser::keep_text(bool keep) noexcept {
  sax_->parser.handler().keep_text = keep;
}

error_code payload_parser::parse(std::string_view payload) {
  return protocol::scan(sax_->parser, payload);
}

payload_facts& payload_parser::facts() noexcept {
  return sax_->parser.handler().facts;
}

} // namespace loadgen::protocol
