#pragma once

#include <loadgen/base/error.hpp>
#include <loadgen/publish/service.hpp>
#include <loadgen/report/report.hpp>

#include <filesystem>
#include <memory>
#include <string>

namespace loadgen::publish {

/// What came of a report to MLflow.
struct tracked_run {
  std::string run_id;       ///< MLflow's own name of the run
  std::string url;          ///< where its page is
  bool updated = false;     ///< it had been reported before, and was brought up to date
  std::string no_artifacts; ///< why the run's files were not uploaded, one line; "": they were
};

/// An MLflow tracking server, spoken to by its REST API (version 2.0).
///
/// Thread-safety: one thread at a time.
class mlflow_tracker {
public:
  /// Speaks to nobody. Errors: invalid_input for the URL, the CA file and an authorization that HTTP cannot carry.
  [[nodiscard]] static result<mlflow_tracker> create(const service_settings& where);

  /// What was moved from may only be destroyed or assigned to.
  mlflow_tracker(mlflow_tracker&&) noexcept;
  /// Lets go of what it was.
  mlflow_tracker& operator=(mlflow_tracker&&) noexcept;
  ~mlflow_tracker();

  /// Reports a run as one of `experiment`, which is made where there is none: settings as parameters, the figures of
  /// each level as metrics at the step of its place in the sweep, the rest as tags, and manifest.json, summary.json and
  /// the folder's report.html as artefacts where the server takes them. A run that was reported before, known by its
  /// tag `loadgen.run_id`, is brought up to date. Blocks; each request ends after 5 s to connect and 30 s to answer.
  /// Errors: unreachable where the server cannot be reached or does not take it, in its own words; what was sent before
  /// stays.
  [[nodiscard]] result<tracked_run> report(const report::analyzed_run& run, const std::filesystem::path& run_folder,
                                           const std::string& experiment) const;

private:
  struct state;
  explicit mlflow_tracker(std::unique_ptr<state> made) noexcept;
  std::unique_ptr<state> state_;
};

} // namespace loadgen::publish
