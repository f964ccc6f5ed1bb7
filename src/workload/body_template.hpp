#pragma once

#include "workload/prepared_body.hpp"

#include <loadgen/base/error.hpp>
#include <loadgen/workload/dataset.hpp>
#include <loadgen/workload/plan.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace loadgen::workload {

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
  [[nodiscard]] result<std::vector<prepared_turn>> prepare_turns(const dataset_entry& entry,
                                                                 std::uint32_t max_tokens) const;

  const dataset* prompts_;
  request_settings settings_;
  std::string model_; // `"model":"name"`, or empty
  std::vector<prepared_body> kept_;
};

} // namespace loadgen::workload
