#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/comparison/change_gate.hpp>
#include <loadgen/comparison/compare.hpp>
#include <loadgen/report/report.hpp>

#include <boost/json/object.hpp>

#include <array>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace loadgen::report {

/// What is compared, and how.
struct comparison_settings {
  comparison::settings statistics;        ///< threshold and confidence
  bool allow_different_workloads = false; ///< compare although the workload hashes differ or are not known
};

/// One of the two that are compared: a run, or what one target of a run with --ab got.
struct compared_side {
  std::string run_id;          ///< of the run's folder
  std::string label;           ///< "" where it has none
  std::string urls;            ///< of its servers, joined by ", "
  std::string model;           ///< as the manifest has it
  std::string workload_sha256; ///< "" where it is not known
  bool complete = false;       ///< all of the plan was issued and ended
};

/// One level on one side, over the trials that are compared.
struct level_facts {
  std::uint64_t trials = 0;                        ///< that are compared
  std::uint64_t completed = 0;                     ///< requests
  std::uint64_t failed = 0;                        ///< requests
  std::optional<double> failed_share;              ///< of the issued requests; unset where none was
  std::optional<double> output_tokens_per_request; ///< of completed requests; unset without any
  std::optional<double> cached_share;              ///< of the input tokens; unset where the server did not tell
  metrics::verdict verdict = metrics::verdict::ok; ///< the worst of its trials
  bool complete = false;                           ///< all of its trials ran to their end
};

/// One level of both sides.
struct compared_level {
  std::optional<std::uint32_t> concurrency; ///< closed loop
  std::optional<double> rate;               ///< open loop, requests/s
  std::optional<std::uint32_t> grid_input;  ///< of a cell of a grid: tokens of each prompt
  std::optional<std::uint32_t> grid_output; ///< of a cell of a grid: tokens asked for
  bool over_trials = false;                ///< trials were the observations; else batches of requests of one trial each
  std::array<level_facts, 2> sides;        ///< A and B
  std::vector<comparison::change> changes; ///< in the order of comparison::all_figures()
};

/// Two runs, or the two targets of one, compared.
struct run_comparison {
  comparison::settings asked;                          ///< threshold and confidence
  comparison::pairing how = comparison::pairing::none; ///< what the requests of the two have in common
  std::array<compared_side, 2> sides;                  ///< A and B
  std::vector<compared_level> levels;                  ///< those that both have, at least one, in A's order
  std::vector<std::string> warnings; ///< what a reader must know before believing the figures, one sentence each

  /// How many of the headline figures were tested, and seem to differ.
  struct counts {
    std::size_t tested = 0;            ///< have an interval
    double expected_by_chance = 0;     ///< at most so many would seem to differ on average, were nothing different
    std::size_t differ = 0;            ///< their interval excludes no change
    std::size_t differ_after_holm = 0; ///< also when all of them are held to one common error rate
  };

  /// Over all levels.
  [[nodiscard]] counts headline_counts() const noexcept;
};

/// How a gate on a change went.
struct change_gate_check {
  comparison::change_gate gate;                                       ///< what was asked
  comparison::gate_outcome outcome = comparison::gate_outcome::fails; ///< the worst of all levels
  std::string line; ///< "gate itl_p50 <= +5%: fails: +7.1% (+6.2% to +8.0%) at concurrency 32"; no line break
};

/// Compares the levels of two runs that have the same load. Errors: invalid_input where the workloads differ without
/// leave to, and where no level is common. Pure; both runs are only read.
[[nodiscard]] result<run_comparison> compare_runs(const analyzed_run& a, const analyzed_run& b,
                                                  const comparison_settings& asked = {});

/// Compares the two targets of a run with --ab: its records are read and split by target, A being the first. `keep` as
/// for load_run. Errors: those of load_run; invalid_input for a run that is none with --ab, or of which no level has
/// requests to both.
[[nodiscard]] result<run_comparison> compare_targets(const std::filesystem::path& run_folder,
                                                     const comparison_settings& asked = {},
                                                     std::optional<metrics::sample_keeping> keep = std::nullopt);

/// Compares the two targets of a run with --ab and writes RUN/summary/compare.json, whole or not at all: to be called
/// when such a run has ended. Errors: those of compare_targets; io.
[[nodiscard]] result<run_comparison> publish_target_comparison(const std::filesystem::path& run_folder,
                                                               const comparison_settings& asked = {});

/// Holds all levels to a gate.
[[nodiscard]] change_gate_check check_change_gate(const run_comparison& compared, const comparison::change_gate& gate);

/// For a terminal: a table of the headline figures for each level, what to be wary of, and how many differences chance
/// alone would make. Plain text of at most 100 columns, ending in a newline.
[[nodiscard]] std::string comparison_report(const run_comparison& compared);

/// The same and the gates in Markdown, as a comment of a pull request.
[[nodiscard]] std::string comparison_markdown(const run_comparison& compared,
                                              const std::vector<change_gate_check>& gates = {});

/// All figures of all levels (schema "loadgen.compare/1"): all keys present, null where not known.
[[nodiscard]] boost::json::object comparison_json(const run_comparison& compared,
                                                  const std::vector<change_gate_check>& gates = {});

} // namespace loadgen::report
