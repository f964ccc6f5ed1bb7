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
  /// Put before the prompt, or a generated prompt itself: text that JSON does not escape; may be empty.
  std::string_view salt{};
  std::string_view max_tokens{}; ///< in digits; empty: the line's own
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
  [[nodiscard]] std::array<std::string_view, 5> without_model(std::size_t entry, const body_terms& terms) const;

  /// The body's max_tokens where its terms name none; 0 where it has none.
  [[nodiscard]] std::uint32_t max_tokens(std::size_t entry) const;

  /// Whether a body's max_tokens can be that of its terms: the settings name none for all requests.
  [[nodiscard]] bool takes_max_tokens(std::size_t entry) const;

private:
  struct prepared_body {
    std::string text;                   // the whole body but for `model`
    std::optional<std::size_t> salt_at; // nothing where extra_body replaces the prompt
    std::uint32_t max_tokens = 0;
    std::optional<std::size_t> max_tokens_at; // of its digits; nothing where it is the same for all requests
  };

  static void remove_prompt(prepared_body& body, std::size_t length);
  static result<prepared_body> prepare(const dataset_entry& entry, const request_settings& settings);

  std::string model_; // `"model":"name"`, or empty
  std::vector<prepared_body> bodies_;
};

} // namespace loadgen::workload
