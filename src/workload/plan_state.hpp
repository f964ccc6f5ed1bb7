#pragma once

#include "workload/body_template.hpp"

#include <loadgen/workload/plan.hpp>

#include <cstdint>
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
  dataset prompts;
  request_settings settings;
  std::vector<level_settings> levels;
  body_template bodies;
  std::optional<conversation_order> order; ///< unset: no conversations

  /// The same for all copies of a request, or of a conversation.
  [[nodiscard]] std::uint64_t content_of(std::uint64_t index) const { return index / settings.copies; }

  [[nodiscard]] std::size_t entry_of(std::uint64_t content) const { return content % prompts.entries.size(); }

  [[nodiscard]] planned_request request(const level_settings& level, std::string_view salt_dimension,
                                        std::uint64_t index, std::string_view output) const;
};

} // namespace loadgen::workload
