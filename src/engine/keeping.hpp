#pragma once

#include "recording/exchange_recorder.hpp"
#include "recording/text_recorder.hpp"

#include <loadgen/engine/run.hpp>

#include <boost/json/object.hpp>

#include <memory>
#include <optional>

namespace loadgen::engine {

/// What a run keeps beside its records.
struct keeping {
  std::unique_ptr<recording::exchange_recorder> exchanges; ///< null: not asked for
  std::unique_ptr<recording::text_recorder> texts;         ///< the same

  /// Creates the files that are asked for. Errors: io.
  [[nodiscard]] static result<keeping> start(const run_settings& settings, answer_form asked,
                                             const metrics::run_info& info);

  /// Ends the files, and tells in `manifest` what came of them.
  void end(boost::json::object& manifest);

  /// The first failure to write one of them.
  [[nodiscard]] std::optional<error> failure() const;
};

} // namespace loadgen::engine
