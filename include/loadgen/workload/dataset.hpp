#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/base/time.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// What a user says once in a conversation.
struct conversation_turn {
  std::string user;                          ///< the text; not empty
  std::optional<std::string> assistant{};    ///< the reply to it as it was written down; may be empty
  std::optional<std::uint32_t> max_tokens{}; ///< the turn's own output budget, at least 1; beats that of the line
  /// From the reply before to this turn, at least zero; unset on the first turn, which has none before it.
  std::optional<duration> think_time{};
};

/// One line of a dataset: what is asked of the server once, or a conversation. It has a prompt, messages or turns.
struct dataset_entry {
  std::string prompt;                      ///< plain text; empty where there are messages or turns
  std::string messages;                    ///< a JSON array of chat messages, serialized; empty where it has none
  std::optional<std::uint32_t> max_tokens; ///< the line's own output budget, at least 1
  std::uint32_t line = 1;                  ///< where it begins in its file, from 1: only named in errors
  std::string system{};                    ///< the system message before the turns; empty: none
  std::vector<conversation_turn> turns{};  ///< what the user says, in order; empty: no conversation
};

/// A sequence of prompts that never changes during a run.
struct dataset {
  std::string name;                   ///< "builtin:default", a file's name, "prompt"
  std::string sha256;                 ///< of the bytes it was read from
  std::vector<dataset_entry> entries; ///< never empty
};

/// Reads JSONL (`prompt`, `messages` or `turns`, optional `max_tokens`), a JSON array of the same objects or of
/// strings, or plain text (one prompt a line, blank lines skipped). The form is told by the file's extension (.jsonl,
/// .json; any other is text). Errors: invalid_input as `file:line: what; expected what`, io where the file cannot be
/// read.
[[nodiscard]] result<dataset> read_dataset(const std::filesystem::path& file);

/// A corpus embedded in the library; "default" is always there. Errors: invalid_input naming those that exist.
[[nodiscard]] result<dataset> builtin_dataset(std::string_view name);

/// A dataset of one prompt.
[[nodiscard]] dataset single_prompt(std::string text);

} // namespace loadgen::workload
