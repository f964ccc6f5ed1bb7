#pragma once

#include "workload/body_template.hpp"
#include "workload/request_draws.hpp"

#include <loadgen/workload/plan.hpp>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// What goes before the prompt of a request, or of a conversation. Eight hexadecimal digits: long enough that two
/// hardly ever share them, short enough to cost few tokens. Empty where none is wanted.
[[nodiscard]] std::string salt_text(const request_settings& settings, const level_settings& level,
                                    std::string_view dimension, std::uint64_t index);

/// Nothing in a closed loop.
[[nodiscard]] std::optional<duration> offset_of(const std::vector<duration>& offsets, std::uint64_t index);

/// What a request's body has that its line of the dataset does not.
struct request_terms {
  std::size_t entry = 0;    ///< of the dataset; of generated prompts the only one
  std::string text;         ///< the salt, or a generated prompt
  std::uint32_t input = 0;  ///< tokens of a generated prompt
  std::uint32_t output = 0; ///< its own budget; 0: the line's
  std::string digits;       ///< of that budget; empty: the line's
  std::string members;      ///< as body_terms has them
  std::size_t model = 0;    ///< the same

  [[nodiscard]] body_terms of_body() const {
    return {.salt = text, .max_tokens = digits, .members = members, .model = model};
  }
};

struct plan::state {
  state(dataset all, request_settings of_all) : prompts(std::move(all)), settings(std::move(of_all)), draws(settings) {}

  dataset prompts;
  request_settings settings;
  request_draws draws;
  std::optional<body_template> bodies;     // of `prompts`; always there once the plan is made
  std::optional<conversation_order> order; // unset: no conversations
  mutable std::mutex failing;
  mutable std::optional<error> failure;

  /// Keeps the first of these.
  void note(error why) const;

  /// Null where it can no longer be made, which is noted.
  [[nodiscard]] std::shared_ptr<const prepared_body> body_of(std::size_t entry) const;

  /// The same for all copies of a request, or of a conversation.
  [[nodiscard]] std::uint64_t content_of(std::uint64_t index) const { return index / settings.copies; }

  /// `lines`: those of the level, or of its warm-up.
  [[nodiscard]] std::size_t entry_of(const std::vector<std::uint32_t>& lines, std::uint64_t index) const {
    return lines.empty() ? content_of(index) % prompts.entries.size() : lines[index];
  }

  [[nodiscard]] request_terms terms_of(const level_settings& level, std::uint64_t index, bool warmup) const;
  [[nodiscard]] planned_request request(const level_settings& level, std::uint64_t index, bool warmup) const;
};

} // namespace loadgen::workload
