#pragma once

#include "report/columns.hpp"

#include <loadgen/report/report.hpp>

#include <boost/json/object.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace loadgen::report {

/// Count, mean and deviation of values as they come, by Welford's method.
class running_moments {
public:
  void add(double value) noexcept;

  [[nodiscard]] std::optional<double> mean() const noexcept;
  [[nodiscard]] std::optional<double> std() const noexcept; ///< of the population

private:
  std::uint64_t count_ = 0;
  double mean_ = 0;
  double squares_ = 0; ///< sum of the squared distances to the mean
};

/// What raw/trials has of the requests of one level and trial beyond its summary; over the measured completed ones.
struct trial_moments {
  running_moments input_tokens, output_tokens, stream_time_ms;

  void add(const metrics::request_record& record) noexcept;
};

/// One level and trial as a row.
struct trial_row {
  const analyzed_run& run;
  const metrics::level_summary& level;
  const trial_moments& requests;
};

/// The columns of raw/trials.csv, and the keys of raw/trials.json, but for what the server reported.
[[nodiscard]] std::span<const table_column<trial_row>> trial_columns() noexcept;

/// raw/trials.csv: one row a level and trial, with two more columns for each figure that the server reported of its own
/// requests. `requests`: one for each level.
[[nodiscard]] std::string raw_trials_csv(const analyzed_run& run, const std::vector<trial_moments>& requests);

/// raw/trials.json (schema "loadgen.trials/1"): the same rows as objects.
[[nodiscard]] boost::json::object raw_trials_json(const analyzed_run& run, const std::vector<trial_moments>& requests);

} // namespace loadgen::report
