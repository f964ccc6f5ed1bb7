#pragma once

#include "calibration_file.hpp"
#include "publish_input.hpp"
#include "settings.hpp"

#include <loadgen/engine/run.hpp>
#include <loadgen/engine/token_calibration.hpp>
#include <loadgen/metrics/gate.hpp>
#include <loadgen/metrics/slo.hpp>
#include <loadgen/recording/replay.hpp>
#include <loadgen/search/capacity_search.hpp>
#include <loadgen/workload/plan.hpp>
#include <loadgen/workload/schedule.hpp>

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

/// How what is sent again compares with what was recorded. The bodies are the same: else nothing is sent.
struct replay_proof {
  std::string wire_sha256; ///< over all bytes, secrets by a stand-in
  bool wire_equal = false;
  std::optional<bool> workload_equal; ///< the workload hash, which is also that of the moments: of planned times
};

/// How the run is to be shown while it goes.
enum class progress_kind : std::uint8_t {
  automatic, ///< a view in place on a terminal, plain lines elsewhere
  plain,     ///< plain lines everywhere
  none,
};

/// How much a level sends.
struct load_terms {
  std::optional<workload::conversation_order> order; ///< unset: the dataset has no conversations
  std::optional<std::uint64_t> requests;             ///< unset: by default
  std::optional<duration> time;                      ///< duration mode
  std::uint32_t trials = 1;                          ///< of each level
};

/// The search for the highest load, and what its steps have in common.
struct load_search {
  search::search_settings settings;
  load_terms terms;                    ///< of a step whose size is 1
  engine::level_load load;             ///< of all steps, less the rate or the concurrency
  workload::arrival_settings arrivals; ///< of a rate, less the rate itself
};

/// What `loadgen run` was asked to do, in the library's terms.
struct run_input {
  engine::run_settings run;            ///< one load for each of `levels`
  workload::request_settings requests; ///< model still empty where none was named
  bool find_endpoint = false;          ///< the server is to tell it: that of `requests` does not count yet
  std::vector<workload::level_settings> levels;
  std::optional<replayed_trace> trace;
  std::optional<load_search> search;                 ///< then `levels` and loads have its first step alone
  workload::dataset prompts;                         ///< empty where they are synthetic, until the server has been met
  std::optional<workload::synthetic_spec> synthetic; ///< what they are to be made of
  engine::calibration_mode calibrate = engine::calibration_mode::tokenize; ///< how their lengths come to be exact
  std::optional<engine::token_calibration> tokens;                         ///< what that found
  std::vector<std::string> urls;                                           ///< as given, one for each target
  bool ab = false; ///< two of them, compared on the same requests
  std::string label;
  std::string variant; ///< empty where none was named; else the name of a folder below `output`
  std::filesystem::path output;
  std::optional<std::filesystem::path> summary; ///< "-": standard output
  metrics::slo slo;                             ///< empty where none was asked for
  std::vector<metrics::gate> gates;
  bool strict = false;
  double max_failure_rate = 0;
  chosen_calibration calibration;
  publish_input publishing;
  std::optional<recording::replay_source> replayed; ///< a run whose requests are sent again; its large parts are above
  bool replay_planned = false;                      ///< at the moments it planned, not those it recorded
  replay_proof proof;
  bool record = false;    ///< the bytes that go over the wire
  bool save_text = false; ///< the answers
  bool bounded = false;   ///< figures from histograms, in bounded memory
  bool quiet = false;
  bool show_report = true; ///< on standard output
  progress_kind progress = progress_kind::automatic;
};

/// Reads the settings of `run`, its prompts and its key, and records in `from` what defaults came to mean. Sends and
/// writes nothing. Errors: invalid_input, not_yet, io; one line each, beginning with the setting.
[[nodiscard]] result<run_input> read_run_input(settings& from, const environment& variables);

} // namespace loadgen::cli
