#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>
#include <loadgen/workload/plan.hpp>

#include <array>
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

/// The request bodies of a run. All JSON is made once, with the template; a body is then only put together.
///
/// Thread-safety: all const members may be called from several threads at once.
class body_template {
public:
  /// Errors: invalid_input, naming the dataset's line, where an entry cannot be sent to the endpoint, has no place for
  /// the salt that is asked for, or does not make a valid body.
  [[nodiscard]] static result<body_template> make(const dataset& prompts, const request_settings& settings);

  /// The body for the dataset's entry number `entry`, from 0.
  [[nodiscard]] std::string body(std::size_t entry, const body_terms& terms) const;

  /// The bytes of that body without `model`, in pieces that live as long as this object and what `terms` points to. The
  /// first begins with its brace.
  [[nodiscard]] std::array<std::string_view, 7> without_model(std::size_t entry, const body_terms& terms) const;

  /// The body's max_tokens where its terms name none; 0 where it has none.
  [[nodiscard]] std::uint32_t max_tokens(std::size_t entry) const;

  /// Appends to the further messages of a conversation's entry those of its turn number `turn`, from 1, which is not
  /// its first: the reply to the turn before, and what the user says then. `reply` is unset where it is not known.
  void append_turn(std::string& messages, std::size_t entry, std::size_t turn,
                   std::optional<std::string_view> reply) const;

  /// The reply to that turn that the dataset has. Only where replies are scripted.
  [[nodiscard]] std::string_view scripted_reply(std::size_t entry, std::size_t turn) const;

  /// The max_tokens of that turn, from 0: of an entry without turns it is the only one.
  [[nodiscard]] std::uint32_t turn_max_tokens(std::size_t entry, std::size_t turn) const;

  /// Whether a body's max_tokens can be that of its terms: the settings name none for all requests.
  [[nodiscard]] bool takes_max_tokens(std::size_t entry) const;

private:
  struct prepared_turn {
    std::string user;  // its message, serialized
    std::string reply; // that of the dataset, as it stands
    std::uint32_t max_tokens = 0;
  };

  struct prepared_body {
    std::string text;                   // the whole body but for `model`
    std::optional<std::size_t> salt_at; // nothing where extra_body replaces the prompt
    std::uint32_t max_tokens = 0;
    std::optional<std::size_t> max_tokens_at; // of its digits; nothing where it is the same for all requests
    std::size_t messages_end = 0;             // of a conversation: where its further messages go
    std::vector<prepared_turn> turns;         // of a conversation
  };

  static result<std::vector<prepared_turn>> prepare_turns(const dataset_entry& entry, const request_settings& settings,
                                                          std::uint32_t max_tokens);
  static result<prepared_body> prepare(const dataset_entry& entry, const request_settings& settings);

  std::string model_; // `"model":"name"`, or empty
  std::vector<prepared_body> bodies_;
};

} // namespace loadgen::workload
