#pragma once

#include <loadgen/base/error.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// One prompt that a model is to write.
struct writing_task {
  std::string id;          ///< "coding-2": its category and its place in that, from 1
  std::string category;    ///< "coding"
  std::string instruction; ///< what the model is asked
};

/// The categories that prompts are written for where none are named: six.
[[nodiscard]] std::span<const std::string_view> default_writing_categories() noexcept;

/// The tasks for so many prompts of each category, category by category. Each names another length, and a subject that
/// is drawn from the seed: no two of a category have the same as long as there are enough, so that the prompts differ.
/// A category that is not among the default ones is asked for by its name. Errors: invalid_input for no categories, one
/// that is named twice or holds anything but lower-case letters, digits, '-' and '_', or a number outside 1 to 1000.
[[nodiscard]] result<std::vector<writing_task>> writing_tasks(const std::vector<std::string>& categories,
                                                              std::uint32_t per_category, std::uint64_t seed);

/// The prompt that a model's answer is: without the white space around it, its thoughts before it (between tags named
/// think), and the quotation marks or the code fence around the whole. Empty where nothing is left.
[[nodiscard]] std::string written_prompt(std::string_view answer);

} // namespace loadgen::workload
