#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

/// Where in a chat or completions payload the things are that payload_parser looks for.
namespace loadgen::protocol::layout {

/// The objects and arrays that are looked into. Each has one parent only, so the way back up needs no stack; anything
/// else is skipped by counting its depth.
enum class place : std::uint8_t {
  document,
  root,
  choices,
  choice,
  delta,
  tool_calls,
  tool_call,
  function,
  function_call,
  usage,
  prompt_details,
  completion_details,
  timings,
};

/// What holds `inner`.
constexpr place parent_of(place inner) {
  switch (inner) {
  case place::choices:
  case place::usage:
  case place::timings: return place::root;
  case place::choice: return place::choices;
  case place::delta: return place::choice;
  case place::tool_calls:
  case place::function_call: return place::delta;
  case place::tool_call: return place::tool_calls;
  case place::function: return place::tool_call;
  case place::prompt_details:
  case place::completion_details: return place::usage;
  case place::document:
  case place::root: break;
  }
  return place::document;
}

/// The keys that mean something, each in one place.
enum class field : std::uint8_t {
  other,
  // of the root
  choices,
  usage,
  error,
  timings,
  // of a choice
  delta,
  text,
  finish_reason,
  index,
  // of a delta
  role,
  content,
  reasoning,
  reasoning_content,
  tool_calls,
  function_call,
  // of a tool call, of its function, and of a function call
  function,
  arguments,
  legacy_arguments,
  // of usage and its details
  prompt_tokens,
  completion_tokens,
  prompt_details,
  completion_details,
  cached_tokens,
  reasoning_tokens,
  // any key of timings
  timing,
};

struct named_field {
  std::string_view name;
  field id;
};

inline constexpr named_field root_fields[]{
    {"choices", field::choices}, {"usage", field::usage}, {"error", field::error}, {"timings", field::timings}};
inline constexpr named_field choice_fields[]{
    {"delta", field::delta}, {"text", field::text}, {"finish_reason", field::finish_reason}, {"index", field::index}};
inline constexpr named_field delta_fields[]{{"content", field::content},
                                            {"reasoning", field::reasoning},
                                            {"reasoning_content", field::reasoning_content},
                                            {"tool_calls", field::tool_calls},
                                            {"function_call", field::function_call},
                                            {"role", field::role}};
inline constexpr named_field tool_call_fields[]{{"function", field::function}};
inline constexpr named_field function_fields[]{{"arguments", field::arguments}};
inline constexpr named_field function_call_fields[]{{"arguments", field::legacy_arguments}};
inline constexpr named_field usage_fields[]{{"prompt_tokens", field::prompt_tokens},
                                            {"completion_tokens", field::completion_tokens},
                                            {"prompt_tokens_details", field::prompt_details},
                                            {"completion_tokens_details", field::completion_details}};
inline constexpr named_field prompt_details_fields[]{{"cached_tokens", field::cached_tokens}};
inline constexpr named_field completion_details_fields[]{{"reasoning_tokens", field::reasoning_tokens}};

constexpr std::span<const named_field> fields_of(place where) {
  switch (where) {
  case place::root: return root_fields;
  case place::choice: return choice_fields;
  case place::delta: return delta_fields;
  case place::tool_call: return tool_call_fields;
  case place::function: return function_fields;
  case place::function_call: return function_call_fields;
  case place::usage: return usage_fields;
  case place::prompt_details: return prompt_details_fields;
  case place::completion_details: return completion_details_fields;
  default: return {};
  }
}

/// What `key` means in `where`.
constexpr field find_field(place where, std::string_view key) {
  if (where == place::timings) return field::timing;
  for (const named_field& candidate : fields_of(where))
    if (candidate.name == key) return candidate.id;
  return field::other;
}

/// The place that an object opens: the value of `key` in `outer`, or an element where `outer` is an array; nothing
/// where it is not looked into.
constexpr std::optional<place> object_place(place outer, field key) {
  switch (outer) {
  case place::document: return place::root;
  case place::choices: return place::choice;
  case place::tool_calls: return place::tool_call;
  default: break;
  }
  switch (key) {
  case field::usage: return place::usage;
  case field::timings: return place::timings;
  case field::delta: return place::delta;
  case field::function_call: return place::function_call;
  case field::function: return place::function;
  case field::prompt_details: return place::prompt_details;
  case field::completion_details: return place::completion_details;
  default: return std::nullopt;
  }
}

/// The same for an array; no array in an array is looked into, and its elements have no key.
constexpr std::optional<place> array_place(field key) {
  if (key == field::choices) return place::choices;
  if (key == field::tool_calls) return place::tool_calls;
  return std::nullopt;
}

} // namespace loadgen::protocol::layout
