#pragma once

#include "calibration_file.hpp"
#include "publish_input.hpp"
#include "settings.hpp"

#include <loadgen/engine/run.hpp>
#include <loadgen/metrics/gate.hpp>
#include <loadgen/metrics/slo.hpp>
#include <loadgen/workload/plan.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::cli {

/// The trace that a run's arrivals come from.
struct replayed_trace {
  std::string name, sha256;                                        ///< of the file
  std::uint64_t requests = 0, input_tokens = 0, output_tokens = 0; ///< of the part that is sent again, as recorded
};

/// How the run is to be shown while it goes.
enum class progress_kind : std::uint8_t {
  automatic, ///< a view in place on a terminal, plain lines elsewhere
  plain,     ///< plain lines everywhere
  none,
};

/// What `loadgen run` was asked to do, in the library's terms.
struct run_input {
  engine::run_settings run;            ///< one load for each of `levels`
  workload::request_settings requests; ///< model still empty where none was named
  std::vector<workload::level_settings> levels;
  std::optional<replayed_trace> trace;
  workload::dataset prompts;
  std::vector<std::string> urls; ///< as given, one for each target
  bool ab = false;               ///< two of them, compared on the same requests
  std::string label;
  std::filesystem::path output;
  std::optional<std::filesystem::path> summary; ///< "-": standard output
  metrics::slo slo;                             ///< empty where none was asked for
  std::vector<metrics::gate> gates;
  bool strict = false;
  double max_failure_rate = 0;
  chosen_calibration calibration;
  publish_input publishing;
  bool bounded = false; ///< figures from histograms, in bounded memory
  bool quiet = false;
  bool show_report = true; ///< on standard output
  progress_kind progress = progress_kind::automatic;
};

/// Reads the settings of `run`, its prompts and its key, and records in `from` what defaults came to mean. Sends and
/// writes nothing. Errors: invalid_input, not_yet, io; one line each, beginning with the setting.
[[nodiscard]] result<run_input> read_run_input(settings& from, const environment& variables);

} // namespace loadgen::cli
