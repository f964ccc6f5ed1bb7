#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/synthetic.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// One line of a dataset: what is asked of the server once.
struct dataset_entry {
  std::string prompt;                      ///< plain text; empty where `messages` is set
  std::string messages;                    ///< a JSON array of chat messages, serialized; empty where `prompt` is set
  std::optional<std::uint32_t> max_tokens; ///< the line's own output budget, at least 1
  std::uint32_t line = 1;                  ///< where it begins in its file, from 1: only named in errors
};

/// A sequence of prompts that never changes during a run.
struct dataset {
  std::string name;                   ///< "builtin:default", a file's name, "prompt"
  std::string sha256;                 ///< of the bytes it was read from
  std::vector<dataset_entry> entries; ///< never empty; of generated prompts one that stands for all
  /// Makes the prompts when they are asked for; null: `entries` are the prompts.
  std::shared_ptr<const prompt_generator> generator{};
};

/// Reads JSONL (`prompt` or `messages`, optional `max_tokens`), a JSON array of the same objects or of strings, or
/// plain text (one prompt a line, blank lines skipped). The form is told by the file's extension (.jsonl, .json; any
/// other is text). Errors: invalid_input as `file:line: what; expected what`, io where the file cannot be read.
[[nodiscard]] result<dataset> read_dataset(const std::filesystem::path& file);

/// A corpus embedded in the library; "default" is always there. Errors: invalid_input naming those that exist.
[[nodiscard]] result<dataset> builtin_dataset(std::string_view name);

/// Prompts that are made when they are asked for. Its name is "synthetic:SPEC"; its hash is that of the spec, the seed
/// and the token model. Errors: those of prompt_generator::make(), and of read_trace() where the spec names a trace.
[[nodiscard]] result<dataset> synthetic_dataset(const synthetic_spec& spec, const token_model& tokens,
                                                std::uint64_t seed);

/// A dataset of one prompt.
[[nodiscard]] dataset single_prompt(std::string text);

} // namespace loadgen::workload
