#pragma once

#include <loadgen/base/time.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

/// What a request's body has that its line of the dataset does not know.
struct body_terms {
  std::string_view salt{};             ///< put before the prompt: text that JSON does not escape; may be empty
  std::string_view max_tokens{};       ///< in digits; empty: the line's own, in a conversation the first turn's
  std::string_view further_messages{}; ///< of a conversation, behind its first: as append_turn() makes them
};

/// A turn of a conversation, made ready.
struct prepared_turn {
  std::string user;                     ///< its message, serialized
  std::string reply;                    ///< that of the dataset, as it stands; only where replies are scripted
  std::uint32_t max_tokens = 0;         ///< its budget
  std::optional<duration> think_time{}; ///< that of the dataset
};

/// The body of one line of the dataset, but for what differs from request to request.
struct prepared_body {
  std::string text;                         ///< the whole body but for `model`
  std::string model;                        ///< `"model":"name"` of a line that keeps its own; empty: that of all
  std::optional<std::size_t> salt_at;       ///< nothing where extra_body replaces the prompt
  std::uint32_t max_tokens = 0;             ///< where the terms name none; 0: it has none
  std::optional<std::size_t> max_tokens_at; ///< of its digits; nothing where it is the same for all requests
  std::size_t messages_end = 0;             ///< of a conversation: where its further messages go
  std::vector<prepared_turn> turns;         ///< of a conversation

  /// The bytes of the body without `model`, in pieces that live as long as this object and what `terms` points to. The
  /// first begins with its brace.
  [[nodiscard]] std::array<std::string_view, 7> without_model(const body_terms& terms) const;

  /// Whether its max_tokens can be that of the terms: the settings name none for all requests.
  [[nodiscard]] bool takes_max_tokens() const noexcept { return max_tokens_at.has_value(); }

  /// Appends to the further messages of a conversation those of its turn number `turn`, from 1, which is not its first:
  /// the reply to the turn before, and what the user says then. `reply` is unset where it is not known.
  void append_turn(std::string& messages, std::size_t turn, std::optional<std::string_view> reply) const;

  /// The max_tokens of that turn, from 0: without turns it is the only one.
  [[nodiscard]] std::uint32_t turn_max_tokens(std::size_t turn) const {
    return turns.empty() ? max_tokens : turns[turn].max_tokens;
  }

  /// How many bytes of memory it takes, about.
  [[nodiscard]] std::size_t size() const noexcept;
};

} // namespace loadgen::workload
