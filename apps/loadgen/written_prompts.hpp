#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/prompt_writing.hpp>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::cli {

/// A prompt that a model has written.
struct written_prompt_line {
  std::string id, category, prompt, model;
  bool cut = false; ///< it ended where the model was not to write more
};

/// The file of a generation that may be interrupted: each prompt is on the disk before the next is asked for, and what
/// is there is not asked for again.
class written_prompts {
public:
  /// Reads what is there; a last line that was cut short, as by a kill, is taken off. Errors: io; invalid_input, as
  /// `file:line: what`, for a line that is no prompt of these tasks.
  [[nodiscard]] static result<written_prompts> open(const std::filesystem::path& file,
                                                    const std::vector<workload::writing_task>& tasks);

  [[nodiscard]] bool has(std::string_view id) const { return lines_.find(id) != lines_.end(); }

  [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }

  /// Of a prompt that is there, as it stands in the file.
  [[nodiscard]] const std::string& line(std::string_view id) const { return lines_.find(id)->second.text; }

  /// The models that have written them, each once.
  [[nodiscard]] std::vector<std::string> models() const;

  /// How many were cut.
  [[nodiscard]] std::uint64_t cut() const;

  /// Adds a prompt, and returns when it is on the disk. Errors: io.
  [[nodiscard]] result<void> add(const written_prompt_line& written);

private:
  struct kept_line {
    std::string text, model;
    bool cut = false;
  };

  std::filesystem::path file_;
  std::map<std::string, kept_line, std::less<>> lines_;
};

} // namespace loadgen::cli
