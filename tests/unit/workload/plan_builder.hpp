#pragma once

#include <loadgen/workload/plan.hpp>

#include <boost/json/parse.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace loadgen::workload {

// Three lines: a prompt that needs escapes, with a budget of its own; messages; a plain prompt.
inline dataset three_lines() {
  dataset_entry escapes;
  escapes.prompt = "Say \"hi\",\né日";
  escapes.max_tokens = 7;
  escapes.line = 1;
  dataset_entry messages;
  messages.messages = R"([{"role":"system","content":"Be brief."},{"role":"user","content":"Two?"}])";
  messages.line = 2;
  dataset_entry plain;
  plain.prompt = "Three";
  plain.line = 4; // after a blank line
  return dataset{"three", "", {escapes, messages, plain}};
}

template<class Change>
dataset three_lines_with(Change change) {
  const entry_list all = three_lines().entries;
  dataset_entry third = all[2];
  change(third);
  return dataset{"three", "", {all[0], all[1], third}};
}

inline dataset two_prompts() {
  const entry_list all = three_lines().entries;
  return dataset{"three", "", {all[0], all[2]}};
}

inline dataset one_line_of_messages(std::string messages) {
  dataset_entry entry;
  entry.messages = std::move(messages);
  return dataset{"one", "", {entry}};
}

inline boost::json::object object_of(std::string_view text) {
  return boost::json::parse({text.data(), text.size()}).as_object();
}

inline level_settings closed_loop(std::uint64_t requests, std::uint32_t level = 0, std::uint32_t trial = 1) {
  return level_settings{level, trial, requests, {}};
}

} // namespace loadgen::workload
