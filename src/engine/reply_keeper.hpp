#pragma once

#include "client/response_reader.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace loadgen::engine {

/// Keeps the text of an answer for the next turn of its conversation: what it says, not its reasoning, and no arguments
/// of tool calls.
///
/// Thread-safety: one thread at a time; while a response is read that is the receive loop's.
class reply_keeper final : public client::content_listener {
public:
  /// Makes room for an answer of so many tokens; what was kept goes.
  void expect(std::uint32_t tokens) {
    text_.clear();
    text_.reserve(std::size_t{std::min(tokens, most_tokens)} * bytes_per_token);
  }

  /// Valid until the next answer.
  [[nodiscard]] std::string_view text() const noexcept { return text_; }

  void on_begin() override { text_.clear(); }

  void on_content(std::string_view answer_text, std::string_view, instant) override { text_ += answer_text; }

private:
  static constexpr std::uint32_t most_tokens = 16'384; // that are made room for at once
  static constexpr std::size_t bytes_per_token = 5;    // of most texts

  std::string text_;
};

} // namespace loadgen::engine
