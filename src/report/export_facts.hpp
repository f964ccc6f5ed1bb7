#pragma once

#include "report/manifest.hpp"

#include <loadgen/report/report.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace loadgen::report {

/// Mean, deviation (of the population) and percentiles by linear interpolation, as numpy has them and the tools whose
/// files are written.
class sorted_samples {
public:
  explicit sorted_samples(std::vector<double> values);

  [[nodiscard]] bool empty() const noexcept { return values_.empty(); }

  [[nodiscard]] std::size_t count() const noexcept { return values_.size(); }

  [[nodiscard]] double sum() const noexcept { return sum_; }

  [[nodiscard]] double mean() const noexcept; ///< of no samples: 0; so the next two
  [[nodiscard]] double std() const noexcept;
  [[nodiscard]] double percentile(double percent) const noexcept;

private:
  std::vector<double> values_;
  double sum_ = 0;
};

/// The value that a setting of the run had, or null.
[[nodiscard]] const boost::json::value& setting_of(const boost::json::object& manifest, std::string_view name);

/// When the level ended on the wall clock, nanoseconds since 1970; of one that was killed when its last request did.
[[nodiscard]] std::int64_t end_of(const analyzed_run& run, std::size_t level);

} // namespace loadgen::report
