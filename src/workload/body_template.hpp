#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>
#include <loadgen/workload/plan.hpp>

#include <array>
#include <cstdint>
#include <memory>
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

/// What a turn of a conversation adds to its messages.
struct prepared_turn {
  std::string user;             ///< the user's message, serialized
  std::string reply;            ///< the reply to it that the dataset has, as it stands
  std::uint32_t max_tokens = 0; ///< of its request
  duration think_time{};        ///< before it, where the settings name none
};

/// The body of one line of the dataset, but for what differs from request to request.
struct prepared_body {
  std::string text;                         ///< the whole body but for `model`
  std::string model;                        ///< `"model":"name"` of a line that keeps its own; empty: that of all
  std::optional<std::size_t> salt_at;       ///< nothing where extra_body replaces the prompt
  std::uint32_t max_tokens = 0;             ///< where the terms name none; 0: it has none
  std::optional<std::size_t> max_tokens_at; ///< of its digits; nothing where it is the same for all requests
  std::size_t messages_end = 0;             ///< of a conversation: where its further messages go
  std::vector<prepared_turn> turns{};       ///< of a conversation

  /// The bytes of the body without `model`, in pieces that live as long as this object and what `terms` points to. The
  /// first begins with its brace.
  [[nodiscard]] std::array<std::string_view, 7> without_model(const body_terms& terms) const;

  /// Appends to the further messages of a conversation those of its turn number `turn`, from 0, which is not its first:
  /// the reply to the turn before, and what the user says then. `reply` is unset where it is not known.
  void append_turn(std::string& messages, std::size_t turn, std::optional<std::string_view> reply) const;

  /// The max_tokens of that turn.
  [[nodiscard]] std::uint32_t turn_max_tokens(std::size_t turn) const {
    return turns.empty() ? max_tokens : turns[turn].max_tokens;
  }

  /// How many bytes it takes.
  [[nodiscard]] std::size_t size() const noexcept;

  /// Whether its max_tokens can be that of the terms: the settings name none for all requests.
  [[nodiscard]] bool takes_max_tokens() const noexcept { return max_tokens_at.has_value(); }
};

/// The request bodies of a run. The JSON of the first lines is made once, with the template, and a body is then only
/// put together; that of lines beyond `most_kept_bytes` is checked, and made again when it is asked for.
///
/// Thread-safety: all const members may be called from several threads at once.
class body_template {
public:
  /// How many bytes of bodies are kept; larger datasets are not for memory.
  static constexpr std::size_t most_kept_bytes = std::size_t{16} << 20U;

  /// `prompts` outlives the template. Errors: invalid_input, naming the dataset's line, where an entry cannot be sent
  /// to the endpoint, has no place for the salt that is asked for, or does not make a valid body; those of the entries.
  [[nodiscard]] static result<body_template> make(const dataset& prompts, const request_settings& settings,
                                                  std::size_t kept_bytes = most_kept_bytes);

  /// What the body for the dataset's entry number `entry`, from 0, is made of; it lives no longer than the template.
  /// Errors: those of the entries, which can be read no more.
  [[nodiscard]] result<std::shared_ptr<const prepared_body>> prepared(std::size_t entry) const;

  /// The whole body.
  [[nodiscard]] std::string body(const prepared_body& prepared, const body_terms& terms) const;

private:
  body_template(const dataset& prompts, const request_settings& settings);

  [[nodiscard]] result<prepared_body> prepare(const dataset_entry& entry) const;
  [[nodiscard]] result<void> prepare_turns(const dataset_entry& entry, prepared_body& made) const;

  const dataset* prompts_;
  request_settings settings_;
  std::string model_; // `"model":"name"`, or empty
  std::vector<prepared_body> kept_;
};

} // namespace loadgen::workload
