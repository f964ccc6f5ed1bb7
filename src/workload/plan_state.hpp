#pragma once

#include "workload/body_template.hpp"

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

struct plan::state {
  state(dataset all, request_settings of_all) : prompts(std::move(all)), settings(std::move(of_all)) {}

  dataset prompts;
  request_settings settings;
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

  [[nodiscard]] std::size_t entry_of(std::uint64_t content) const { return content % prompts.entries.size(); }

  [[nodiscard]] planned_request request(const level_settings& level, std::string_view salt_dimension,
                                        std::uint64_t index, std::string_view output) const;
};

} // namespace loadgen::workload
