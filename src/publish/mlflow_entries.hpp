#pragma once

#include <loadgen/report/report.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace loadgen::publish {

/// The tag by which a run is found again.
inline constexpr const char* run_id_tag = "loadgen.run_id";

/// One figure of MLflow's: the same key, step, time and value again is the same figure.
struct mlflow_metric {
  std::string key;               ///< "ttft_ms_p99"
  double value = 0;              ///< finite
  std::int64_t timestamp_ms = 0; ///< since 1970: when the level ended
  std::int64_t step = 0;         ///< the level's place in the sweep
};

/// A run in MLflow's terms, within the limits of its API.
struct mlflow_entries {
  std::string name;                      ///< for people
  std::string status;                    ///< "FINISHED", "KILLED" (interrupted) or "FAILED" (killed)
  std::int64_t start_ms = 0, end_ms = 0; ///< since 1970
  std::string note;                      ///< Markdown: the report for a terminal
  std::vector<std::pair<std::string, std::string>> settings; ///< parameters: those that have a value
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<mlflow_metric> metrics;
};

[[nodiscard]] mlflow_entries mlflow_entries_of(const report::analyzed_run& run);

/// The bodies of the log-batch calls that bring all of it to MLflow's run of that name: at most 100 parameters, 100
/// tags and 1,000 metrics each.
[[nodiscard]] std::vector<boost::json::object> log_batches(const mlflow_entries& entries,
                                                           const std::string& mlflow_run);

} // namespace loadgen::publish
